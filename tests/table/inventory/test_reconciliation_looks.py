"""A level that is busy while a reconciliation goes on is looked at again; it is skipped if it never comes to rest."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from storekeeper.inventory import OwnedPick
from storekeeper.inventory.reconciliation import judging, looking
from storekeeper.inventory.reconciliation.again_items import Suspicion, put_again, read_again
from storekeeper.inventory.reconciliation.comparing import MAX_LOOKS
from storekeeper.inventory.reconciliation.model import DriftKind
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import WriteRefused
from storekeeper.runs import RunState
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reconciling import ALL, Orders, reconcile, reserve_for_order, told, write_by_hand


def selling(shelf: Shelf, *, times: int) -> Callable[[datetime], object]:
    """Somebody takes a unit for nobody each time that a run is taken up."""
    left = iter(range(times))

    def sell(now: datetime) -> None:
        if next(left, None) is not None:
            reserve_for_order(replace(shelf, now=now), 1)
            shelf.project()

    return sell


def test_a_level_that_was_busy_is_judged_when_it_has_come_to_rest(shelf: Shelf) -> None:
    shelf.adjust(10)
    reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders(), repair=ALL, hours=0, meanwhile=selling(shelf, times=1))

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.expected.reserved, drift.found.reserved, outcome) == ("reserved", 0, 4, "mended")
    assert (run.state, run.figures["looked_again"], run.figures["skipped_busy"]) == (RunState.DONE, 2, 0)
    assert shelf.figures() == [(10, 0, 10)]


def test_a_level_that_never_comes_to_rest_is_skipped_and_the_run_says_so(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()

    run = reconcile(shelf, Orders(), repair=ALL, hours=0, meanwhile=selling(shelf, times=MAX_LOOKS))

    assert (run.figures["looked_again"], run.figures["skipped_busy"], told(shelf)) == (MAX_LOOKS - 1, 1, [])
    assert shelf.figures() == [(10, MAX_LOOKS, 10 - MAX_LOOKS)]


def test_a_level_that_is_right_is_never_looked_at_again_however_busy(shelf: Shelf) -> None:
    shelf.adjust(10)
    owned = reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders([owned]), repair=ALL, hours=0)

    assert {name: count for name, count in run.figures.items() if count} == {"levels": 1}


def test_an_order_whose_list_is_behind_is_no_difference(shelf: Shelf) -> None:
    """A hold became an order just now: the hold is gone, and no list names the order yet."""
    shelf.adjust(10)
    owned = reserve_for_order(shelf, 3)
    shelf.project()
    looks: list[int] = []

    class Behind(Orders):
        def page(self, *_: Any, **__: Any) -> Page[OwnedPick]:
            """When the run begins and at the first look there is none."""
            looks.append(1)
            return Page((), None) if len(looks) <= 2 else Page((owned,), None)

    run = reconcile(shelf, Behind(late=[owned]), repair=ALL)

    assert (run.figures["found"], run.figures["looked_again"], shelf.figures()) == (0, 1, [(10, 3, 7)])


def test_an_order_that_came_back_is_found_by_the_level_that_it_changed(shelf: Shelf) -> None:
    """It is no new order, and owned nothing when the run began."""
    shelf.adjust(10)
    shelf.project()
    orders = Orders()

    def come_back(now: datetime) -> None:
        if not orders.late:
            orders.late.append(reserve_for_order(replace(shelf, now=now), 3, "ord_old"))
            shelf.project()

    run = reconcile(shelf, orders, repair=ALL, meanwhile=come_back)

    assert (run.figures["found"], run.figures["looked_again"], shelf.figures()) == (0, 1, [(10, 3, 7)])


@pytest.mark.parametrize(("most", "found"), [(4, 0), (99, 1)])
def test_a_level_that_changed_too_often_to_look_through_is_skipped(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, most: int, found: int
) -> None:
    monkeypatch.setattr(looking, "RECENT_IN_PAGE", 2)
    monkeypatch.setattr(looking, "MAX_RECENT", most)
    for _ in range(5):
        shelf.adjust(2)
    reserve_for_order(shelf, 3)
    shelf.project()

    run = reconcile(shelf, Orders())

    assert (run.figures["found"], run.figures["skipped_busy"]) == (found, 1 - found)


def test_more_new_orders_than_can_be_looked_through_are_a_reason_to_skip(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MAX_NEW_PAGES", 1)
    shelf.adjust(10)
    owned = [reserve_for_order(shelf, 1, f"ord_{number}") for number in range(2)]
    reserve_for_order(shelf, 1, "ord_gone")
    shelf.project()

    run = reconcile(shelf, Orders(owned), repair=ALL)

    assert (run.figures["skipped_orders"], run.figures["found"], shelf.figures()) == (1, 0, [(10, 3, 7)])


@pytest.mark.parametrize(("repair", "skipped"), [([DriftKind.RESERVED], 1), (ALL, 0)])
def test_what_differs_from_its_ledger_is_compared_with_nothing_else_until_that_is_mended(
    shelf: Shelf, repair: Collection[DriftKind], skipped: int
) -> None:
    shelf.adjust(10)
    reserve_for_order(shelf, 3)
    shelf.project()
    write_by_hand(shelf, "SET on_hand = :units", units=8)

    run = reconcile(shelf, Orders(), repair=repair, meanwhile=lambda _: shelf.project())

    assert (run.figures["skipped_ledger"], [drift.kind for drift, _ in told(shelf)]) == (
        skipped,
        ["figures"] if skipped else ["figures", "reserved"],
    )
    assert shelf.figures() == ([(8, 3, 7)] if skipped else [(10, 0, 10)])


@pytest.mark.guards("storekeeper.inventory.reconciliation.again_items.put_again")
def test_what_was_suspected_first_stays(shelf: Shelf) -> None:
    level = shelf.adjust(10)
    tenant_id = shelf.table.tenant_id
    shelf.table.write(put_again(tenant_id, "run_1", 2, level, Suspicion(1, 3), now=shelf.now))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_again(tenant_id, "run_1", 2, level, Suspicion(1, 4), now=shelf.now))

    (again,) = read_again(shelf.table, "run_1", 2, after=None, limit=10).entries
    assert again.suspicion == Suspicion(1, 3)
