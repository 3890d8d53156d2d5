"""Reconciliation: a difference that was made by hand is found and told, and what is right is left alone."""

from typing import Any

import pytest

from storekeeper.inventory import OwnedPick
from storekeeper.inventory.movements.use_cases import gaps_of
from storekeeper.inventory.reconciliation import looking
from storekeeper.kernel.paging import Page
from storekeeper.runs import RunState
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reconciling import ALL, Orders, reconcile, reserve_for_order, told, write_by_hand


def test_stock_that_is_right_is_left_alone(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.adjust(4, location=1)
    shelf.hold("cart_1", {"LAMP": 2})
    owned = reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders([owned]), repair=ALL)

    assert (run.state, told(shelf)) == (RunState.DONE, [])
    assert {name: count for name, count in run.figures.items() if count} == {"levels": 2}


def test_figures_that_were_written_by_hand_are_found_and_only_told(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)

    run = reconcile(shelf)

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.cause, outcome) == ("figures", "written_outside", "found")
    assert (drift.expected.on_hand, drift.found.on_hand, drift.since) == (10, 15, shelf.now)
    assert (run.figures["found"], run.figures["mended"], shelf.figures()) == (1, 0, [(15, 0, 15)])


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


def test_a_hold_of_which_nothing_is_derived_yet_still_owns_its_units(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.hold("cart_1", {"LAMP": 2})
    shelf.project([change for change in shelf.changes() if change.type != "hold"])  # its record was set aside

    run = reconcile(shelf, repair=ALL)

    assert (run.state, told(shelf), shelf.figures()) == (RunState.DONE, [], [(10, 2, 8)])


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


@pytest.mark.parametrize(("hours", "found"), [(0, 0), (0.2, 0), (0.25, 1)])
def test_a_change_whose_row_may_be_on_its_way_is_no_difference(shelf: Shelf, hours: float, found: int) -> None:
    shelf.adjust(10)
    shelf.project()
    shelf.adjust(5)

    assert reconcile(shelf, repair=ALL, hours=hours).figures["found"] == found


def test_what_was_checked_is_not_read_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        shelf.adjust(1)
    shelf.project()
    reconcile(shelf)
    shelf.adjust(1)
    shelf.project()
    read: list[int] = []
    real = looking._rows_between

    def counting(*args: Any) -> Any:
        rows = real(*args)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(looking, "_rows_between", counting)
    reconcile(shelf, name="run_2", hours=2)
    reconcile(shelf, name="run_3", hours=3)

    assert read == [1, 0]


def test_another_tenant_s_stock_is_not_looked_at(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)

    assert reconcile(other_shelf, repair=ALL).figures["levels"] == 0
    assert (told(other_shelf), shelf.figures()) == ([], [(15, 0, 15)])
