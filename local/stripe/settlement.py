"""What happens to a PaymentIntent after its confirmation: authenticate, settle, capture, cancel."""

from __future__ import annotations

from local.stripe import charges
from local.stripe.amounts import check_last_digit, check_positive, money_text
from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.cards import DECLINES, Decline
from local.stripe.confirmation import approve, charge, fail_attempt
from local.stripe.errors import ApiError, invalid
from local.stripe.intents import OPEN, Status, move, unexpected_state
from local.stripe.store import Resource

_CAPTURED_WITH = frozenset({"amount_to_capture", "metadata", "statement_descriptor", "statement_descriptor_suffix"})
CANCELABLE = (*OPEN, Status.NEEDS_CAPTURE)
NOT_AUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    "",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


def capture(call: Call) -> Resource:
    """POST /v1/payment_intents/{id}/capture. What is not captured is released.

    Since API version 2025-03-31.basil the rest is no refund: `amount_refunded` stays as it is.

    Raises:
        ApiError: 400; nothing to capture, or more than was authorized.
    """
    require_handled(call.params, _CAPTURED_WITH)
    intent = call.addressed("payment_intent", param="intent")
    _require_capturable(intent)
    amount: int = (
        call.params["amount_to_capture"] if "amount_to_capture" in call.params else intent["amount_capturable"]
    )
    check_positive(amount, param="amount_to_capture")
    check_last_digit(amount, currency=intent["currency"], param="amount_to_capture")
    if amount > intent["amount_capturable"]:
        raise invalid(
            "The requested capture amount is greater than the authorized amount: "
            f"{money_text(amount, intent['currency'])} of "
            f"{money_text(intent['amount_capturable'], intent['currency'])}.",
            param="amount_to_capture",
            code="amount_too_large",
        )
    intent["metadata"] = merged_metadata(intent["metadata"], call.params.get("metadata"))
    set_texts(intent, call.params, ("statement_descriptor", "statement_descriptor_suffix"))
    return _captured(call, intent, amount=amount)


def _require_capturable(intent: Resource) -> None:
    if intent["status"] == Status.NEEDS_CAPTURE:
        return
    if intent["status"] == Status.SUCCEEDED:
        raise unexpected_state(intent, "This PaymentIntent could not be captured because it has already been captured.")
    raise unexpected_state(
        intent,
        f"This PaymentIntent could not be captured because it has a status of {intent['status']}. "
        "Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
    )


def _captured(call: Call, intent: Resource, *, amount: int) -> Resource:
    made = call.named("charge", intent["latest_charge"], param="charge")
    made |= {"captured": True, "amount_captured": amount, "balance_transaction": f"txn_{made['id'][3:]}"}
    call.store.put(made)
    move(intent, Status.SUCCEEDED)
    intent |= {"amount_capturable": 0, "amount_received": amount}
    call.emit("charge.captured", made)
    call.emit("payment_intent.succeeded", intent)
    return call.store.put(intent)


def cancel(call: Call) -> Resource:
    """POST /v1/payment_intents/{id}/cancel. An authorization is released, which is no refund either.

    A `processing` payment is refused: Stripe cancels those "in rare cases" only.

    Raises:
        ApiError: 400, too late.
    """
    require_handled(call.params, frozenset({"cancellation_reason"}))
    intent = call.addressed("payment_intent", param="intent")
    if intent["status"] not in CANCELABLE:
        raise unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
        )
    move(intent, Status.CANCELED)
    reason = call.params.get("cancellation_reason")
    intent |= {"amount_capturable": 0, "canceled_at": call.now, "cancellation_reason": reason}
    call.emit("payment_intent.canceled", intent)
    return call.store.put(intent)


def authenticate(call: Call, intent: Resource, *, passed: bool) -> None:
    """The shopper finished the 3-D Secure page. Repeats change nothing."""
    if intent["status"] != Status.NEEDS_ACTION:
        return
    method = call.named("payment_method", intent["payment_method"], param="payment_method")
    if not passed:
        fail_attempt(call, intent, method, charge=None, why=NOT_AUTHENTICATED)
        return
    try:
        charge(call, intent, method)
    except ApiError as refused:
        # The page has nobody to tell: the shopper's browser reads the intent next.
        if refused.type != "card_error":
            raise


def settle(call: Call, intent: Resource, *, succeeds: bool) -> None:
    """End a `processing` payment, one way or the other.

    Raises:
        ApiError: 400, it is not processing.
    """
    if intent["status"] != Status.PROCESSING:
        raise unexpected_state(intent, f"This PaymentIntent is not processing: it has a status of {intent['status']}.")
    made = call.named("charge", intent["latest_charge"], param="charge")
    if succeeds:
        captured = intent["capture_method"] != "manual"
        made |= {"status": "succeeded", "captured": captured, "amount_captured": made["amount"] if captured else 0}
        made["balance_transaction"] = f"txn_{made['id'][3:]}" if captured else None
        call.store.put(made)
        approve(call, intent, made)
        return
    method = call.named("payment_method", intent["payment_method"], param="payment_method")
    charges.fail(made, DECLINES["generic"])
    fail_attempt(call, intent, method, charge=made, why=DECLINES["generic"])
