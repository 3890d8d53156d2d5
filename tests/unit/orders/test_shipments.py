"""What leaves: which units, from where, and what the order is then."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import SkuPick
from storekeeper.kernel.records import replace
from storekeeper.orders import (
    Dispatch,
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentStatus,
    Shipment,
    ShippingChoice,
    Wanted,
    expected_delivery,
    fulfillment_status_of,
    with_lines,
)
from storekeeper.orders.shipments.model import (
    MAX_LEVELS,
    LineUnknown,
    NotFulfillable,
    NothingToFulfill,
    NotReserved,
    OverFulfilled,
    TooManyLevels,
    plan_shipment,
)
from storekeeper.payments import manual_payment, stripe_payment
from tests.unit.orders.builders import EAST, NOW, WEST, a_line, a_pick, an_order, usd


def plan(order: Order, *wanted: Wanted, **how: Any) -> tuple[Order, Shipment]:
    return plan_shipment(order, Dispatch(wanted or None, **how), shipment_id="shp_1", now=NOW)


def test_without_lines_all_that_is_left_leaves() -> None:
    order, shipment = plan(an_order(), carrier="UPS", tracking_number="1Z")

    assert [(line.sku, line.quantity) for line in shipment.lines] == [("MUG", 2), ("LAMP", 1)]
    assert (order.status, order.fulfillment_status) == (OrderStatus.SHIPPED, FulfillmentStatus.FULFILLED)
    assert (order.picks, order.version) == ((), 2)


def test_what_is_left_can_follow_later() -> None:
    part, first = plan(an_order(), Wanted(1, sku="MUG"))
    whole, second = plan(part)

    assert (part.status, part.fulfillment_status) == (OrderStatus.PROCESSING, FulfillmentStatus.PARTIALLY_FULFILLED)
    assert part.picks == (a_pick("MUG", 1), a_pick("LAMP", 1))
    assert [(line.sku, line.quantity) for line in second.lines] == [("MUG", 1), ("LAMP", 1)]
    assert (whole.status, whole.picks, first.picks) == (OrderStatus.SHIPPED, (), (a_pick("MUG", 1),))


def test_an_order_is_shipped_once_all_that_needs_shipping_has_left() -> None:
    lines = (a_line("itm_1", "MUG", 1), a_line("itm_2", "EBOOK", 1, requires_shipping=False))

    shipped, _ = plan(an_order(lines=lines), Wanted(1, sku="MUG"))
    handed_over, _ = plan(an_order(lines=lines), Wanted(1, sku="EBOOK"))
    whole, _ = plan(shipped)

    assert (shipped.status, shipped.fulfillment_status.value) == (OrderStatus.SHIPPED, "fulfilled")
    assert (handed_over.status, handed_over.fulfillment_status.value) == (OrderStatus.PROCESSING, "unfulfilled")
    assert (whole.status, whole.fulfillment_status.value) == (OrderStatus.SHIPPED, "fulfilled")


def test_an_order_of_nothing_but_downloads_is_shipped_when_all_were_handed_over() -> None:
    lines = tuple(a_line(f"itm_{n}", f"EBOOK-{n}", 1, requires_shipping=False) for n in (1, 2))

    part, _ = plan(an_order(lines=lines), Wanted(1, sku="EBOOK-1"))
    whole, _ = plan(part)

    assert (part.status, whole.status) == (OrderStatus.PROCESSING, OrderStatus.SHIPPED)


def test_more_than_is_left_is_refused_for_every_line_at_fault() -> None:
    with pytest.raises(OverFulfilled) as refused:
        plan(an_order(), Wanted(3, sku="MUG"), Wanted(2, line_id="itm_2"))

    assert [(fault.field, dict(fault.facts)) for fault in refused.value.faults] == [
        ("lines.0.quantity", {"line_id": "itm_1", "sku": "MUG", "requested": 3, "unfulfilled": 2}),
        ("lines.1.quantity", {"line_id": "itm_2", "sku": "LAMP", "requested": 2, "unfulfilled": 1}),
    ]


def test_a_line_that_is_named_twice_counts_together() -> None:
    with pytest.raises(OverFulfilled) as refused:
        plan(an_order(), Wanted(1, sku="MUG"), Wanted(2, line_id="itm_1"))

    assert [fault.field for fault in refused.value.faults] == ["lines.1.quantity"]


def test_units_that_were_taken_off_the_order_do_not_leave() -> None:
    lines = (replace(a_line("itm_1", "MUG", 3), cancelled=2),)

    order, shipment = plan(an_order(lines=lines))

    assert [line.quantity for line in shipment.lines] == [1]
    assert order.fulfillment_status is FulfillmentStatus.FULFILLED


def test_an_unknown_line_is_named() -> None:
    with pytest.raises(LineUnknown) as refused:
        plan(an_order(), Wanted(1, sku="MUG"), Wanted(1, line_id="itm_9"))

    assert [fault.field for fault in refused.value.faults] == ["lines.1"]


def test_nothing_leaves_twice() -> None:
    whole, _ = plan(an_order())

    with pytest.raises(NothingToFulfill):
        plan(whole)


def test_units_leave_from_the_location_that_is_named() -> None:
    order = an_order(lines=(a_line("itm_1", "MUG", 3),), picks=(a_pick("MUG", 1), a_pick("MUG", 2, WEST)))

    after, shipment = plan(order, Wanted(2, sku="MUG"), location_id=WEST)

    assert (shipment.picks, after.picks) == ((a_pick("MUG", 2, WEST),), (a_pick("MUG", 1, EAST),))


def test_a_location_that_has_too_few_is_refused() -> None:
    order = an_order(lines=(a_line("itm_1", "MUG", 3),), picks=(a_pick("MUG", 1), a_pick("MUG", 2, WEST)))

    with pytest.raises(NotReserved) as refused:
        plan(order, location_id=WEST)

    assert [dict(fault.facts) for fault in refused.value.faults] == [{"sku": "MUG", "requested": 3, "reserved": 2}]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(an_order(status=OrderStatus.PENDING), id="pending"),
        pytest.param(an_order(status=OrderStatus.CANCELLED), id="cancelled"),
        pytest.param(an_order(status=OrderStatus.DELIVERED), id="delivered"),
        pytest.param(an_order(payment=stripe_payment(usd("37.50"), capture="automatic")), id="a_card_has_yet_to_pay"),
        pytest.param(an_order(payment_status=PaymentStatus.FAILED), id="a_card_was_declined"),
    ],
)
def test_an_order_that_is_not_ready_is_refused(order: Order) -> None:
    with pytest.raises(NotFulfillable):
        plan(order)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(an_order(payment=manual_payment(usd("37.50"))), id="manual_and_not_paid_yet"),
        pytest.param(an_order(payment=None), id="free"),
        pytest.param(an_order(payment_status=PaymentStatus.AUTHORIZED), id="authorized"),
    ],
)
def test_an_order_that_is_assured_leaves(order: Order) -> None:
    assert plan(order)[0].status is OrderStatus.SHIPPED


def test_an_order_in_more_levels_than_a_transaction_takes_leaves_in_parts() -> None:
    picks = tuple(replace(a_pick("MUG", 1), bucket=n) for n in range(MAX_LEVELS + 1))
    order = an_order(lines=(a_line("itm_1", "MUG", MAX_LEVELS + 1),), picks=picks)

    with pytest.raises(TooManyLevels):
        plan(order)

    assert len(plan(order, Wanted(MAX_LEVELS, sku="MUG"))[1].picks) == MAX_LEVELS


def test_the_tracking_address_comes_from_the_shipping_method() -> None:
    choice = ShippingChoice("shm_1", "Post", 2, 4, "https://post.example/{tracking_number}")
    order = an_order(shipping_method=choice)

    made, given_one = plan(order, tracking_number="A/1")[1], plan(order, tracking_url="https://ups.example/1")[1]

    assert (made.tracking_url, given_one.tracking_url) == ("https://post.example/A%2F1", "https://ups.example/1")
    assert expected_delivery(order, made) == (NOW + timedelta(days=2), NOW + timedelta(days=4))
    assert expected_delivery(an_order(), made) is None


@st.composite
def orders_and_wishes(draw: st.DrawFn) -> tuple[Order, list[tuple[int, int]]]:
    """An order whose units lie in several levels, and a way to fulfill it in steps: (line, units) each."""
    quantities = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    skus = [draw(st.sampled_from(["A", "B", "C"])) for _ in quantities]
    lines = tuple(a_line(f"itm_{n}", sku, units) for n, (sku, units) in enumerate(zip(skus, quantities, strict=True)))
    picks = tuple(
        SkuPick(line.sku, location, 0, 1)
        for line in lines
        for _ in range(line.quantity)
        for location in [draw(st.sampled_from([EAST, WEST]))]
    )
    wishes = draw(st.lists(st.tuples(st.integers(0, len(lines) - 1), st.integers(1, 12)), max_size=20))
    return an_order(lines=lines, picks=picks), wishes


@given(orders_and_wishes())
def test_units_are_never_lost_nor_doubled(case: tuple[Order, list[tuple[int, int]]]) -> None:
    order, wishes = case
    reserved, gone = _units(order.picks), Counter[tuple[str, str]]()

    for line, units in wishes:
        try:
            order, shipment = plan(order, Wanted(units, line_id=f"itm_{line}"))
        except (OverFulfilled, NotFulfillable):
            continue
        gone += _units(shipment.picks)
        assert sum(line.quantity for line in shipment.lines) == sum(pick.units for pick in shipment.picks) == units

    assert _units(order.picks) + gone == reserved
    assert sum(gone.values()) == sum(line.fulfilled for line in order.lines)
    assert all(0 <= line.fulfilled <= line.quantity for line in order.lines)
    assert order.fulfillment_status is fulfillment_status_of(order.lines)
    assert (order.status is OrderStatus.SHIPPED) == (not order.picks)


def test_units_taken_off_a_half_shipped_order_complete_it() -> None:
    part, _ = plan(an_order(), Wanted(2, sku="MUG"))
    lines = (part.lines[0], replace(part.lines[1], cancelled=1))

    whole = with_lines(part, lines, picks=(), now=NOW)

    assert (whole.status, whole.fulfillment_status) == (OrderStatus.SHIPPED, FulfillmentStatus.FULFILLED)


def _units(picks: tuple[SkuPick, ...]) -> Counter[tuple[str, str]]:
    counted = Counter[tuple[str, str]]()
    for pick in picks:
        counted[pick.sku, pick.location_id] += pick.units
    return counted
