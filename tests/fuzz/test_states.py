"""Whatever happens to an order in whatever sequence, its four statuses go only where their tables say.

A history is any sequence of what the provider may show, and of what the merchant may ask; what is refused changes
nothing. What is counted stays within what there was.
"""

from datetime import timedelta
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from storekeeper.checkout import RefundRequest
from storekeeper.checkout.refunds.model import plan_refund
from storekeeper.checkout.settlement.model import outcome_of
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.orders import Dispatch, Order, OrderStatus, Wanted, moved
from storekeeper.orders.shipments.model import plan_shipment
from storekeeper.orders.statuses import (
    FULFILLMENT_TRANSITIONS,
    ORDER_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    WINDOW_TRANSITIONS,
    PaymentWindow,
    payment_status_of,
)
from storekeeper.payments import Intent, PaymentState, stripe_payment
from storekeeper.payments.model import TRANSITIONS
from tests.fuzz.examples import tried
from tests.unit.orders.builders import NOW, USD, a_line, an_order

AMOUNT = Money(3_750, USD)
SKUS = ("MUG", "LAMP")
TABLES = (
    ("status", ORDER_TRANSITIONS),
    ("payment_status", PAYMENT_TRANSITIONS),
    ("fulfillment_status", FULFILLMENT_TRANSITIONS),
    ("window", WINDOW_TRANSITIONS),
)
Step: TypeAlias = Intent | RefundRequest | Dispatch | OrderStatus

wishes = st.lists(st.builds(lambda sku, units: Wanted(units, sku=sku), st.sampled_from(SKUS), st.integers(1, 3)))


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """What the provider shows: it takes the whole amount, a part by hand, or nothing."""
    state = draw(st.sampled_from([one for one in PaymentState if one is not PaymentState.PENDING]))
    part = draw(st.integers(1, AMOUNT.minor))
    captured = Money(part if state is PaymentState.SUCCEEDED else 0, USD)
    failure = draw(st.sampled_from([None, "card_declined"]))
    return Intent("pi_1", state, AMOUNT, captured, "secret", "visa", "4242", failure, "ten_1", "ord_1")


refunds = st.builds(
    lambda amount, lines, restock: RefundRequest("", amount=amount, lines=tuple(lines), restock=restock),
    st.none() | st.integers(-1, 5_000).map(lambda minor: Money(minor, USD)),
    wishes,
    st.booleans(),
)
dispatches = st.builds(lambda wanted: Dispatch(tuple(wanted) or None), wishes)
asked = st.sampled_from([OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED, OrderStatus.SHIPPED])
histories = st.lists(intents() | refunds | dispatches | asked, max_size=12)


def unpaid() -> Order:
    lines = (a_line("itm_1", "MUG", 2), a_line("itm_2", "LAMP", 1))
    payment = stripe_payment(AMOUNT, capture="automatic")
    return replace(
        an_order(lines=lines, payment=payment),
        status=OrderStatus.PENDING,
        window=PaymentWindow.OPEN,
        due_at=NOW + timedelta(minutes=3),
    )


def after(order: Order, step: Step) -> Order:
    match step:
        case Intent():
            return outcome_of(order, step, now=NOW).after
        case RefundRequest():
            return plan_refund(order, step, now=NOW).after
        case Dispatch():
            return plan_shipment(order, step, shipment_id="shp_1", now=NOW)[0]
    return moved(order, step, now=NOW)


def check_step(before: Order, now: Order) -> None:
    for name, table in TABLES:
        old, new = getattr(before, name), getattr(now, name)
        assert new == old or new in table[old], (name, old, new)
    assert before.payment
    assert now.payment
    state, new_state = before.payment.state, now.payment.state
    assert new_state == state or new_state in TRANSITIONS[state]
    assert now.version in {before.version, before.version + 1}


def check_counts(order: Order) -> None:
    assert order.payment
    assert order.payment_status is payment_status_of(order.payment)
    assert 0 <= order.payment.refunded.minor <= order.payment.captured.minor <= AMOUNT.minor
    for line in order.lines:
        assert 0 <= line.returned <= line.fulfilled
        assert line.fulfilled + line.cancelled <= line.quantity
        assert line.refunded <= line.quantity
    assert (order.due_at is None) is (order.window is PaymentWindow.CLOSED)


@given(histories)
@tried(300)
def test_no_history_leads_where_no_table_leads(history: list[Step]) -> None:
    order = unpaid()
    for step in history:
        try:
            following = after(order, step)
        except StorekeeperError:
            continue
        check_step(order, following)
        check_counts(following)
        order = following
