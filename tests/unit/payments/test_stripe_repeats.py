"""Repeats: which key a call is sent under, and what an answer that Stripe kept from an earlier try means."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.payments import (
    PaymentState,
    ProviderUnavailable,
)
from storekeeper.payments.stripe import MAX_RETRIES, StripeGateway
from tests.unit.payments.stripe_wire import AMOUNT, ORDER, REFUND, REQUEST, failure, gateway, recorded


def test_a_lost_answer_is_asked_for_again_under_the_same_key_and_no_more_than_stated() -> None:
    stripe_gateway, wire = gateway(*[None] * (MAX_RETRIES + 1))

    with pytest.raises(ProviderUnavailable):
        stripe_gateway.create_intent(REQUEST)

    assert [sent.headers["Idempotency-Key"] for sent in wire.sent] == ["pi:ord_1"] * (MAX_RETRIES + 1)


UNEXPECTED = (400, failure("invalid_request_error", "payment_intent_unexpected_state"))


@pytest.mark.parametrize("status", ["processing", "succeeded", "canceled"])
def test_what_cannot_be_cancelled_is_shown_as_it_is(status: str) -> None:
    stripe_gateway, wire = gateway(UNEXPECTED, (200, recorded("payment_intent", status=status)))

    intent = stripe_gateway.cancel("pi_1", order_id=ORDER)

    assert (intent.state.value.replace("cancelled", "canceled"), len(wire.sent)) == (status, 2)


def test_a_refusal_that_was_kept_from_an_earlier_try_does_not_keep_an_intent_alive() -> None:
    stripe_gateway, wire = gateway(
        UNEXPECTED, (200, recorded("payment_intent")), (200, recorded("payment_intent", status="canceled"))
    )

    intent = stripe_gateway.cancel("pi_1", order_id=ORDER)

    keys = [sent.headers["Idempotency-Key"] for sent in wire.sent if sent.method == "post"]
    assert (intent.state, len(set(keys))) == (PaymentState.CANCELLED, 2)


KEPT_FAILURE = (500, failure("api_error", "unknown"), {"Idempotent-Replayed": "true", "Stripe-Should-Retry": "false"})


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        pytest.param(lambda g: g.create_intent(REQUEST), "payment_intent", id="create"),
        pytest.param(lambda g: g.capture("pi_1", order_id=ORDER, amount=AMOUNT), "payment_intent", id="capture"),
        pytest.param(lambda g: g.cancel("pi_1", order_id=ORDER), "payment_intent", id="cancel"),
    ],
)
def test_a_failure_that_stripe_keeps_under_a_key_does_not_stand_for_a_day(
    call: Callable[[StripeGateway], Any], answer: str
) -> None:
    stripe_gateway, wire = gateway(KEPT_FAILURE, (200, recorded(answer)))

    call(stripe_gateway)

    first, second = (sent.headers["Idempotency-Key"] for sent in wire.sent)
    assert second.startswith(f"{first}:")


def test_a_failure_told_for_the_first_time_is_left_to_the_next_repeat() -> None:
    told_now = (500, failure("api_error", "unknown"), {"Stripe-Should-Retry": "false"})
    stripe_gateway, wire = gateway(told_now)

    with pytest.raises(ProviderUnavailable):
        stripe_gateway.create_intent(REQUEST)

    assert len(wire.sent) == 1


@pytest.mark.parametrize("was_made", [True, False])
def test_after_a_kept_failure_money_is_sent_back_only_if_it_was_not(was_made: bool) -> None:
    made = recorded("refund", metadata={"refund_id": "ref_1"})
    found = (200, {"object": "list", "url": "/v1/refunds", "has_more": False, "data": [made] if was_made else []})
    stripe_gateway, wire = gateway(KEPT_FAILURE, found, (200, made))

    refund = stripe_gateway.refund(REFUND)

    assert (refund.refund_id, [sent.method for sent in wire.sent]) == (
        "ref_1",
        ["post", "get"] if was_made else ["post", "get", "post"],
    )


def test_an_intent_that_is_paid_while_it_is_being_cancelled_is_shown_as_paid() -> None:
    stripe_gateway, _ = gateway(
        UNEXPECTED,
        (200, recorded("payment_intent")),
        UNEXPECTED,
        (200, recorded("payment_intent", status="succeeded")),
    )

    assert stripe_gateway.cancel("pi_1", order_id=ORDER).state is PaymentState.SUCCEEDED
