"""What was written by hand behind later changes: taken off once, by whomever, and never taken for what it is not."""

from storekeeper.inventory.reconciliation.model import DriftKind
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reconciling import ALL, HOUR, reconcile, told, write_by_hand

UNITS = "SET on_hand = :units, available = :units"


def written_and_changed(shelf: Shelf) -> None:
    """Ten lie there; five more are written by hand; one is found."""
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, UNITS, units=15)
    shelf.adjust(1)
    shelf.project()


def on_hand(shelf: Shelf) -> int:
    return shelf.figures()[0][0]


def test_a_repair_whose_row_was_lost_is_not_made_again(shelf: Shelf) -> None:
    written_and_changed(shelf)
    reconcile(shelf, repair=ALL)
    shelf.changes()  # the record of the repair is lost
    shelf.adjust(1)
    shelf.project()

    for number, hours in enumerate((2, 30, 60)):
        reconcile(shelf, repair=ALL, name=f"run_{number}_again", hours=hours)
        shelf.project()

    assert on_hand(shelf) == 12


def test_a_row_that_stands_for_a_lost_repair_is_no_reason_for_another(shelf: Shelf) -> None:
    written_and_changed(shelf)
    reconcile(shelf, repair=ALL)
    shelf.changes()

    reconcile(shelf, repair=ALL, name="run_closing", hours=30)
    shelf.project()
    after = reconcile(shelf, repair=ALL, name="run_after", hours=60)

    assert (on_hand(shelf), after.figures["found"]) == (11, 0)


def test_a_merchant_s_own_count_is_not_undone(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, UNITS, units=15)
    shelf.adjust(-5)
    shelf.project()

    assert reconcile(shelf, repair=ALL).figures["found"] == 0
    assert on_hand(shelf) == 10


def test_what_cannot_have_been_is_told_and_then_believed(shelf: Shelf) -> None:
    shelf.adjust(2)
    shelf.project()
    write_by_hand(shelf, UNITS, units=10)
    shelf.adjust(-5, kind="damage")
    shelf.project()

    seen = [
        reconcile(shelf, repair=repair, name=f"run_{hours}", hours=hours)
        for hours, repair in ((1, ()), (2, ALL), (3, ALL))
    ]

    counts = [(run.figures["found"], run.figures["left_to_a_person"], run.figures["skipped_ledger"]) for run in seen]
    assert counts == [(1, 0, 1), (1, 1, 1), (0, 0, 0)]
    assert on_hand(shelf) == 5


def test_it_is_dated_from_before_it_came(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    reconcile(shelf, name="run_0")
    write_by_hand(shelf, UNITS, units=15)
    shelf.adjust(1, at=shelf.now + 5 * HOUR)
    shelf.project()

    reconcile(shelf, name="run_1", hours=8)

    ((drift, _),) = told(shelf)
    assert (drift.kind, drift.since) == (DriftKind.FIGURES, shelf.now + HOUR)
