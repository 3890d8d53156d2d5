"""A reconciliation to test: orders that own what a test says, and stock that somebody wrote by hand."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from storekeeper.inventory import Cause, OwnedPick, Pick, SkuPick, SkuRef, level_key, take_units
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.inventory.reconciliation import use_cases
from storekeeper.inventory.reconciliation.model import Drift, DriftKind
from storekeeper.inventory.reconciliation.use_cases import Reconciler, list_drifts, start_reconciliation
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import SHOPPER
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.runs import Run, RunState, work_on
from tests.table.inventory.conftest import Shelf

ALL = tuple(DriftKind)
HOUR = timedelta(hours=1)


@dataclass
class Orders:
    """What orders own; pages of one."""

    owned: list[OwnedPick] = field(default_factory=list)
    late: list[OwnedPick] = field(default_factory=list)

    def page(
        self,
        table: Table,  # noqa: ARG002
        stores: Sequence[StoreId],  # noqa: ARG002
        *,
        since: datetime,  # noqa: ARG002
        after: str | None,
        now: datetime,  # noqa: ARG002
    ) -> Page[OwnedPick]:
        number = int(after or 0)
        entries = tuple(self.owned[number : number + 1])
        return Page(entries, str(number + 1) if number + 1 < len(self.owned) else None)

    def picks_of(self, table: Table, order_ids: Collection[str]) -> list[OwnedPick]:  # noqa: ARG002
        return [one for one in [*self.owned, *self.late] if one.order_id in order_ids]


def reconcile(
    shelf: Shelf,
    orders: Orders | None = None,
    *,
    repair: Collection[DriftKind] = (),
    name: str = "run_1",
    hours: float = 1,
    meanwhile: Callable[[datetime], object] = lambda _: None,
) -> Run:
    """One whole reconciliation, `hours` after everything else; `meanwhile` comes before each time it is taken up."""
    now = shelf.now + hours * HOUR
    run = start_reconciliation(shelf.table, run_id=name, repair=repair, now=now)
    steps = {use_cases.KIND: Reconciler(orders or Orders()).step}
    while run.is_open:
        now = max(now, run.due_at or now)
        meanwhile(now)
        run = work_on(shelf.table, name, steps=steps, now=partial(_same, now), is_nearly_over=lambda: False)
    return run


def _same(now: datetime) -> datetime:
    return now


def step_twice(shelf: Shelf, run: Run, orders: Orders) -> Run:
    """All of a run, each step by two workers, of whom the first one dies before it can say so."""
    while run.is_open:
        now = max(shelf.now + HOUR, run.due_at or shelf.now)
        if run.state is RunState.WAITING:
            run = run.claimed(now)
        Reconciler(orders).step(run, shelf.table, now)
        run = run.advanced(Reconciler(orders).step(run, shelf.table, now), now=now)
    return run


def told(shelf: Shelf, name: str = "run_1") -> list[tuple[Drift, str]]:
    page = list_drifts(shelf.table, name, after=None, limit=100)
    return [(drift, outcome) for drift, outcome, _ in page.entries]


def write_by_hand(shelf: Shelf, change: str, **values: int) -> None:
    """As somebody would with the console of the database."""
    named = {f":{name}": value for name, value in values.items()}
    shelf.table.write(Update(level_key(lamp(shelf), shelf.locations[0]), change, only_if=PRESENT, values=named))


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, "LAMP")


def reserve_for_order(shelf: Shelf, units: int, order_id: str = "ord_1") -> OwnedPick:
    pick = Pick(shelf.locations[0], 0, units)
    cause = Cause.of_order(order_id, actor=SHOPPER, at=shelf.now)
    shelf.table.write(take_units(lamp(shelf), pick, cause=cause))
    return OwnedPick(order_id, SkuPick("LAMP", shelf.locations[0], 0, units))


def ledger(shelf: Shelf) -> list[tuple[int, int]]:
    page = find_movements(
        shelf.table,
        Wanted(sku="LAMP"),
        locations=shelf.locations,
        after=None,
        limit=50,
        now=shelf.now + 2 * HOUR,
        oldest=shelf.now,
    )
    return [(row.on_hand_before, row.on_hand_after) for row in reversed(page.entries)]
