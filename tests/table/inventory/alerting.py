"""A shelf whose alerts are looked at: what stands in the table, what was told, and the sweep at any instant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from storekeeper.catalog import Product
from storekeeper.inventory.alerts.items import DUE_KIND, TYPE, alert_from, alert_key
from storekeeper.inventory.alerts.model import Alert, AlertStatus
from storekeeper.inventory.alerts.projection import _kept
from storekeeper.inventory.alerts.reviews import DUE_KIND as REVIEW_DUE_KIND
from storekeeper.inventory.alerts.reviews import RUN_KIND, continue_review, review_part
from storekeeper.inventory.alerts.rules.model import Rule, RuleScope, Target, Terms
from storekeeper.inventory.alerts.rules.use_cases import create_rule
from storekeeper.inventory.alerts.store import AlertFilter, list_alerts
from storekeeper.inventory.alerts.use_cases import look_after_alert
from storekeeper.inventory.events import events_of
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.keys import Key
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.untenanted import DUE_SHARDS, find_due
from storekeeper.runs import DUE_KIND as RUN_DUE_KIND
from storekeeper.runs import run_from_key, work_on
from storekeeper.tenancy import load_settings
from tests.table.catalog.shop import a_variant, make_product
from tests.table.inventory.conftest import Shelf

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def _work(table: Table, key: Key, *, now: datetime) -> bool:
    work_on(table, run_from_key(key), steps={RUN_KIND: review_part}, now=lambda: now, is_nearly_over=lambda: False)
    return True


KINDS = {DUE_KIND: look_after_alert, REVIEW_DUE_KIND: continue_review, RUN_DUE_KIND: _work}


@dataclass
class Alerting:
    """One tenant's alerts. `told` are all events of alerts so far."""

    shelf: Shelf
    told: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def project(self) -> None:
        """Let the projector read all there is to read, what it writes itself too; and hear what is told."""
        while changes := self.shelf.changes():
            self.shelf.project(changes)
            self.changes += changes
            self.told += [event for change in changes if change.type == TYPE for event in events_of(change)]

    def stock(self, available: int, *, after: timedelta = timedelta(), sku: str = "LAMP", location: int = 0) -> None:
        """Have so many units at a location, by an adjustment some time after the test's beginning."""
        place = self.shelf.locations[location]
        have = sum(level.available for level in self.shelf.levels(sku) if level.location_id == place)
        if available != have:
            self.shelf.adjust(available - have, sku=sku, location=location, at=self.shelf.now + after)
        self.project()

    def rule(
        self,
        scope: str = "global",
        name: str = "",
        *,
        location: int | None = None,
        after: timedelta = timedelta(),
        known: bool = True,
        recipients: Iterable[str] = (),
        **terms: Any,
    ) -> Rule:
        """Make a rule; unless it is `known` at once, environments go by the rules of before for a while."""
        place = None if location is None else self.shelf.locations[location]
        rule = create_rule(
            self.shelf.table,
            Target(RuleScope(scope), name, place),
            Terms(**terms),
            recipients=tuple(recipients),
            settings=load_settings(self.shelf.table),
            sealer=self.sealer,
            now=self.shelf.now + after,
        )
        if known:
            _kept.cache_clear()
        return rule

    def sell(self, *skus: str) -> Product:
        """A product with these SKUs, in the catalog."""
        return make_product(self.shelf.table, *(a_variant(sku, options={"Color": sku}) for sku in skus))

    @property
    def sealer(self) -> Sealer:
        return Sealer(self.shelf.table.tenant_id, b"k" * 32)

    def sweep(self, *, after: timedelta) -> int:
        """Do what the sweep does some time after the test's beginning; how many things it did."""
        now, done = self.shelf.now + after, 0
        for kind, handle in KINDS.items():
            done += sum(handle(self.shelf.table, key, now=now) for key in self.due(kind, after))
        self.project()
        return done

    def due(self, kind: str, after: timedelta) -> list[Key]:
        """Keys of what is due of a kind some time after the test's beginning."""
        now = self.shelf.now + after
        cloud = self.shelf.stream.cloud
        query, table = cloud.client("dynamodb").query, cloud.table
        found = [
            thing
            for shard in range(DUE_SHARDS)
            for thing in find_due(query, table=table, kind=kind, shard=shard, until=now)
        ]
        return [thing.key for thing in found if thing.tenant_id == self.shelf.table.tenant_id]

    def all(self, **wanted: Any) -> tuple[Alert, ...]:
        """The alerts that a list shows, newest first."""
        return list_alerts(self.shelf.table, AlertFilter(**wanted), after=None, limit=200).entries

    def open(self, **wanted: Any) -> list[tuple[str, str, str]]:
        """SKU, kind and place of what is open; a location by its number, a store as `store`."""
        found = self.all(status=AlertStatus.OPEN, **wanted)
        return sorted((alert.sku, str(alert.kind), self.place(alert)) for alert in found)

    def place(self, alert: Alert) -> str:
        locations = {str(one): str(number) for number, one in enumerate(self.shelf.locations)}
        return locations.get(alert.place, "store" if alert.place.startswith("sto_") else alert.place)

    def names(self) -> list[tuple[str, str]]:
        """What was told so far: raised or resolved, and the kind."""
        return [(event.type.removeprefix("stock.alert_"), event.data["kind"]) for event in self.told]

    def fresh(self, alert: Alert) -> Alert:
        """An alert as it is now."""
        return alert_from(self.item(alert))

    def item(self, alert: Alert) -> Item:
        item = self.shelf.table.get(alert_key(self.shelf.table.tenant_id, alert.id))
        assert item is not None
        return item
