"""Reads of alerts: one, lists by what a merchant filters by, and how many there are of each kind."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.catalog import listing_key
from storekeeper.inventory.alerts import items
from storekeeper.inventory.alerts.model import Alert, AlertStatus, AlertUnknown
from storekeeper.inventory.alerts.rules.model import AlertKind, location_at, store_at
from storekeeper.inventory.levels.model import Level, add_up
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.levels.store import find_levels
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId, StoreId, is_id
from storekeeper.kernel.keys import GSI3, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, together

MAX_READS = 10  # of the index for one page: with narrow filters it may be short, and its cursor leads on
MAX_COUNTED = 1_000  # of one kind


class AlertFilter(Struct, frozen=True):
    """Which alerts are wanted. Of a store: those of what it lists, but for those by another store's own rule."""

    status: AlertStatus | None = None
    kind: AlertKind | None = None
    sku: str | None = None
    store_id: StoreId | None = None
    location_id: LocationId | None = None
    since: datetime | None = None

    def admits(self, alert: Alert) -> bool:
        """Whether an alert is one of them, as far as it tells itself."""
        own_store, location_id = store_at(alert.place), location_at(alert.place)
        return (
            self.status in (None, alert.status)
            and self.kind in (None, alert.kind)
            and self.location_id in (None, location_id)
            and (own_store is None or self.store_id in (None, own_store))
            and (self.since is None or alert.raised_at >= self.since)
        )

    def of_store(self, store_id: StoreId) -> "AlertFilter":
        """The same, of a store."""
        return replace(self, store_id=store_id)

    @property
    def statuses(self) -> tuple[AlertStatus, ...]:
        """The statuses to look in."""
        return (self.status,) if self.status else tuple(AlertStatus)


class ShownAlert(Struct, frozen=True):
    """An alert with what is there, and on its way, now."""

    alert: Alert
    available: int
    incoming: int

    @property
    def reorder_units(self) -> int | None:
        """How many to order now, by its rule; None if the rule says nothing of it."""
        return self.alert.governing.terms.suggest(available=self.available, incoming=self.incoming)


class Totals(Struct, frozen=True):
    """How many alerts there are of each kind; `capped`: of some kind there are more than were counted."""

    kinds: Mapping[AlertKind, int]
    capped: bool


def read_alert(table: Table, alert_id: str) -> Alert:
    """The alert as it is now.

    Raises:
        AlertUnknown: the tenant has no such alert.
    """
    item = table.get(items.alert_key(table.tenant_id, alert_id)) if is_id(alert_id, "alr") else None
    if item is None:
        raise AlertUnknown("There is no such alert.")
    return items.alert_from(item)


def list_alerts(table: Table, wanted: AlertFilter, *, after: str | None, limit: int) -> Page[Alert]:
    """One page of alerts, newest first. Which there are follows within seconds; what they show is as it is now."""
    pks, index = items.list_pks(table.tenant_id, sku=wanted.sku, kind=wanted.kind, statuses=wanted.statuses)
    floor = clock.to_text(wanted.since) if wanted.since else ""
    matched: list[Alert] = []
    for _ in range(MAX_READS):
        left = limit - len(matched)
        rows = read_sharded(table, pks, index=index, after=after, limit=left, newest_first=True)
        matched += _admitted(table, wanted, [Key(row["pk"], row["sk"]) for row in rows.entries])
        after = rows.next_position
        if after is None or len(matched) == limit:
            break
        if after < floor:
            return Page(tuple(matched), None)
    return Page(tuple(matched), after)


def _admitted(table: Table, wanted: AlertFilter, keys: Sequence[Key]) -> list[Alert]:
    found = table.get_many(keys)
    alerts = [alert for key in keys if key in found and wanted.admits(alert := items.alert_from(found[key]))]
    if wanted.store_id is None:
        return alerts
    listings = {
        alert.product_id: listing_key(table.tenant_id, wanted.store_id, alert.product_id)
        for alert in alerts
        if alert.product_id
    }
    listed = table.get_many(listings.values(), consistent=False)
    return [alert for alert in alerts if listings.get(alert.product_id) in listed]


def count_alerts(table: Table, status: AlertStatus) -> Totals:
    """How many alerts in a status there are of each kind, from the keys alone; up to MAX_COUNTED of a kind."""
    pks = [items.kind_pk(table.tenant_id, status, kind) for kind in AlertKind]
    found = together(*[lambda pk=pk: table.query(pk, index=GSI3, limit=MAX_COUNTED + 1) for pk in pks])
    counts = dict(zip(AlertKind, map(len, found), strict=True))
    capped = any(count > MAX_COUNTED for count in counts.values())
    return Totals({kind: min(count, MAX_COUNTED) for kind, count in counts.items()}, capped)


def show_alerts(table: Table, alerts: Iterable[Alert], *, locations: Sequence[LocationId]) -> tuple[ShownAlert, ...]:
    """Alerts with the stock of their SKUs as it is now."""
    alerts = tuple(alerts)
    levels = find_levels(table, [alert.sku for alert in alerts], locations=locations)
    return tuple(_shown(alert, levels[alert.sku]) for alert in alerts)


def _shown(alert: Alert, levels: Sequence[Level]) -> ShownAlert:
    location_id = location_at(alert.place)
    rows = [row for row in add_up(levels) if location_id in (None, row.location_id)]
    available = rows[0].available if location_id and rows else available_units(rows)
    return ShownAlert(alert, available, sum(row.incoming for row in rows))
