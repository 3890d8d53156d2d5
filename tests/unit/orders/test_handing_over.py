"""Digital units leave by themselves once they are paid, and count for nothing beside what must be sent."""

from typing import Any

import pytest

from storekeeper.kernel.records import replace
from storekeeper.orders import FulfillmentStatus, Order, OrderStatus, PaymentStatus, Wanted
from storekeeper.orders.shipments.handing_over import units_to_hand_over
from storekeeper.orders.shipments.model import MAX_LEVELS, Dispatch, plan_shipment
from storekeeper.payments import manual_payment
from tests.unit.orders.builders import EAST, NOW, WEST, a_line, a_pick, an_order, usd

MUG = a_line("itm_1", "MUG", 1)
EBOOK = a_line("itm_2", "EBOOK", 2, requires_shipping=False)


def handed_over(order: Order) -> Order:
    return plan_shipment(order, Dispatch(units_to_hand_over(order)), shipment_id="shp_1", now=NOW)[0]


def test_only_digital_units_are_handed_over() -> None:
    order = an_order(lines=(MUG, EBOOK), picks=(a_pick("MUG", 1), a_pick("EBOOK", 1, EAST), a_pick("EBOOK", 1, WEST)))

    after = handed_over(order)

    assert units_to_hand_over(order) == (Wanted(2, sku="EBOOK"),)
    assert (after.status, after.fulfillment_status) == (OrderStatus.PROCESSING, FulfillmentStatus.UNFULFILLED)
    assert after.picks == (a_pick("MUG", 1),)
    assert units_to_hand_over(after) == ()


def test_an_order_of_nothing_else_is_fulfilled_by_that() -> None:
    after = handed_over(an_order(lines=(EBOOK,)))

    assert (after.status, after.fulfillment_status) == (OrderStatus.SHIPPED, FulfillmentStatus.FULFILLED)


@pytest.mark.parametrize(
    ("_case", "given"),
    [
        ("not paid yet", {"payment": manual_payment(usd("25.00"))}),
        ("only authorized", {"payment_status": PaymentStatus.AUTHORIZED}),
        ("partly paid", {"payment_status": PaymentStatus.PARTIALLY_PAID}),
        ("paid back", {"payment_status": PaymentStatus.REFUNDED}),
        ("waiting for its card", {"status": OrderStatus.PENDING}),
        ("cancelled", {"status": OrderStatus.CANCELLED}),
        ("all gone", {"picks": ()}),
    ],
)
def test_nothing_is_handed_over_of_an_order_that_is(_case: str, given: dict[str, Any]) -> None:
    assert units_to_hand_over(an_order(lines=(EBOOK,), **given)) == ()


def test_what_is_paid_back_in_part_is_still_handed_over() -> None:
    order = replace(an_order(lines=(EBOOK,)), payment_status=PaymentStatus.PARTIALLY_REFUNDED)

    assert units_to_hand_over(order) == (Wanted(2, sku="EBOOK"),)


def test_too_many_levels_for_one_transaction_go_in_several() -> None:
    lines = tuple(a_line(f"itm_{n}", f"EBOOK-{n}", 1, requires_shipping=False) for n in range(MAX_LEVELS + 1))

    part = handed_over(an_order(lines=lines))
    whole = handed_over(part)

    assert (len(part.picks), part.fulfillment_status) == (1, FulfillmentStatus.PARTIALLY_FULFILLED)
    assert (whole.picks, whole.fulfillment_status) == ((), FulfillmentStatus.FULFILLED)
