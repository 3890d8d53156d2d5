"""The gateway to Stripe: what it sends, what it reads from recorded answers, and its verdict on every failure."""

from collections.abc import Callable
from typing import Any

import pytest
from stripe import params

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.payments import (
    PaymentDeclined,
    PaymentState,
    ProviderRefused,
    ProviderUnavailable,
    RefundState,
)
from storekeeper.payments.stripe import API_VERSION, MAX_RETRIES, StripeGateway
from tests.unit.payments.stripe_wire import AMOUNT, ORDER, REFUND, REQUEST, failure, gateway, recorded

CALLS: list[Any] = [
    pytest.param(lambda g: g.create_intent(REQUEST), params.PaymentIntentCreateParams, "pi:ord_1", id="create"),
    pytest.param(
        lambda g: g.capture("pi_1", order_id=ORDER, amount=AMOUNT),
        params.PaymentIntentCaptureParams,
        "capture:ord_1",
        id="capture",
    ),
    pytest.param(
        lambda g: g.cancel("pi_1", order_id=ORDER), params.PaymentIntentCancelParams, "cancel:ord_1", id="cancel"
    ),
]


@pytest.mark.parametrize(("call", "known", "key"), CALLS)
def test_a_call_sends_what_stripe_knows_under_a_key_of_ours(
    call: Callable[[StripeGateway], Any], known: Any, key: str
) -> None:
    stripe_gateway, wire = gateway((200, recorded("payment_intent")))

    call(stripe_gateway)

    assert {name.partition("[")[0] for name in wire.only.form} <= set(known.__annotations__)
    assert wire.only.headers["Idempotency-Key"] == key
    assert wire.only.headers["Stripe-Version"] == API_VERSION


def test_an_intent_is_made_for_an_order_and_names_nobody() -> None:
    stripe_gateway, wire = gateway((200, recorded("payment_intent")))

    intent = stripe_gateway.create_intent(REQUEST)

    assert (wire.only.method, wire.only.path) == ("post", "/v1/payment_intents")
    assert wire.only.form == {
        "amount": "2500",
        "currency": "usd",
        "capture_method": "manual",
        "allowed_payment_method_types[0]": "card",
        "metadata[tenant_id]": "ten_1",
        "metadata[store_id]": "sto_1",
        "metadata[order_id]": "ord_1",
    }
    assert (intent.state, intent.client_secret) == (
        PaymentState.REQUIRES_PAYMENT_METHOD,
        "pi_1PgafyB7WZ01zgkWSjxsAJo3_secret_Dm43xiq1k0ywrRRjDoi8y1gkM",
    )


def test_of_a_card_brand_and_last_digits_are_read() -> None:
    paid = recorded("payment_intent", status="succeeded", amount_received=1_099, latest_charge=recorded("charge"))
    stripe_gateway, wire = gateway((200, paid))

    intent = stripe_gateway.find_intent("pi_1")

    assert wire.only.form == {"expand[0]": "latest_charge"}
    assert (intent.state, str(intent.captured)) == (PaymentState.SUCCEEDED, "10.99")
    assert (intent.card_brand, intent.card_last4, intent.failure_code) == ("visa", "4242", None)


@pytest.mark.parametrize(
    "status", [state.value for state in PaymentState if state.value not in {"pending", "cancelled"}]
)
def test_every_status_of_stripe_is_known(status: str) -> None:
    stripe_gateway, _ = gateway((200, recorded("payment_intent", status=status)))

    assert stripe_gateway.find_intent("pi_1").state.value == status


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        ({"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}, "lost_card"),
        (
            {"type": "card_error", "code": "payment_intent_authentication_failure"},
            "payment_intent_authentication_failure",
        ),
        ({"type": "api_error"}, "api_error"),
    ],
    ids=["declined_by_the_bank", "not_authenticated", "failed_at_stripe"],
)
def test_a_failed_try_shows_its_reason(failed: dict[str, str], code: str) -> None:
    stripe_gateway, _ = gateway((200, recorded("payment_intent", last_payment_error=failed)))

    assert stripe_gateway.find_intent("pi_1").failure_code == code


def test_a_refund_is_sent_and_found_again_by_our_id() -> None:
    made = recorded("refund", metadata={"refund_id": "ref_1"}, status="pending")
    stripe_gateway, wire = gateway(
        (200, made), (200, {"object": "list", "data": [recorded("refund"), made], "has_more": False})
    )

    refund = stripe_gateway.refund(REFUND)
    found = stripe_gateway.find_refund("pi_1", refund_id="ref_1")

    sent, asked = wire.sent
    assert {name.partition("[")[0] for name in sent.form} <= set(params.RefundCreateParams.__annotations__)
    assert set(asked.form) <= set(params.RefundListParams.__annotations__)
    assert (sent.headers["Idempotency-Key"], sent.form["amount"]) == ("refund:ref_1", "2500")
    assert (found, refund.state, str(refund.amount)) == (refund, RefundState.PENDING, "1.00")


VERDICTS: list[Any] = [
    pytest.param(402, failure("card_error", "card_declined", decline_code="x"), PaymentDeclined, id="declined"),
    pytest.param(400, failure("invalid_request_error", "amount_too_small"), ProviderRefused, id="a_bad_request"),
    pytest.param(404, failure("invalid_request_error", "resource_missing"), ProviderRefused, id="unknown_id"),
    pytest.param(400, failure("idempotency_error", "x"), ProviderRefused, id="a_key_used_for_something_else"),
    pytest.param(409, failure("invalid_request_error", "lock_timeout"), ProviderUnavailable, id="locked"),
    pytest.param(409, failure("idempotency_error", "idempotency_key_in_use"), ProviderUnavailable, id="key_in_use"),
    pytest.param(401, failure("invalid_request_error", "x"), ProviderUnavailable, id="a_refused_secret_key"),
    pytest.param(403, failure("invalid_request_error", "x"), ProviderUnavailable, id="a_restricted_secret_key"),
    pytest.param(429, failure("invalid_request_error", "rate_limit"), ProviderUnavailable, id="too_many_calls"),
    pytest.param(500, failure("api_error", "x"), ProviderUnavailable, id="an_outage"),
    pytest.param(503, {}, ProviderUnavailable, id="an_outage_without_a_word"),
]


@pytest.mark.parametrize(("status", "body", "verdict"), VERDICTS)
@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda g: g.create_intent(REQUEST), id="create"),
        pytest.param(lambda g: g.find_intent("pi_1"), id="find"),
        pytest.param(lambda g: g.capture("pi_1", order_id=ORDER, amount=AMOUNT), id="capture"),
        pytest.param(lambda g: g.cancel("pi_1", order_id=ORDER), id="cancel"),
        pytest.param(lambda g: g.refund(REFUND), id="refund"),
        pytest.param(lambda g: g.find_refund("pi_1", refund_id="ref_1"), id="find_refund"),
    ],
)
def test_every_failure_has_a_verdict(
    call: Callable[[StripeGateway], Any], status: int, body: Any, verdict: type[StorekeeperError]
) -> None:
    stripe_gateway, _ = gateway(*[(status, body)] * (MAX_RETRIES + 1))

    with pytest.raises(verdict):
        call(stripe_gateway)
