"""Reconciles a tenant's stock in pages: first what owns units and what is on its way, then each level with all of it.

What cannot be judged, for it changed while it was looked at, is looked at again when it has had time to settle.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import asdict

from storekeeper.inventory.reconciliation import items
from storekeeper.inventory.reconciliation.again_items import Suspicion, keep_again, read_again
from storekeeper.inventory.reconciliation.comparing import Comparison
from storekeeper.inventory.reconciliation.deliveries import page_of_deliveries
from storekeeper.inventory.reconciliation.gathered import Gathered, keep_coming, keep_owned
from storekeeper.inventory.reconciliation.judging import Judge
from storekeeper.inventory.reconciliation.looking import find_all_buckets, look_at
from storekeeper.inventory.reconciliation.model import SETTLED_AFTER, Drift, DriftKind
from storekeeper.inventory.reconciliation.owners import Owners, units_held
from storekeeper.inventory.states.items import all_pks, listed_level_key
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.keys import GSI1, Key
from storekeeper.kernel.paging import Page, cut, read_sharded
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.runs import Advance, Run, start_run
from storekeeper.tenancy import load_settings

KIND = "reconciliation"
LEVELS_IN_STEP = 50


def start_reconciliation(
    table: Table,
    *,
    run_id: str,
    repair: Collection[DriftKind],
    now: datetime,
    remember: Remember[Run] = forget,
) -> Run:
    """Ask for a reconciliation of all the tenant's levels. With nothing in `repair` it only tells what it finds."""
    asked = {"repair": sorted(kind.value for kind in repair)}
    return start_run(table, run_id, KIND, asked=asked, now=now, remember=remember)


def list_drifts(table: Table, run_id: str, *, after: str | None, limit: int) -> Page[tuple[Drift, str, str]]:
    """One page of what a run has found, by SKU: each difference, what became of it, and when it was found."""
    rows = table.query(
        items.drifts_pk(table.tenant_id, run_id), prefix=items.SK_DRIFT, after=after, limit=limit + 1, consistent=True
    )
    page = cut(rows, limit=limit)
    return Page(
        tuple((items.drift_from(row), row["outcome"], row["found_at"]) for row in page.entries), page.next_position
    )


class Phase(StrEnum):
    """What a run is at."""

    ORDERS = "orders"
    DELIVERIES = "deliveries"
    LEVELS = "levels"
    AGAIN = "again"


class Position(Struct, frozen=True):
    """How far a run is. `parts` of what it has gathered, `orders` of them of orders; `look`: which one at a level."""

    phase: Phase = Phase.ORDERS
    after: str | None = None
    orders: int = 0
    parts: int = 0
    look: int = 1

    @classmethod
    def of(cls, run: Run) -> "Position":
        """A run's."""
        told = json.loads(run.position or "{}")
        return cls(**{**told, "phase": Phase(told.get("phase", Phase.ORDERS))})

    def as_text(self) -> str:
        """As the run keeps it."""
        return json.dumps(asdict(self))


class Reconciler(Struct):
    """The step of a reconciliation. It keeps what was gathered by the run that it last worked on."""

    owners: Owners
    _gathered: tuple[str, Gathered] | None = None

    def step(self, run: Run, table: Table, now: datetime) -> Advance:
        """One page: of orders, then of deliveries, then of levels, then of those that are looked at again."""
        position = Position.of(run)
        if position.phase is Phase.ORDERS:
            return self._gather_orders(run, table, position, now)
        if position.phase is Phase.DELIVERIES:
            return _gather_deliveries(run, table, position, now)
        if position.phase is Phase.LEVELS:
            return self._look_at_all(run, table, position, now)
        return self._look_again(run, table, position, now)

    def _gather_orders(self, run: Run, table: Table, position: Position, now: datetime) -> Advance:
        settings = load_settings(table)
        stores, since = tuple(settings.stores), settings.tenant.created_at
        page = self.owners.page(table, stores, since=since, after=position.after, now=now)
        keep_owned(table, run.id, position.parts, page.entries, now=now)
        phase, parts = Phase.ORDERS if page.next_position else Phase.DELIVERIES, position.parts + 1
        return Advance(Position(phase, page.next_position, orders=parts, parts=parts).as_text())

    def _look_at_all(self, run: Run, table: Table, position: Position, now: datetime) -> Advance:
        pks = all_pks(table.tenant_id)
        page = read_sharded(table, pks, index=GSI1, after=position.after, limit=LEVELS_IN_STEP, newest_first=False)
        found = find_all_buckets(table, [listed_level_key(row) for row in page.entries])
        comparison = self._compared(run, table, position, found, {}, now)
        comparison.figures["levels"] += len(found)
        return _following(run, table, position, page.next_position, comparison)

    def _look_again(self, run: Run, table: Table, position: Position, now: datetime) -> Advance:
        page = read_again(table, run.id, position.look, after=position.after, limit=LEVELS_IN_STEP)
        suspected = {again.key: again.suspicion for again in page.entries}
        found = table.get_many(suspected).values()
        comparison = self._compared(run, table, position, found, suspected, now)
        comparison.figures["looked_again"] += len(found)
        return _following(run, table, position, page.next_position, comparison)

    def _compared(
        self,
        run: Run,
        table: Table,
        position: Position,
        found: Collection[Item],
        suspected: Mapping[Key, Suspicion | None],
        now: datetime,
    ) -> Comparison:
        held = units_held(table, {item["sku"] for item in found if item["reserved"]})
        judge = Judge(run, table, self.owners, self._of_run(run, table, position), held, now)
        comparison = Comparison(judge, position.look)
        for look in look_at(table, found):
            comparison.compare(look, suspected.get(look.key))
        return comparison

    def _of_run(self, run: Run, table: Table, position: Position) -> Gathered:
        if self._gathered is None or self._gathered[0] != run.id:
            self._gathered = (run.id, Gathered.read(table, run.id, orders=position.orders, parts=position.parts))
        return self._gathered[1]


def _gather_deliveries(run: Run, table: Table, position: Position, now: datetime) -> Advance:
    page = page_of_deliveries(table, after=position.after)
    keep_coming(table, run.id, position.parts, page.entries, now=now)
    phase = Phase.DELIVERIES if page.next_position else Phase.LEVELS
    following = replace(position, phase=phase, after=page.next_position, parts=position.parts + 1)
    return Advance(following.as_text())


def _following(run: Run, table: Table, position: Position, after: str | None, comparison: Comparison) -> Advance:
    """The next page; or the next look at what was busy, once it has had time to settle; or the end."""
    now, next_look = comparison.judge.now, position.look + 1
    keep_again(table, run.id, next_look, comparison.again, now=now)
    if after is not None:
        return Advance(replace(position, after=after).as_text(), comparison.figures)
    if not read_again(table, run.id, next_look, after=None, limit=1).entries:
        return Advance(None, comparison.figures)
    following = replace(position, phase=Phase.AGAIN, after=None, look=next_look)
    return Advance(following.as_text(), comparison.figures, not_before=now + SETTLED_AFTER)
