"""Lists of purchase orders, and what is on its way altogether."""

from datetime import timedelta
from typing import Any

import pytest

from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.lists import OnTheWay, PurchaseFilter, list_purchase_orders, sum_on_the_way
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.kernel.money import Currency, Money
from tests.table.inventory.buying import a_supplier, came, end, ordered, take_in, usd
from tests.table.inventory.conftest import Shelf


@pytest.fixture
def orders(shelf: Shelf) -> list[PurchaseOrder]:
    """PO-1001 and PO-1002 are on their way, PO-1003 is a draft of another supplier, PO-1004 came."""
    shelf.sell("LAMP", "MUG")
    one, other = a_supplier(shelf), a_supplier(shelf, code="B")
    west, soon = shelf.locations[1], shelf.now + timedelta(days=1)
    made = [
        ordered(shelf, one, expected_at=shelf.now + timedelta(days=9)),
        ordered(shelf, one, WantedLine("MUG", 5, usd("2.00"), location_id=west), expected_at=soon),
        ordered(shelf, other, sent=False),
        ordered(shelf, other),
    ]
    take_in(shelf, made[0], came(2))
    take_in(shelf, made[3], came(12))
    return made


def numbers(shelf: Shelf, *, sort: Any = "created_at", limit: int = 10, **wanted: Any) -> list[str]:
    shown: list[str] = []
    after = None
    while True:
        page = list_purchase_orders(PurchaseFilter(**wanted), sort=sort, after=after, limit=limit, table=shelf.table)
        shown += [row["number"] for row in page.entries]
        if (after := page.next_position) is None:
            return shown


@pytest.mark.usefixtures("orders")
def test_all_are_listed_whatever_the_size_of_pages(shelf: Shelf) -> None:
    listed = numbers(shelf)

    assert set(listed) == {"PO-1001", "PO-1002", "PO-1003", "PO-1004"}
    assert numbers(shelf, limit=1) == listed


def test_they_are_filtered(shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    west, soon = shelf.locations[1], shelf.now + timedelta(days=2)

    assert numbers(shelf, status=PurchaseStatus.DRAFT) == ["PO-1003"]
    assert set(numbers(shelf, supplier_id=orders[0].supplier_id)) == {"PO-1001", "PO-1002"}
    assert numbers(shelf, supplier_id=orders[2].supplier_id, status=PurchaseStatus.RECEIVED, limit=1) == ["PO-1004"]
    assert numbers(shelf, sku="MUG") == numbers(shelf, location_id=west) == ["PO-1002"]
    assert numbers(shelf, expected_until=soon) == ["PO-1002"]
    assert numbers(shelf, expected_from=soon) == ["PO-1001"]
    assert numbers(shelf, created_until=shelf.now) == []
    assert len(numbers(shelf, created_from=shelf.now)) == 4


def test_what_is_on_its_way_is_listed_soonest_first(shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    late = ordered(shelf, a_supplier(shelf, code="C"))  # with no date

    assert numbers(shelf, sort="expected_at", limit=1) == ["PO-1002", "PO-1001", late.number]
    assert numbers(shelf, sort="expected_at", supplier_id=orders[0].supplier_id) == ["PO-1002", "PO-1001"]


def test_what_is_over_leaves_the_list_of_what_is_on_its_way(shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    end(shelf, orders[1], PurchaseStatus.CANCELLED)

    assert numbers(shelf, sort="expected_at") == ["PO-1001"]


def test_a_row_says_what_has_come(shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    page = list_purchase_orders(
        PurchaseFilter(status=PurchaseStatus.PARTIALLY_RECEIVED),
        sort="created_at",
        after=None,
        limit=5,
        table=shelf.table,
    )

    (row,) = page.entries
    assert row["units"] == {"quantity": 12, "received": 2, "rejected": 0, "short": 0, "outstanding": 10}
    assert (row["total"], row["received_total"], row["outstanding_total"]) == ("48.00", "8.00", "40.00")


def test_what_is_on_its_way_is_added_up_by_currency(shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    yen = Currency.of("JPY")
    ordered(shelf, a_supplier(shelf, code="J", currency=yen), WantedLine("LAMP", 2, Money(500, yen)))
    soon = shelf.now + timedelta(days=2)

    summed = sum_on_the_way(supplier_id=None, now=soon, table=shelf.table)

    totals = {"USD": usd("50.00"), "JPY": Money(1000, yen)}
    assert summed == OnTheWay(orders=3, overdue=1, units=17, totals=totals, is_whole=True)
    assert sum_on_the_way(supplier_id=orders[2].supplier_id, now=soon, table=shelf.table).orders == 0


def test_another_tenant_has_nothing_on_its_way(other_shelf: Shelf, orders: list[PurchaseOrder]) -> None:
    assert numbers(other_shelf) == numbers(other_shelf, sort="expected_at") == []
    assert sum_on_the_way(supplier_id=None, now=other_shelf.now, table=other_shelf.table).orders == 0
