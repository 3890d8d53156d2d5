"""Lists of orders: newest first, across months and shards, nothing skipped and nothing twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import StoreId, new_id
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders import FulfillmentStatus, Order, OrderStatus, PaymentStatus, find_order_by_number
from storekeeper.orders.lists import MIN_READ, OrderFilters, list_orders, list_orders_by_number, list_orders_of_buyer
from tests.table.orders.conftest import Place
from tests.unit.orders.builders import CONTACT, EMAIL, NOW, STORE

SINCE = NOW - timedelta(days=400)
OTHER_STORE = StoreId(new_id("sto", at=NOW))
ALL = OrderFilters()


def pages(table: Table, stores: Sequence[StoreId] = (STORE,), filters: OrderFilters = ALL, limit: int = 3) -> list[Any]:
    found, after = [], None
    while True:
        page = list_orders(stores, filters, since=SINCE, after=after, limit=limit, table=table, now=NOW)
        assert len(page.entries) <= limit
        found += [row["id"] for row in page.entries]
        if (after := page.next_position) is None:
            return found


def placed(place: Place, *ages: timedelta, **given: Any) -> list[Order]:
    """Orders of these ages, without stock."""
    return [place(placed_at=NOW - age, picks=(), **given) for age in ages]


def test_a_list_goes_back_through_months_newest_first(table: Table, place: Place) -> None:
    orders = placed(place, *(timedelta(days=days) for days in (0, 0, 1, 5, 30, 35, 200, 201, 390)))

    found = pages(table)

    newest_first = sorted(orders, key=lambda order: (order.placed_at, order.id), reverse=True)
    assert found == [order.id for order in newest_first]


def test_a_list_spans_stores_or_is_of_one(table: Table, place: Place) -> None:
    (mine,) = placed(place, timedelta(hours=2))
    (other,) = placed(place, timedelta(hours=1), store_id=OTHER_STORE)

    assert pages(table, (STORE, OTHER_STORE)) == [other.id, mine.id]
    assert pages(table, (OTHER_STORE,)) == [other.id]
    assert pages(table, ()) == []


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (OrderFilters(status=OrderStatus.CANCELLED), ["cancelled"]),
        (OrderFilters(payment_status=PaymentStatus.PENDING), ["unpaid"]),
        (OrderFilters(fulfillment_status=FulfillmentStatus.FULFILLED), ["fulfilled"]),
        (OrderFilters(tag="vip"), ["tagged"]),
        (OrderFilters(placed_from=NOW - timedelta(hours=2)), ["unpaid", "cancelled"]),
        (OrderFilters(placed_until=NOW - timedelta(hours=2)), ["tagged", "fulfilled"]),
    ],
)
def test_a_filter_picks_from_what_a_row_shows(
    table: Table, place: Place, filters: OrderFilters, wanted: list[str]
) -> None:
    hour = timedelta(hours=1)
    (cancelled,) = placed(place, 2 * hour, status=OrderStatus.CANCELLED)
    (unpaid,) = placed(place, hour, payment_status=PaymentStatus.PENDING)
    (fulfilled,) = placed(place, 4 * hour, fulfillment_status=FulfillmentStatus.FULFILLED)
    (tagged,) = placed(place, 3 * hour, tags=("vip", "x"))
    names = {unpaid.id: "unpaid", cancelled.id: "cancelled", tagged.id: "tagged", fulfilled.id: "fulfilled"}

    assert [names[order_id] for order_id in pages(table, filters=filters)] == wanted


def test_a_page_whose_budget_is_spent_still_leads_on(table: Table, place: Place) -> None:
    (old,) = placed(place, timedelta(days=390), tags=("vip",))
    placed(place, *(timedelta(minutes=n) for n in range(MIN_READ + 2)))

    first = list_orders((STORE,), OrderFilters(tag="vip"), since=SINCE, after=None, limit=3, table=table, now=NOW)

    assert (first.entries, first.next_position is None) == ((), False)
    assert pages(table, filters=OrderFilters(tag="vip")) == [old.id]


@pytest.mark.parametrize("position", ["", "x", "2026", "2026-13-01", "9999-99-", "2026-1", "0001-01-01"])
def test_a_cursor_of_nonsense_is_refused(table: Table, position: str) -> None:
    if not position:
        return

    with pytest.raises(Invalid):
        list_orders((STORE,), ALL, since=SINCE, after=position, limit=3, table=table, now=NOW)


def test_orders_are_found_by_e_mail_without_keeping_it(table: Table, place: Place, sealer: Sealer) -> None:
    mine = placed(place, *(timedelta(days=n) for n in (1, 40, 80)))
    placed(place, timedelta(days=2), contact=CONTACT.__class__("ben@example.com"))

    found: list[str] = []
    after = None
    while True:
        page = list_orders_of_buyer(sealer.blind(EMAIL), (STORE,), ALL, after=after, limit=2, table=table)
        found += [row["id"] for row in page.entries]
        if (after := page.next_position) is None:
            break

    assert found == [order.id for order in mine]


def test_an_order_is_found_by_its_number_in_its_store(table: Table, place: Place) -> None:
    (order,) = placed(place, timedelta(0), number="HB-77")

    assert find_order_by_number(STORE, "HB-77", table=table) == order
    assert find_order_by_number(OTHER_STORE, "HB-77", table=table) is None
    assert find_order_by_number(STORE, "x" * 5000, table=table) is None
    page = list_orders_by_number("HB-77", (STORE, OTHER_STORE), ALL, table=table)
    assert [row["id"] for row in page.entries] == [order.id]


def test_another_tenant_sees_nothing(table: Table, other_table: Table, place: Place, sealer: Sealer) -> None:
    placed(place, timedelta(0), number="HB-77")

    assert pages(other_table) == []
    assert find_order_by_number(STORE, "HB-77", table=other_table) is None
    of_buyer = list_orders_of_buyer(sealer.blind(EMAIL), (STORE,), ALL, after=None, limit=5, table=other_table)
    assert of_buyer.entries == ()


def test_a_row_shows_nothing_personal(table: Table, place: Place) -> None:
    placed(place, timedelta(0))

    (row,) = list_orders((STORE,), ALL, since=SINCE, after=None, limit=5, table=table, now=NOW).entries

    assert set(row) == {
        "id", "store_id", "number", "status", "payment_status", "fulfillment_status", "currency", "total", "units",
        "source", "placed_at",
    }  # fmt: skip


def test_since_when_the_tenant_is_there_bounds_the_search(table: Table, place: Place) -> None:
    placed(place, timedelta(days=100))
    since: datetime = NOW - timedelta(days=10)

    page = list_orders((STORE,), ALL, since=since, after=None, limit=5, table=table, now=NOW)

    assert (page.entries, page.next_position) == ((), None)


@pytest.mark.parametrize(
    ("_case", "filters", "is_shown"),
    [
        ("before there were months", OrderFilters(placed_until=datetime(1, 1, 1, tzinfo=UTC)), False),
        ("before the tenant was there", OrderFilters(placed_until=SINCE - timedelta(days=400)), False),
        ("from the last year there is", OrderFilters(placed_from=datetime(9999, 12, 1, tzinfo=UTC)), False),
        ("until the last year there is", OrderFilters(placed_until=datetime(9999, 12, 1, tzinfo=UTC)), True),
        ("a period that ends before it begins", OrderFilters(placed_from=NOW, placed_until=SINCE), False),
    ],
)
def test_any_period_is_answered_at_once(
    table: Table, place: Place, _case: str, filters: OrderFilters, is_shown: bool
) -> None:
    (order,) = placed(place, timedelta(hours=1))

    page = list_orders((STORE,), filters, since=SINCE, after=None, limit=5, table=table, now=NOW)

    assert [row["id"] for row in page.entries] == [order.id] * is_shown
    if not is_shown:
        assert page.next_position is None
