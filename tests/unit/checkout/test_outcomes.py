"""What an intent, as the provider shows it, does to its order: every state of one with every state of the other."""

from typing import Any

import pytest

from storekeeper.checkout.settlement.model import LOOKS, Step, next_look, outcome_of
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.orders import Order, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import Intent, PaymentState, manual_payment, stripe_payment
from tests.unit.orders.builders import NOW, an_order, usd

TOTAL = usd("37.50")
UNPAID = replace(stripe_payment(TOTAL, capture="automatic"), intent_id="pi_1", sealed_secret="sealed")


def an_intent(order: Order, state: PaymentState) -> Intent:
    captured = TOTAL if state is PaymentState.SUCCEEDED else Money.zero(TOTAL.currency)
    return Intent("pi_1", state, TOTAL, captured, "pi_1_secret", None, None, None, order.tenant_id, order.id)


def waiting(**given: Any) -> Order:
    """An order whose card is waited for."""
    usual: dict[str, Any] = {"status": OrderStatus.PENDING, "window": PaymentWindow.OPEN, "due_at": NOW + LOOKS[0]}
    return an_order(payment=UNPAID, **{**usual, **given})


CANCELLED: dict[str, Any] = {"status": OrderStatus.CANCELLED, "window": PaymentWindow.EXPIRING, "picks": ()}


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (PaymentState.REQUIRES_PAYMENT_METHOD, Step.WRITE),
        (PaymentState.REQUIRES_ACTION, Step.WRITE),
        (PaymentState.PROCESSING, Step.WRITE),
        (PaymentState.REQUIRES_CAPTURE, Step.WRITE),
        (PaymentState.SUCCEEDED, Step.WRITE),
        (PaymentState.CANCELLED, Step.CANCEL),
    ],
)
def test_a_pending_order(state: PaymentState, step: Step) -> None:
    order = waiting()

    assert outcome_of(order, an_intent(order, state), now=NOW).step is step


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (PaymentState.REQUIRES_ACTION, Step.WRITE),
        (PaymentState.PROCESSING, Step.WRITE),
        (PaymentState.REQUIRES_CAPTURE, Step.VOID),
        (PaymentState.SUCCEEDED, Step.RETAKE),
        (PaymentState.CANCELLED, Step.WRITE),
    ],
)
def test_a_cancelled_order(state: PaymentState, step: Step) -> None:
    order = waiting(**CANCELLED)

    assert outcome_of(order, an_intent(order, state), now=NOW).step is step


@pytest.mark.parametrize("state", [PaymentState.SUCCEEDED, PaymentState.CANCELLED])
def test_a_cancelled_order_whose_payment_has_ended_is_looked_after_no_more(state: PaymentState) -> None:
    order = waiting(**CANCELLED)

    after = outcome_of(order, an_intent(order, state), now=NOW).after

    assert (after.window, after.due_at, after.version) == (PaymentWindow.CLOSED, None, order.version + 1)


def test_a_cancelled_order_that_owns_units_stays_due() -> None:
    order = waiting(status=OrderStatus.CANCELLED, window=PaymentWindow.EXPIRING)

    after = outcome_of(order, an_intent(order, PaymentState.CANCELLED), now=NOW).after

    assert (after.window, after.due_at) == (PaymentWindow.EXPIRING, order.due_at)


def test_money_that_is_known_already_is_no_news() -> None:
    order = an_order(payment=replace(UNPAID, state=PaymentState.SUCCEEDED, captured=TOTAL))

    assert outcome_of(order, an_intent(order, PaymentState.SUCCEEDED), now=NOW).step is Step.NOTHING


def test_an_order_paid_by_hand_follows_no_intent() -> None:
    order = an_order(payment=manual_payment(TOTAL))

    assert outcome_of(order, an_intent(order, PaymentState.SUCCEEDED), now=NOW).step is Step.NOTHING


def test_a_secret_is_kept_by_whoever_hears_of_the_intent_first_and_never_replaced() -> None:
    known = waiting()
    assert known.payment is not None
    unknown = replace(known, payment=replace(known.payment, sealed_secret=None, intent_id=None))

    intent = an_intent(known, PaymentState.REQUIRES_PAYMENT_METHOD)
    secrets = [outcome_of(one, intent, sealed_secret="new", now=NOW).after.payment for one in (known, unknown)]

    assert [payment.sealed_secret for payment in secrets if payment] == ["sealed", "new"]


def test_an_authorized_order_goes_to_be_fulfilled() -> None:
    order = waiting()

    after = outcome_of(order, an_intent(order, PaymentState.REQUIRES_CAPTURE), now=NOW).after

    assert (after.status, after.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.AUTHORIZED)


def test_looks_become_rarer_and_never_end() -> None:
    order = waiting()
    looks, at = [], NOW
    for _ in range(5):
        at = next_look(order, now=at)
        looks.append(int((at - NOW).total_seconds()) // 60)

    assert looks == [3, 10, 30, 32, 34]
