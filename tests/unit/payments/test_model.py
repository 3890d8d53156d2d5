"""How a payment follows what its provider shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.payments import (
    Intent,
    Payment,
    PaymentState,
    manual_payment,
    payment_as_item,
    payment_from,
    stripe_payment,
    update_from_intent,
)

USD = Currency.of("USD")
AMOUNT = Money(2_500, USD)
NOTHING = Money.zero(USD)


def an_intent(state: PaymentState, **given: object) -> Intent:
    intent = Intent("pi_1", state, AMOUNT, NOTHING, "secret", None, None, None, "ten_1", "ord_1")
    return replace(intent, **given)  # type: ignore[arg-type]


def test_a_payment_takes_over_what_the_provider_shows() -> None:
    intent = an_intent(PaymentState.SUCCEEDED, captured=AMOUNT, card_brand="visa", card_last4="4242")

    payment = update_from_intent(stripe_payment(AMOUNT, capture="automatic"), intent)

    assert payment == Payment(
        "stripe",
        PaymentState.SUCCEEDED,
        AMOUNT,
        captured=AMOUNT,
        refunded=NOTHING,
        intent_id="pi_1",
        card_brand="visa",
        card_last4="4242",
    )


def test_a_decline_is_kept_until_another_card_pays() -> None:
    payment = stripe_payment(AMOUNT, capture="automatic")

    declined = update_from_intent(
        payment, an_intent(PaymentState.REQUIRES_PAYMENT_METHOD, failure_code="insufficient_funds")
    )
    paid = update_from_intent(declined, an_intent(PaymentState.SUCCEEDED, captured=AMOUNT, failure_code="stale"))

    assert (declined.failure_code, paid.failure_code) == ("insufficient_funds", None)


def test_a_payment_that_has_ended_does_not_start_again() -> None:
    payment = update_from_intent(stripe_payment(AMOUNT, capture="automatic"), an_intent(PaymentState.CANCELLED))

    with pytest.raises(WrongState):
        update_from_intent(payment, an_intent(PaymentState.PROCESSING))


def test_what_was_captured_never_becomes_less() -> None:
    paid = update_from_intent(
        stripe_payment(AMOUNT, capture="automatic"), an_intent(PaymentState.SUCCEEDED, captured=AMOUNT)
    )

    shown = update_from_intent(paid, an_intent(PaymentState.SUCCEEDED, captured=Money(1, USD)))

    assert shown.captured == AMOUNT


@given(st.sampled_from(PaymentState), st.integers(0, 2_500))
def test_nothing_new_leaves_the_payment_as_it_is(state: PaymentState, captured: int) -> None:
    intent = an_intent(state, captured=Money(captured, USD))
    if state is PaymentState.PENDING:
        return

    payment = update_from_intent(stripe_payment(AMOUNT, capture="manual"), intent)

    assert update_from_intent(payment, intent) == payment


@pytest.mark.parametrize(
    "payment",
    [
        manual_payment(AMOUNT),
        stripe_payment(AMOUNT, capture="manual"),
        replace(
            stripe_payment(Money(1_230, Currency.of("KWD")), capture="automatic"),
            state=PaymentState.SUCCEEDED,
            intent_id="pi_1",
            sealed_secret="1.x",
            card_brand="visa",
            card_last4="4242",
            failure_code="lost_card",
        ),
    ],
)
def test_a_payment_comes_back_as_it_was_stored(payment: Payment) -> None:
    assert payment_from(payment_as_item(payment), currency=payment.amount.currency) == payment


def test_what_is_refundable_is_captured_and_not_yet_asked_back() -> None:
    payment = replace(stripe_payment(AMOUNT, capture="automatic"), captured=AMOUNT, refunded=Money(500, USD))

    assert str(payment.refundable) == "20.00"
