"""Repairs: what differs is mended once, if it is still as it was found, and the ledger shows it."""

import pytest

from storekeeper.inventory import Cause, OwnedPick, SkuPick
from storekeeper.inventory.movements.use_cases import gaps_of
from storekeeper.inventory.reconciliation.items import mend_level, put_checked, put_drift
from storekeeper.inventory.reconciliation.model import DriftKind
from storekeeper.inventory.reconciliation.use_cases import start_reconciliation
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import SHOPPER
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reconciling import (
    ALL,
    HOUR,
    Orders,
    lamp,
    ledger,
    reconcile,
    reserve_for_order,
    step_twice,
    told,
    write_by_hand,
)


@pytest.mark.parametrize(
    ("change", "units"),
    [
        ("SET on_hand = :units, available = :units", 15),
        ("SET on_hand = :units, available = :units", 2),
        ("SET available = :units", 99),
        ("SET reserved = :units", 4),
        ("SET incoming = :units", 7),
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


@pytest.mark.parametrize(
    ("change", "units"),
    [
        ("SET on_hand = :units, available = :units", 15),
        ("SET on_hand = :units, available = :units", 2),
        ("SET reserved = :units", 4),
        ("SET on_hand = :units, available = :units, reserved = :units", 12),
    ],
)
@pytest.mark.parametrize("is_checked", [True, False])
def test_what_was_written_by_hand_and_changed_since_is_found_and_mended_once(
    shelf: Shelf, change: str, units: int, is_checked: bool
) -> None:
    shelf.adjust(10)
    shelf.project()
    if is_checked:
        assert reconcile(shelf, name="run_0").figures["found"] == 0
    write_by_hand(shelf, change, units=units)
    shelf.adjust(1)
    shelf.adjust(2)
    shelf.project()

    seen = [reconcile(shelf, name="run_1", hours=1), reconcile(shelf, repair=ALL, name="run_2", hours=2)]
    shelf.project()
    seen.append(reconcile(shelf, name="run_3", hours=3))
    shelf.adjust(-1)
    shelf.project()
    seen.append(reconcile(shelf, name="run_4", hours=4))

    assert [(run.figures["found"], run.figures["mended"]) for run in seen] == [(1, 0), (1, 1), (0, 0), (0, 0)]
    assert shelf.figures() == [(12, 0, 12)]
    assert ledger(shelf)[-1][1] == 12


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


def test_a_step_that_is_done_again_mends_once(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)
    run = start_reconciliation(shelf.table, run_id="run_1", repair=ALL, now=shelf.now + HOUR)

    step_twice(shelf, run, Orders())

    assert (shelf.figures(), len(told(shelf))) == ([(10, 0, 10)], 1)


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(
            "version",
            marks=pytest.mark.guards(
                "storekeeper.inventory.reconciliation.items.mend_level", clause="version = :version"
            ),
        ),
        pytest.param(
            "on_hand",
            marks=pytest.mark.guards(
                "storekeeper.inventory.reconciliation.items.mend_level", clause="on_hand = :found_on_hand"
            ),
        ),
        pytest.param(
            "reserved",
            marks=pytest.mark.guards(
                "storekeeper.inventory.reconciliation.items.mend_level", clause="reserved = :found_reserved"
            ),
        ),
        pytest.param(
            "available",
            marks=pytest.mark.guards(
                "storekeeper.inventory.reconciliation.items.mend_level", clause="available = :found_available"
            ),
        ),
        pytest.param(
            "incoming",
            marks=pytest.mark.guards(
                "storekeeper.inventory.reconciliation.items.mend_level", clause="incoming = :found_incoming"
            ),
        ),
    ],
)
def test_a_level_that_has_changed_since_it_was_found_is_not_mended(shelf: Shelf, figure: str) -> None:
    shelf.adjust(10)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units, available = :units", units=15)
    reconcile(shelf)
    ((drift, _),) = told(shelf)
    write_by_hand(shelf, f"SET {figure} = {figure} + :one", one=1)
    now_is = shelf.levels()

    cause = Cause.of_order("ord_1", actor=SHOPPER, at=shelf.now)
    with pytest.raises(WriteRefused):
        shelf.table.write(mend_level(lamp(shelf), drift, cause=cause))

    assert shelf.levels() == now_is


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
    shelf.table.write(put_checked(lamp(shelf), shelf.adjust(1), now=shelf.now))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_checked(lamp(shelf), old, now=shelf.now))
