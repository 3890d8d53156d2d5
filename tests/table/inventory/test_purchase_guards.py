"""What keeps purchase orders right when two act at once: each guard, and that it stops all of an act."""

from collections.abc import Callable

import pytest

from storekeeper.inventory import SkuRef
from storekeeper.inventory.levels.items import receive_units
from storekeeper.inventory.purchasing import items
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.receipt_items import put_receipt
from storekeeper.inventory.purchasing.receiving import NotExpected
from storekeeper.inventory.purchasing.store import find_purchase_order_by_number, get_purchase_order, list_receipts
from storekeeper.inventory.purchasing.writes import cause_of
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.table import WriteRefused
from tests.table.inventory.buying import a_supplier, came, end, on_the_way, ordered, take_in
from tests.table.inventory.conftest import Shelf

CANCELLED = PurchaseStatus.CANCELLED


@pytest.fixture
def lamps(shelf: Shelf) -> PurchaseOrder:
    """An order of 12 lamps that was sent; 3 lie there already."""
    shelf.adjust(3)
    return ordered(shelf, a_supplier(shelf))


def found(shelf: Shelf, order: PurchaseOrder) -> PurchaseOrder:
    return get_purchase_order(order.id, table=shelf.table)


@pytest.mark.guards("storekeeper.inventory.purchasing.items.put_purchase", clause="version = :read")
@pytest.mark.parametrize("act", [lambda s, o: take_in(s, o, came(5)), lambda s, o: end(s, o, CANCELLED)])
def test_of_two_who_decide_from_one_reading_one_is_refused(
    shelf: Shelf, lamps: PurchaseOrder, act: Callable[[Shelf, PurchaseOrder], object]
) -> None:
    act(shelf, lamps)
    after = found(shelf, lamps)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_purchase(shelf.table.tenant_id, replace(lamps, reference="mine", version=3)))

    assert found(shelf, lamps) == after


@pytest.mark.guards("storekeeper.inventory.purchasing.items.put_purchase", clause="attribute_not_exists(pk)")
def test_an_order_is_made_once(shelf: Shelf, lamps: PurchaseOrder) -> None:
    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_purchase(shelf.table.tenant_id, replace(lamps, version=1)))

    assert found(shelf, lamps) == lamps


@pytest.mark.guards("storekeeper.inventory.purchasing.items.put_number")
def test_a_number_stays_with_its_order(shelf: Shelf, lamps: PurchaseOrder) -> None:
    other = ordered(shelf, a_supplier(shelf, code="B"), sent=False)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_number(shelf.table.tenant_id, replace(other, number=lamps.number)))

    assert find_purchase_order_by_number(lamps.number, table=shelf.table) == lamps


@pytest.mark.guards("storekeeper.inventory.purchasing.items.count_on", clause="attribute_not_exists(pk)")
@pytest.mark.guards("storekeeper.inventory.purchasing.items.count_on", clause="#last = :read")
@pytest.mark.parametrize("last", [None, 1000])
def test_two_orders_do_not_get_one_number(shelf: Shelf, lamps: PurchaseOrder, last: int | None) -> None:
    _, write = items.count_on(shelf.table.tenant_id, last)

    with pytest.raises(WriteRefused):
        shelf.table.write(write)

    assert ordered(shelf, a_supplier(shelf, code="B"), sent=False).number == "PO-1002"


@pytest.mark.guards("storekeeper.inventory.purchasing.receipt_items.put_receipt")
def test_a_receipt_is_never_changed(shelf: Shelf, lamps: PurchaseOrder) -> None:
    receipt = take_in(shelf, lamps, came(5)).receipt

    with pytest.raises(WriteRefused):
        shelf.table.write(put_receipt(shelf.table.tenant_id, replace(receipt, lines=receipt.lines * 2)))

    assert list_receipts(lamps, after=None, limit=2, table=shelf.table).entries == (receipt,)


def test_a_level_that_does_not_expect_the_units_stops_all_of_it(shelf: Shelf, lamps: PurchaseOrder) -> None:
    """It cannot be, but for a fault; then nothing is received on top of it."""
    cause = cause_of(lamps, actor=shelf.table.trace.actor, at=shelf.now)
    ref = SkuRef(shelf.table.tenant_id, "LAMP")
    shelf.table.write(receive_units(ref, shelf.locations[0], 0, of_expected=10, cause=cause))

    with pytest.raises(NotExpected):
        take_in(shelf, lamps, came(5))

    assert (on_the_way(shelf), found(shelf, lamps)) == ([(3, 2)], lamps)


def test_a_repeat_after_a_lost_answer_is_told_what_was_done(shelf: Shelf, lamps: PurchaseOrder) -> None:
    """The order's version refuses the second of two writes that were decided from the same reading."""
    take_in(shelf, lamps, came(12))

    with pytest.raises(WrongState):
        take_in(shelf, lamps, came(12))

    assert on_the_way(shelf) == [(15, 0)]
