"""Orders leave: the order, its shipment and its levels change together or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from storekeeper.kernel.errors import StaleVersion, StorekeeperError
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.table import Table
from storekeeper.orders import (
    Dispatch,
    OrderNotFound,
    OrderStatus,
    Shipped,
    Wanted,
    change_order,
    changed,
    deliver_order,
    fulfill_order,
    get_order,
    read_shipped,
)
from storekeeper.orders.shipments.model import NotReserved, OverFulfilled
from tests.table.orders.conftest import Place
from tests.table.orders.shelf import SPARE, cause_of, level_of
from tests.unit.orders.builders import NOW, WEST, a_line, a_pick

MUG, LAMP = a_pick("MUG", 2), a_pick("LAMP", 1)


def accept(_: int) -> None:
    """Any version will do."""


@pytest.fixture
def fulfill(table: Table) -> Callable[..., Shipped]:
    def fulfill(order_id: str, *wanted: Wanted, table: Table = table, **how: str) -> Shipped:
        dispatch = Dispatch(wanted or None, **how)  # type: ignore[arg-type]
        return fulfill_order(order_id, dispatch, table=table, now=NOW, check_version=accept)

    return fulfill


def test_what_leaves_is_reserved_and_on_hand_no_more(
    table: Table, place: Place, fulfill: Callable[..., Shipped]
) -> None:
    order = place()

    shipped = fulfill(order.id, carrier="UPS", tracking_number="1Z")

    level = level_of(table, MUG)
    assert (level.on_hand, level.reserved, level.available, level.version) == (SPARE, 0, SPARE, 2)
    assert cause_of(table, MUG) == {
        "type": "sale",
        "reference_type": "order",
        "reference_id": order.id,
        "actor": "system:test",
        "at": "2026-11-20T12:00:00.000Z",
        "reason": "",
    }
    assert read_shipped(order.id, table=table) == shipped
    assert [(one.carrier, one.tracking_number) for one in shipped.shipments] == [("UPS", "1Z")]


def test_an_order_leaves_line_by_line(table: Table, place: Place, fulfill: Callable[..., Shipped]) -> None:
    order = place()

    part = fulfill(order.id, Wanted(1, sku="MUG"))
    whole = fulfill(order.id)

    assert (part.order.status, part.order.fulfillment_status.value) == (OrderStatus.PROCESSING, "partially_fulfilled")
    assert (whole.order.status, whole.order.fulfillment_status.value) == (OrderStatus.SHIPPED, "fulfilled")
    assert (len(whole.shipments), level_of(table, MUG).reserved, level_of(table, LAMP).reserved) == (2, 0, 0)


def test_units_of_one_level_are_taken_in_one_change(
    table: Table, place: Place, fulfill: Callable[..., Shipped]
) -> None:
    lines = (a_line("itm_1", "MUG", 1), a_line("itm_2", "MUG", 1))
    order = place(lines=lines)

    fulfill(order.id)

    assert (level_of(table, MUG).reserved, level_of(table, MUG).version) == (0, 2)


def test_too_much_is_refused_and_nothing_is_written(
    table: Table, place: Place, fulfill: Callable[..., Shipped]
) -> None:
    order = place()

    with pytest.raises(OverFulfilled):
        fulfill(order.id, Wanted(3, sku="MUG"))
    with pytest.raises(NotReserved):
        fulfill(order.id, location_id=WEST)

    assert read_shipped(order.id, table=table) == Shipped(order, ())
    assert level_of(table, MUG).reserved == 2


def test_of_many_who_fulfill_the_same_units_one_does(
    table: Table, place: Place, fulfill: Callable[..., Shipped]
) -> None:
    order = place()

    def attempt(_: int) -> str:
        try:
            fulfill(order.id)
        except StorekeeperError as refused:
            return refused.code
        return "shipped"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(attempt, range(6)))

    assert outcomes == ["nothing_to_fulfill"] * 5 + ["shipped"]
    assert (level_of(table, MUG).reserved, level_of(table, MUG).on_hand) == (0, SPARE)
    assert len(read_shipped(order.id, table=table).shipments) == 1


def test_a_ledger_that_lost_units_stops_the_shipment(
    table: Table, place: Place, fulfill: Callable[..., Shipped]
) -> None:
    order = place()
    more = changed(order, now=NOW, lines=(replace(order.lines[0], quantity=3),), picks=(a_pick("MUG", 3),))
    table.write(change_order(order, more))

    with pytest.raises(NotReserved):
        fulfill(order.id)

    assert read_shipped(order.id, table=table) == Shipped(more, ())
    assert level_of(table, MUG).reserved == 2


def test_a_shipped_order_arrives_once(table: Table, place: Place, fulfill: Callable[..., Shipped]) -> None:
    order, later = place(), NOW + timedelta(days=2)
    fulfill(order.id)

    arrived = deliver_order(order.id, table=table, now=later, check_version=accept)

    assert (arrived.order.status, arrived.order.delivered_at) == (OrderStatus.DELIVERED, later)
    assert read_shipped(order.id, table=table) == arrived
    with pytest.raises(WrongState):
        deliver_order(order.id, table=table, now=later, check_version=accept)


def test_another_version_than_the_caller_s_is_refused(table: Table, place: Place) -> None:
    order = place()

    def refuse(version: int) -> None:
        raise StaleVersion(f"It is {version}.")

    with pytest.raises(StaleVersion):
        fulfill_order(order.id, Dispatch(), table=table, now=NOW, check_version=refuse)

    assert get_order(order.id, table=table) == order


def test_another_tenant_s_order_is_not_there(other_table: Table, place: Place, fulfill: Callable[..., Shipped]) -> None:
    order = place()

    with pytest.raises(OrderNotFound):
        fulfill(order.id, table=other_table)
    with pytest.raises(OrderNotFound):
        deliver_order(order.id, table=other_table, now=NOW, check_version=accept)
    with pytest.raises(OrderNotFound):
        read_shipped(order.id, table=other_table)


@pytest.mark.parametrize("order_id", ["", "ord_1", "x" * 5000, "cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "ord_#"])
def test_what_is_no_order_id_names_nothing(table: Table, order_id: str) -> None:
    with pytest.raises(OrderNotFound):
        read_shipped(order_id, table=table)
