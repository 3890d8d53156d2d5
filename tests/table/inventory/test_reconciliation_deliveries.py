"""What is expected agrees with what transfers and purchase orders have on their way, or is found and mended."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from storekeeper.inventory import Cause
from storekeeper.inventory.levels.items import expect_units, receive_units
from storekeeper.inventory.levels.model import MovementType
from storekeeper.inventory.movements.use_cases import gaps_of
from storekeeper.inventory.purchasing.model import PurchaseStatus
from storekeeper.inventory.reconciliation import deliveries
from storekeeper.inventory.reconciliation.model import DriftKind
from storekeeper.inventory.transfers.model import Arrival
from storekeeper.kernel.paging import Page
from storekeeper.kernel.trace import SHOPPER
from storekeeper.runs import start_run
from tests.table.inventory.buying import a_supplier, came, end, on_the_way, ordered, take_in
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reconciling import ALL, HOUR, Orders, lamp, reconcile, step_twice, told, write_by_hand
from tests.table.inventory.transferring import a_draft, dispatch, ends, receive, sent


def change_by_mistake(shelf: Shelf, units: int, *, location: int = 0) -> None:
    """As a fault of the software would: the level says that more, or less, is on its way, and so does the ledger."""
    cause = Cause(MovementType.TRANSFER, "transfer", "trf_gone", SHOPPER, shelf.now)
    place = shelf.locations[location]
    if units > 0:
        shelf.table.write(expect_units(lamp(shelf), place, units, cause=cause))
    else:
        shelf.table.write(receive_units(lamp(shelf), place, 0, of_expected=-units, cause=cause))


def buy(shelf: Shelf) -> Any:
    """Twelve lamps on their way from a supplier; five are on the shelf."""
    shelf.adjust(5)
    return ordered(shelf, a_supplier(shelf))


def test_what_is_on_its_way_as_expected_is_left_alone(shelf: Shelf) -> None:
    order = buy(shelf)
    transfer = sent(shelf, 4)
    take_in(shelf, order, came(7))
    receive(shelf, transfer, Arrival("LAMP", received=1))
    end(shelf, ordered(shelf, a_supplier(shelf, code="OTHER")), PurchaseStatus.CANCELLED)
    shelf.project()

    run = reconcile(shelf, repair=ALL)

    assert (run.figures["found"], run.figures["looked_again"], told(shelf)) == (0, 0, [])
    assert [incoming for _, incoming in on_the_way(shelf)] == [5, 3]


@pytest.mark.parametrize(
    ("by", "cause"), [pytest.param(3, "delivery_gone", id="more"), pytest.param(-3, "delivery_uncovered", id="less")]
)
def test_a_difference_is_told_and_then_mended_and_the_ledger_shows_it(shelf: Shelf, by: int, cause: str) -> None:
    buy(shelf)
    change_by_mistake(shelf, by)
    shelf.project()

    reconcile(shelf)
    ((drift, outcome),) = told(shelf)
    run = reconcile(shelf, repair=[DriftKind.INCOMING], name="run_2", hours=2)
    shelf.project()
    again = reconcile(shelf, repair=ALL, name="run_3", hours=3)

    assert (drift.kind, drift.cause, drift.since, outcome) == ("incoming", cause, shelf.now, "found")
    assert (drift.expected.incoming, drift.found.incoming) == (12, 12 + by)
    assert [outcome for _, outcome in told(shelf, "run_2")] == ["mended"]
    assert (run.figures["mended"], again.figures["found"], on_the_way(shelf)) == (1, 0, [(5, 12)])
    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()


def test_what_was_written_by_hand_goes_back_to_what_the_ledger_says(shelf: Shelf) -> None:
    buy(shelf)
    shelf.project()
    write_by_hand(shelf, "SET incoming = :units", units=40)

    reconcile(shelf, repair=ALL)

    ((drift, outcome),) = told(shelf)
    assert (drift.kind, drift.cause, outcome) == ("figures", "written_outside", "mended")
    assert (drift.expected.incoming, drift.found.incoming, on_the_way(shelf)) == (12, 40, [(5, 12)])


def test_who_cannot_receive_what_is_not_expected_can_after_the_repair(shelf: Shelf) -> None:
    transfer = sent(shelf)
    change_by_mistake(shelf, -5, location=1)
    shelf.project()

    reconcile(shelf, repair=[DriftKind.INCOMING])
    receive(shelf, transfer)

    assert ends(shelf) == [(2, 0), (5, 0)]


def test_what_is_received_or_sent_meanwhile_is_no_difference(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    first, late = sent(shelf, 4), a_draft(shelf, 1)
    shelf.project()
    later = replace(shelf, now=shelf.now + HOUR)
    real = deliveries.coming_of
    asked: list[int] = []

    def slowly(*args: Any) -> Any:
        """All of it moves between the page of deliveries and the look at the level."""
        found = real(*args)
        asked.append(len(found))
        if len(asked) == 1:
            receive(later, first, Arrival("LAMP", received=3))
            dispatch(later, late)
            shelf.project()
        return found

    monkeypatch.setattr(deliveries, "coming_of", slowly)
    run = reconcile(shelf, repair=ALL)

    assert (run.figures["found"], run.figures["skipped_busy"], ends(shelf)) == (0, 0, [(1, 0), (3, 2)])


def test_what_is_received_while_it_is_judged_is_no_difference(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = sent(shelf, 4)
    change_by_mistake(shelf, 2, location=1)
    shelf.project()
    real = deliveries.coming_of
    asked: list[int] = []

    def slowly(*args: Any) -> Any:
        """One unit comes after they were asked, and before the level is looked at once more."""
        found = real(*args)
        asked.append(len(found))
        if len(asked) == 2:
            receive(replace(shelf, now=shelf.now + HOUR), transfer, Arrival("LAMP", received=1))
            shelf.project()
        return found

    monkeypatch.setattr("storekeeper.inventory.reconciliation.judging.coming_of", slowly)
    monkeypatch.setattr(deliveries, "coming_of", slowly)
    run = reconcile(shelf, repair=ALL)

    ((drift, outcome),) = told(shelf)
    assert (drift.expected.incoming, drift.found.incoming, outcome) == (3, 5, "mended")
    assert (run.figures["looked_again"], ends(shelf)) == (1, [(2, 0), (1, 3)])


def test_a_worker_that_dies_after_each_page_makes_no_difference(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PAGE", 1)
    order = buy(shelf)
    sent(shelf, 4)
    ordered(shelf, a_supplier(shelf, code="OTHER"))
    change_by_mistake(shelf, 3)
    shelf.project()
    run = start_run(shelf.table, "run_1", "reconciliation", asked={"repair": ["incoming"]}, now=shelf.now + HOUR)

    class Fewer(Orders):
        """Of the second worker some things are gone."""

        def page(self, *args: Any, **options: Any) -> Page[Any]:
            take_in(shelf, order, came(1))
            shelf.project()
            return super().page(*args, **options)

    run = step_twice(shelf, run, Fewer())

    ((drift, outcome),) = told(shelf)
    assert (drift.expected.incoming, drift.found.incoming, outcome) == (22, 25, "mended")
    assert [incoming for _, incoming in on_the_way(shelf)] == [22, 4]


def test_all_that_is_on_its_way_is_found_page_by_page_whenever_it_is_expected(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(deliveries, "PAGE", 2)
    shelf.sell("LAMP")
    supplier = a_supplier(shelf)
    orders = [buy_more(shelf, supplier, days, now) for days in (9, 1, 5)]
    transfers = [sent(shelf, units) for units in (1, 2)]

    found: list[str] = []
    page = deliveries.page_of_deliveries(shelf.table, after=None)
    while True:
        found += [one.delivery_id for one in page.entries]
        if page.next_position is None:
            break
        page = deliveries.page_of_deliveries(shelf.table, after=page.next_position)

    assert sorted(found) == sorted(one.id for one in [*orders, *transfers])


def buy_more(shelf: Shelf, supplier: Any, days: int, now: datetime) -> Any:
    return ordered(shelf, supplier, expected_at=now + days * 24 * HOUR)


def test_another_tenant_s_deliveries_are_not_counted(shelf: Shelf, other_shelf: Shelf) -> None:
    buy(other_shelf)
    shelf.adjust(1)
    shelf.project()

    assert deliveries.page_of_deliveries(shelf.table, after=None).entries == ()
    assert reconcile(shelf, repair=ALL).figures["found"] == 0
    assert on_the_way(other_shelf) == [(5, 12)]
