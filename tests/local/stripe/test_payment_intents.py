"""PaymentIntents through the official package: the states, and what is refused in each."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from local.stripe.intents import TRANSITIONS, Status

Make = Callable[..., Any]


def refused(call: Callable[[], Any]) -> Any:
    with pytest.raises(stripe.StripeError) as caught:
        call()
    return caught.value


def test_every_status_is_reached_and_only_two_end() -> None:
    reached = {Status.NEEDS_METHOD} | {to for moves in TRANSITIONS.values() for to in moves}

    assert reached == set(Status)
    assert {status for status, moves in TRANSITIONS.items() if not moves} == {Status.SUCCEEDED, Status.CANCELED}


def test_a_new_intent_waits_for_a_payment_method(intent: Make) -> None:
    made = intent(metadata={"order": "ord_1"}, description="Order 1")

    assert made.status == "requires_payment_method"
    assert made.client_secret.startswith(f"{made.id}_secret_")
    assert (made.amount, made.currency, made.capture_method) == (1000, "usd", "automatic_async")
    assert made.metadata.to_dict() == {"order": "ord_1"}
    assert made.payment_method_types == ["card"]


def test_a_good_card_pays_in_full(standin: Any, intent: Make) -> None:
    made = standin.v1.payment_intents.confirm(
        intent().id, {"payment_method": "pm_card_mastercard", "expand": ["latest_charge", "payment_method"]}
    )

    assert (made.status, made.amount_received, made.amount_capturable) == ("succeeded", 1000, 0)
    assert made.payment_method.card.brand == "mastercard"
    card = made.latest_charge.payment_method_details.card
    assert (card.brand, card.last4) == ("mastercard", "4444")
    assert (made.latest_charge.captured, made.latest_charge.amount_captured) == (True, 1000)


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ],
)
def test_a_declined_card_says_why_and_another_may_be_tried(
    standin: Any, intent: Make, method: str, code: str, decline_code: str
) -> None:
    made = intent()

    error = refused(lambda: standin.v1.payment_intents.confirm(made.id, {"payment_method": method}))

    assert stripe.CardError in type(error).__mro__
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    assert error.error.payment_intent.status == "requires_payment_method"
    kept = standin.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert kept.last_payment_error.decline_code == decline_code
    assert (kept.payment_method, kept.amount_received) == (None, 0)
    assert (kept.latest_charge.status, kept.latest_charge.failure_code) == ("failed", code)
    assert standin.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_declined_create_with_confirm_leaves_the_intent(standin: Any, intent: Make) -> None:
    error = refused(lambda: intent(confirm=True, payment_method="pm_card_chargeDeclined"))

    assert standin.v1.payment_intents.retrieve(error.error.payment_intent.id).status == "requires_payment_method"


def test_confirming_without_a_method_is_refused(standin: Any, intent: Make) -> None:
    made = intent()

    error = refused(lambda: standin.v1.payment_intents.confirm(made.id))

    assert (error.http_status, error.code) == (400, "payment_intent_unexpected_state")
    assert error.error.payment_intent.id == made.id


def test_confirming_twice_is_refused(standin: Any, paid: Make) -> None:
    made = paid()

    error = refused(lambda: standin.v1.payment_intents.confirm(made.id))

    assert error.code == "payment_intent_unexpected_state"
    assert "already succeeded" in str(error.user_message)
    assert len(standin.v1.charges.list({"payment_intent": made.id}).data) == 1


def test_an_intent_that_may_redirect_needs_a_return_url(standin: Any) -> None:
    made = standin.v1.payment_intents.create({"amount": 1000, "currency": "usd"})

    error = refused(lambda: standin.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"}))

    assert "return_url" in str(error.user_message)
    back = {"payment_method": "pm_card_visa", "return_url": "http://localhost/done"}
    assert standin.v1.payment_intents.confirm(made.id, back).status == "succeeded"


def test_an_intent_for_cards_alone_needs_no_return_url(standin: Any) -> None:
    made = standin.v1.payment_intents.create(
        {"amount": 1000, "currency": "usd", "allowed_payment_method_types": ["card"]}
    )

    assert standin.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_three_d_secure_redirects_and_then_pays(standin: Any, intent: Make) -> None:
    options = {"payment_method": "pm_card_threeDSecure2Required", "return_url": "http://localhost/done"}

    made = standin.v1.payment_intents.confirm(intent().id, options)

    assert (made.status, made.next_action.type) == ("requires_action", "redirect_to_url")
    assert made.next_action.redirect_to_url.return_url == "http://localhost/done"
    assert made.next_action.redirect_to_url.url.startswith(f"{standin.url}/authenticate/payment_intents/{made.id}")
    assert standin.control("authenticate", payment_intent=made.id, outcome="succeed")["status"] == "succeeded"


def test_three_d_secure_for_the_script_names_a_page(standin: Any, intent: Make) -> None:
    made = standin.v1.payment_intents.confirm(intent().id, {"payment_method": "pm_card_authenticationRequired"})

    assert made.next_action.type == "use_stripe_sdk"
    assert made.next_action.use_stripe_sdk.type == "three_d_secure_redirect"


def test_failed_authentication_puts_the_intent_back(standin: Any, intent: Make) -> None:
    made = intent(confirm=True, payment_method="pm_card_threeDSecureRequired")

    standin.control("authenticate", payment_intent=made.id, outcome="fail")

    kept = standin.v1.payment_intents.retrieve(made.id)
    assert (kept.status, kept.next_action, kept.latest_charge) == ("requires_payment_method", None, None)
    assert kept.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_card_may_be_declined_after_authentication(standin: Any, intent: Make) -> None:
    made = intent(confirm=True, payment_method="pm_card_threeDSecureRequiredChargeDeclined")

    standin.control("authenticate", payment_intent=made.id, outcome="succeed")

    kept = standin.v1.payment_intents.retrieve(made.id)
    assert (kept.status, kept.last_payment_error.code) == ("requires_payment_method", "card_declined")


@pytest.mark.parametrize("option", ["off_session", "error_on_requires_action"])
def test_a_payment_that_nobody_can_authenticate_is_declined(intent: Make, option: str) -> None:
    error = refused(lambda: intent(confirm=True, payment_method="pm_card_authenticationRequired", **{option: True}))

    assert (error.http_status, error.code) == (402, "authentication_required")


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "requires_payment_method")])
def test_a_processing_payment_settles_later(standin: Any, intent: Make, outcome: str, status: str) -> None:
    made = intent(confirm=True, payment_method="pm_card_processing")

    assert made.status == "processing"
    error = refused(lambda: standin.v1.payment_intents.cancel(made.id))
    assert error.code == "payment_intent_unexpected_state"
    assert standin.control("settle", payment_intent=made.id, outcome=outcome)["status"] == status


def test_an_open_intent_can_be_changed(standin: Any, intent: Make) -> None:
    made = intent(metadata={"order": "1", "cart": "2"}, receipt_email="ann@example.com")

    changed = standin.v1.payment_intents.update(
        made.id, {"amount": 1500, "metadata": {"cart": "", "note": "x"}, "receipt_email": ""}
    )

    assert (changed.amount, changed.receipt_email) == (1500, None)
    assert changed.metadata.to_dict() == {"order": "1", "note": "x"}
    assert standin.v1.payment_intents.update(made.id, {"metadata": ""}).metadata.to_dict() == {}


def test_a_payment_method_given_early_waits_for_confirmation(standin: Any, intent: Make) -> None:
    made = intent(payment_method="pm_card_visa")

    assert made.status == "requires_confirmation"
    assert standin.v1.payment_intents.confirm(made.id).status == "succeeded"


def test_a_paid_intent_keeps_its_amount_but_takes_metadata(standin: Any, paid: Make) -> None:
    made = paid()

    error = refused(lambda: standin.v1.payment_intents.update(made.id, {"amount": 1}))

    assert error.code == "payment_intent_unexpected_state"
    assert standin.v1.payment_intents.update(made.id, {"metadata": {"a": "b"}}).amount == 1000


def test_repricing_while_the_shopper_authenticates_asks_again(standin: Any, intent: Make) -> None:
    made = intent(confirm=True, payment_method="pm_card_threeDSecure2Required")

    changed = standin.v1.payment_intents.update(made.id, {"amount": 2000})

    assert (changed.status, changed.next_action) == ("requires_confirmation", None)


def test_manual_capture_holds_the_money_until_captured(standin: Any, paid: Make) -> None:
    held = paid(capture_method="manual")

    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 1000, 0)
    captured = standin.v1.payment_intents.capture(held.id, {"expand": ["latest_charge"]})
    assert (captured.status, captured.amount_capturable, captured.amount_received) == ("succeeded", 0, 1000)
    assert captured.latest_charge.captured is True


def test_capturing_a_part_releases_the_rest_without_a_refund(standin: Any, paid: Make) -> None:
    held = paid(capture_method="manual")

    options = {"amount_to_capture": 600, "expand": ["latest_charge"]}
    captured = standin.v1.payment_intents.capture(held.id, options)

    charge = captured.latest_charge
    assert (captured.amount, captured.amount_received) == (1000, 600)
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (600, 0, False)
    assert standin.v1.refunds.list({"payment_intent": held.id}).data == []
    error = refused(lambda: standin.v1.refunds.create({"payment_intent": held.id, "amount": 601}))
    assert error.http_status == 400
    assert standin.v1.refunds.create({"payment_intent": held.id}).amount == 600


def test_no_more_is_captured_than_was_authorized(standin: Any, paid: Make) -> None:
    held = paid(capture_method="manual")

    error = refused(lambda: standin.v1.payment_intents.capture(held.id, {"amount_to_capture": 1001}))

    assert (error.code, error.error.param) == ("amount_too_large", "amount_to_capture")
    assert standin.v1.payment_intents.retrieve(held.id).status == "requires_capture"


@pytest.mark.parametrize("capture_method", ["automatic", "manual"])
def test_nothing_is_captured_twice(standin: Any, paid: Make, capture_method: str) -> None:
    made = paid(capture_method=capture_method)
    if capture_method == "manual":
        standin.v1.payment_intents.capture(made.id)

    error = refused(lambda: standin.v1.payment_intents.capture(made.id))

    assert error.code == "payment_intent_unexpected_state"
    assert "already been captured" in str(error.user_message)


@pytest.mark.parametrize("state", ["new", "action", "held"])
def test_an_unpaid_intent_can_be_canceled_once(standin: Any, intent: Make, state: str) -> None:
    more = {
        "new": {},
        "action": {"confirm": True, "payment_method": "pm_card_threeDSecure2Required"},
        "held": {"confirm": True, "payment_method": "pm_card_visa", "capture_method": "manual"},
    }[state]
    made = intent(**more)

    canceled = standin.v1.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert canceled.amount_capturable == 0
    assert refused(lambda: standin.v1.payment_intents.cancel(made.id)).code == "payment_intent_unexpected_state"
    again = {"payment_method": "pm_card_visa"}
    assert refused(lambda: standin.v1.payment_intents.confirm(made.id, again)).http_status == 400


def test_a_paid_intent_can_not_be_canceled(standin: Any, paid: Make) -> None:
    made = paid()

    error = refused(lambda: standin.v1.payment_intents.cancel(made.id))

    assert error.code == "payment_intent_unexpected_state"
    assert error.error.payment_intent.status == "succeeded"


def test_an_unknown_intent_is_missing(standin: Any) -> None:
    error = refused(lambda: standin.v1.payment_intents.retrieve("pi_nobody"))

    assert (error.http_status, error.code, error.error.param) == (404, "resource_missing", "intent")


def test_an_unknown_payment_method_is_refused_before_anything_changes(standin: Any, intent: Make) -> None:
    made = intent()

    error = refused(lambda: standin.v1.payment_intents.confirm(made.id, {"payment_method": "pm_nobody"}))

    assert (error.code, error.error.param) == ("resource_missing", "payment_method")
    assert standin.v1.payment_intents.retrieve(made.id).status == "requires_payment_method"
