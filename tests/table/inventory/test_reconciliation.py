"""Reconciliation: a difference that was made by hand is found, told and mended, and what is right is left alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from storekeeper.inventory import (
    Cause,
    Drift,
    DriftKind,
    OwnedPick,
    Pick,
    Reconciler,
    SkuPick,
    SkuRef,
    Wanted,
    find_movements,
    gaps_of,
    level_key,
    list_drifts,
    start_reconciliation,
    take_units,
)
from storekeeper.inventory.reconciliation import use_cases
from storekeeper.inventory.reconciliation.items import mend_level, put_checked, put_drift
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.trace import SHOPPER
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.runs import Run, RunState, work_on
from tests.table.inventory.conftest import Shelf

ALL = tuple(DriftKind)
HOUR = timedelta(hours=1)
MEND = "storekeeper.inventory.reconciliation.items.mend_level"


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
    hours: int = 1,
) -> Run:
    """One whole reconciliation, `hours` after everything else."""
    now = shelf.now + hours * HOUR
    start_reconciliation(shelf.table, run_id=name, repair=repair, now=now)
    steps = {use_cases.KIND: Reconciler(orders or Orders()).step}
    return work_on(shelf.table, name, steps=steps, now=lambda: now, is_nearly_over=lambda: False)


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


def test_stock_that_is_right_is_left_alone(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.adjust(4, location=1)
    shelf.hold("cart_1", {"LAMP": 2})
    owned = reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders([owned]), repair=ALL)

    assert (run.state, told(shelf)) == (RunState.DONE, [])
    assert run.figures == {"levels": 2, "moving": 0, "found": 0, "mended": 0, "left_to_a_person": 0}


def test_figures_that_were_written_by_hand_are_found_and_only_told(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)

    run = reconcile(shelf)

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.cause, outcome) == ("figures", "written_outside", "found")
    assert (drift.expected.on_hand, drift.found.on_hand, drift.since) == (10, 15, shelf.now)
    assert (run.figures["found"], run.figures["mended"], shelf.figures()) == (1, 0, [(15, 0, 15)])


@pytest.mark.parametrize(
    ("change", "units"),
    [
        ("SET on_hand = :units, available = :units", 15),
        ("SET on_hand = :units, available = :units", 2),
        ("SET available = :units", 99),
        ("SET reserved = :units", 4),
    ],
)
def test_what_was_written_by_hand_is_mended_and_the_ledger_shows_it(shelf: Shelf, change: str, units: int) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, change, units=units)

    run = reconcile(shelf, repair=ALL)
    shelf.project()
    again = reconcile(shelf, repair=ALL, name="run_2", hours=2)

    assert (run.figures["mended"], again.figures["found"]) == (1, 0)
    assert shelf.figures() == [(10, 0, 10)]
    assert ledger(shelf) == [(0, 10), (10, 10)]  # and so it replays to the level
    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()


def test_units_whose_owner_is_gone_come_back_to_the_shelf(shelf: Shelf) -> None:
    shelf.adjust(10)
    reserve_for_order(shelf, 3)
    shelf.project()

    reconcile(shelf, Orders(), repair=[DriftKind.RESERVED])

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.cause, outcome) == ("reserved", "owner_gone", "mended")
    assert (drift.expected.reserved, drift.found.reserved) == (0, 3)
    assert shelf.figures() == [(10, 0, 10)]


def test_units_that_an_order_owns_and_nobody_reserved_are_reserved(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    orders = Orders([OwnedPick("ord_1", SkuPick("LAMP", shelf.locations[0], 0, 4))])

    reconcile(shelf, orders, repair=ALL)

    ((drift, outcome),) = told(shelf)
    assert (drift.cause, outcome, shelf.figures()) == ("owner_uncovered", "mended", [(10, 4, 6)])


def test_what_is_no_longer_there_to_reserve_is_left_to_a_person(shelf: Shelf) -> None:
    shelf.adjust(2)
    shelf.project()
    orders = Orders([OwnedPick("ord_1", SkuPick("LAMP", shelf.locations[0], 0, 4))])

    run = reconcile(shelf, orders, repair=ALL)

    assert [outcome for _, outcome in told(shelf)] == ["left_to_a_person"]
    assert (run.figures["left_to_a_person"], shelf.figures()) == (1, [(2, 0, 2)])


def test_a_hold_that_became_an_order_meanwhile_is_no_difference(shelf: Shelf) -> None:
    shelf.adjust(10)
    owned = reserve_for_order(shelf, 3)
    shelf.project()
    looks: list[int] = []

    class Later(Orders):
        def page(self, *_: Any, **__: Any) -> Page[OwnedPick]:
            """The order is not in the list yet when it is first read."""
            looks.append(1)
            return Page((), None) if len(looks) == 1 else Page((owned,), None)

    run = reconcile(shelf, Later(late=[owned]), repair=ALL)

    assert (run.figures["found"], shelf.figures()) == (0, [(10, 3, 7)])


def test_of_a_level_that_moves_nothing_is_said_but_what_its_ledger_says(shelf: Shelf) -> None:
    shelf.adjust(10)
    reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders(), repair=ALL, hours=0)

    assert (run.figures["moving"], run.figures["found"], shelf.figures()) == (1, 0, [(10, 3, 7)])


def test_rows_that_the_ledger_lacks_are_told_and_closed_when_they_can_no_longer_come(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    shelf.adjust(5)
    shelf.changes()  # lost
    shelf.adjust(1)
    shelf.project()

    early = reconcile(shelf, repair=ALL)
    late = reconcile(shelf, repair=ALL, name="run_2", hours=25)

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.cause, outcome) == ("ledger", "record_lost", "left_to_a_person")
    assert (drift.first_version, drift.last_version) == (2, 2)
    assert (early.figures["mended"], late.figures["mended"]) == (0, 1)
    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()


def test_a_change_whose_row_is_on_its_way_is_no_difference(shelf: Shelf) -> None:
    shelf.adjust(10)

    assert reconcile(shelf, repair=ALL, hours=0).figures["found"] == 0


def test_what_was_checked_is_not_read_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        shelf.adjust(1)
    shelf.project()
    reconcile(shelf)
    shelf.adjust(1)
    shelf.project()
    read: list[int] = []
    real = use_cases._rows_between

    def counting(*args: Any) -> Any:
        rows = real(*args)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(use_cases, "_rows_between", counting)
    reconcile(shelf, name="run_2", hours=2)
    reconcile(shelf, name="run_3", hours=3)

    assert read == [1, 0]


def test_a_step_that_is_done_again_mends_once(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)
    run = start_reconciliation(shelf.table, run_id="run_1", repair=ALL, now=shelf.now + HOUR)
    reconciler = Reconciler(Orders())
    first = reconciler.step(run, shelf.table, shelf.now + HOUR)
    levels = Run(**{**{name: getattr(run, name) for name in run.__dataclass_fields__}, "position": first.position})

    reconciler.step(levels, shelf.table, shelf.now + HOUR)
    reconciler.step(levels, shelf.table, shelf.now + HOUR)

    assert (shelf.figures(), len(told(shelf))) == ([(10, 0, 10)], 1)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(f"SET {name} = {name} + :one", marks=pytest.mark.guards(MEND, clause=clause), id=name)
        for name, clause in [
            ("version", "version = :version"),
            ("on_hand", "on_hand = :found_on_hand"),
            ("reserved", "reserved = :found_reserved"),
            ("available", "available = :found_available"),
        ]
    ],
)
def test_a_level_that_has_changed_since_it_was_found_is_not_mended(shelf: Shelf, change: str) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)
    reconcile(shelf)
    ((drift, _),) = told(shelf)
    write_by_hand(shelf, change, one=1)
    now_is = shelf.figures()

    cause = Cause.of_order("ord_1", actor=SHOPPER, at=shelf.now)
    with pytest.raises(WriteRefused):
        shelf.table.write(mend_level(lamp(shelf), drift, cause=cause))

    assert shelf.figures() == now_is


@pytest.mark.guards("storekeeper.inventory.reconciliation.items.put_drift")
def test_a_difference_is_told_once(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)
    reconcile(shelf)
    ((drift, _),) = told(shelf)

    again = put_drift(shelf.table.tenant_id, "run_1", drift, outcome="mended", now=shelf.now)
    with pytest.raises(WriteRefused):
        shelf.table.write(again)

    assert told(shelf) == [(drift, "found")]


@pytest.mark.guards(
    "storekeeper.inventory.reconciliation.items.put_checked", clause="attribute_not_exists(pk) OR version < :version"
)
def test_what_was_checked_further_is_not_taken_back(shelf: Shelf) -> None:
    old = shelf.adjust(10)
    shelf.table.write(put_checked(lamp(shelf), shelf.adjust(1)))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_checked(lamp(shelf), old))


def test_another_tenant_s_stock_is_not_looked_at(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)

    assert reconcile(other_shelf, repair=ALL).figures["levels"] == 0
    assert (told(other_shelf), shelf.figures()) == ([], [(15, 0, 15)])
