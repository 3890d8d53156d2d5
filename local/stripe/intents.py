"""PaymentIntents: what they look like, which moves they may make, create, read and update.

Confirming is in `confirmation`, capturing and cancelling in `settlement`.
"""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import Any

from local.stripe.amounts import check_charge, check_currency
from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.errors import ApiError, invalid, no_such, wrong_state
from local.stripe.listing import page
from local.stripe.payment_methods import from_details, named_method, require_usable
from local.stripe.store import Resource, new_id, public


class Status(StrEnum):
    """Where a payment stands, in Stripe's words."""

    NEEDS_METHOD = "requires_payment_method"
    NEEDS_CONFIRMATION = "requires_confirmation"
    NEEDS_ACTION = "requires_action"
    PROCESSING = "processing"
    NEEDS_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


OPEN = (Status.NEEDS_METHOD, Status.NEEDS_CONFIRMATION, Status.NEEDS_ACTION)
_ATTEMPTED = frozenset(
    {Status.NEEDS_METHOD, Status.NEEDS_ACTION, Status.PROCESSING, Status.NEEDS_CAPTURE, Status.SUCCEEDED}
)
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.NEEDS_METHOD: _ATTEMPTED | {Status.NEEDS_CONFIRMATION, Status.CANCELED},
    Status.NEEDS_CONFIRMATION: _ATTEMPTED | {Status.CANCELED},
    Status.NEEDS_ACTION: _ATTEMPTED | {Status.NEEDS_CONFIRMATION, Status.CANCELED},
    Status.PROCESSING: frozenset({Status.SUCCEEDED, Status.NEEDS_CAPTURE, Status.NEEDS_METHOD}),
    Status.NEEDS_CAPTURE: frozenset({Status.SUCCEEDED, Status.CANCELED}),
    Status.SUCCEEDED: frozenset(),
    Status.CANCELED: frozenset(),
}

_TEXTS = ("description", "receipt_email", "shipping", "statement_descriptor", "statement_descriptor_suffix")
_WHILE_OPEN = (
    "amount", "currency", "customer", "payment_method", "payment_method_data", "allowed_payment_method_types",
    "excluded_payment_method_types", "capture_method",
    "setup_future_usage", "payment_method_options",
)  # fmt: skip
_TYPE_CHOICES = ("automatic_payment_methods", "allowed_payment_method_types", "excluded_payment_method_types")
_UPDATABLE = frozenset({*_TEXTS, *_WHILE_OPEN, "metadata", "transfer_group"})
CONFIRM_OPTIONS = frozenset({"off_session", "return_url", "use_stripe_sdk", "error_on_requires_action"})
_CREATED_WITH = _UPDATABLE | CONFIRM_OPTIONS | {
    "automatic_payment_methods", "confirm", "confirmation_method",
}  # fmt: skip
_SHOWN_TO_BROWSER = (
    "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "capture_method", "client_secret", "confirmation_method", "created", "currency", "description",
    "last_payment_error", "livemode", "next_action", "payment_method", "payment_method_types", "processing",
    "receipt_email", "setup_future_usage", "shipping", "source", "status",
)  # fmt: skip


def move(intent: Resource, to: Status) -> None:
    """The one place where an intent's status changes."""
    moved_from = Status(intent["status"])
    if to not in TRANSITIONS[moved_from]:
        raise ValueError(f"{intent['id']}: {moved_from} never becomes {to}")
    intent["status"] = to.value
    intent["next_action"] = None


def unexpected_state(intent: Resource, message: str) -> ApiError:
    return wrong_state(message, public(intent), code="payment_intent_unexpected_state", name="payment_intent")


def create(call: Call) -> Resource:
    """POST /v1/payment_intents, without the confirmation that `confirm=true` asks for."""
    params = call.params
    require_handled(params, _CREATED_WITH)
    for option in sorted(CONFIRM_OPTIONS & params.keys()):
        if not params.get("confirm") and option != "use_stripe_sdk":
            raise invalid(f"{option} can only be provided when `confirm` is true.", param=option)
    if params.get("confirmation_method") == "manual":
        raise invalid("The local stand-in for Stripe confirms automatically only.", param="confirmation_method")
    currency = check_currency(params["currency"])
    check_charge(params["amount"], currency=currency)
    intent = _blank(call, amount=params["amount"], currency=currency)
    _apply(call, intent)
    call.emit("payment_intent.created", intent)
    return call.store.put(intent)


def _blank(call: Call, *, amount: int, currency: str) -> Resource:
    intent_id = new_id("pi")
    params = call.params
    automatic = None
    if "allowed_payment_method_types" not in params:
        asked = params.get("automatic_payment_methods", {})
        automatic = {"allow_redirects": "always", "enabled": True} | asked
    return {
        "id": intent_id, "object": "payment_intent", "allowed_payment_method_types": None, "amount": amount,
        "amount_capturable": 0, "amount_details": {"tip": {}},
        "amount_received": 0, "application": None, "application_fee_amount": None,
        "automatic_payment_methods": automatic, "canceled_at": None, "cancellation_reason": None,
        "capture_method": "automatic_async", "client_secret": new_id(f"{intent_id}_secret", length=25),
        "confirmation_method": "automatic", "created": call.now,
        "currency": currency, "customer": None, "customer_account": None, "description": None,
        "excluded_payment_method_types": None, "last_payment_error": None, "latest_charge": None, "livemode": False,
        "metadata": {}, "next_action": None, "on_behalf_of": None, "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"installments": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"], "processing": None, "receipt_email": None, "review": None,
        "setup_future_usage": None, "shipping": None, "source": None, "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": Status.NEEDS_METHOD.value, "transfer_data": None,
        "transfer_group": None,
    }  # fmt: skip


def _apply(call: Call, intent: Resource) -> None:
    """Set what the create or update call sent. Everything that can be refused comes first."""
    params = call.params
    require_one_choice(params)
    if params.get("customer"):
        call.named("customer", params["customer"], param="customer")
    metadata = merged_metadata(intent["metadata"], params.get("metadata"))
    options = card_options(params)
    customer = params.get("customer", intent["customer"])
    method = chosen_method(call, customer=customer)
    set_texts(intent, params, (*_TEXTS, "customer", "setup_future_usage", "transfer_group"))
    intent["capture_method"] = params.get("capture_method") or intent["capture_method"]
    choose_types(intent, params)
    intent["payment_method_options"]["card"] |= options
    intent["metadata"] = metadata
    if method is not None:
        set_method(intent, method)


def card_options(params: dict[str, Any]) -> dict[str, Any]:
    """The card's part of `payment_method_options`: when to ask for 3-D Secure."""
    options = params.get("payment_method_options") or {}
    require_handled(options, frozenset({"card"}))
    card: dict[str, Any] = options.get("card") or {}
    require_handled(card, frozenset({"request_three_d_secure"}))
    return card


def require_one_choice(params: dict[str, Any]) -> None:
    """The ways to choose payment method types exclude each other.

    Raises:
        ApiError: 400, two of them were sent, or cards are not among the types.
    """
    sent = [name for name in _TYPE_CHOICES if name in params]
    if len(sent) > 1:
        raise invalid(
            f"You may only specify one of these parameters: {', '.join(sent)}.",
            param=sent[0],
            code="parameters_exclusive",
        )
    allowed = params.get("allowed_payment_method_types") or ["card"]
    if "card" not in allowed or "card" in (params.get("excluded_payment_method_types") or []):
        raise invalid("The local stand-in for Stripe takes cards only: `card` must be allowed.", param=sent[0])


def choose_types(intent: Resource, params: dict[str, Any]) -> None:
    """Keep which types the merchant allows or excludes. What remains of them here is always `card`."""
    for name in ("allowed_payment_method_types", "excluded_payment_method_types"):
        if name in params:
            intent[name] = params[name] or None


def chosen_method(call: Call, *, customer: str | None) -> Resource | None:
    """The usable payment method that the call names or describes, if any."""
    if data := call.params.get("payment_method_data"):
        return from_details(call, data)
    if method_id := call.params.get("payment_method"):
        method = named_method(call, method_id)
        require_usable(method, customer=customer)
        return method
    return None


def set_method(intent: Resource, method: Resource) -> None:
    """Give the intent a method; it then waits to be confirmed (again)."""
    intent["payment_method"] = method["id"]
    if intent["status"] != Status.NEEDS_CONFIRMATION:
        move(intent, Status.NEEDS_CONFIRMATION)


def update(call: Call) -> Resource:
    """POST /v1/payment_intents/{id}."""
    require_handled(call.params, _UPDATABLE)
    intent = call.addressed("payment_intent", param="intent")
    _require_updatable(intent, call.params)
    currency = check_currency(call.params.get("currency") or intent["currency"])
    amount: int = call.params["amount"] if "amount" in call.params else intent["amount"]
    check_charge(amount, currency=currency)
    repriced = (amount, currency) != (intent["amount"], intent["currency"])
    _apply(call, intent)
    intent |= {"amount": amount, "currency": currency}
    if repriced and intent["status"] == Status.NEEDS_ACTION:
        # The shopper was authenticating the old amount.
        move(intent, Status.NEEDS_CONFIRMATION)
    return call.store.put(intent)


def _require_updatable(intent: Resource, params: dict[str, Any]) -> None:
    if intent["status"] in OPEN:
        return
    for name in _WHILE_OPEN:
        if name in params:
            raise unexpected_state(
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of {intent['status']}. You "
                f"may only update the {name} of a PaymentIntent with one of the following statuses: {', '.join(OPEN)}.",
            )


def retrieve(call: Call) -> Resource:
    """GET /v1/payment_intents/{id}, for the merchant or, with the client secret, for the shopper."""
    return require_secret(call, call.addressed("payment_intent", param="intent"))


def require_secret(call: Call, intent: Resource) -> Resource:
    """A browser must know the intent's client secret; the merchant's key needs none.

    Raises:
        ApiError: 400 without the secret, 404 with a wrong one.
    """
    secret = call.client_secret or call.params.get("client_secret", "")
    if call.from_browser and not secret:
        raise invalid("Missing required param: client_secret.", param="client_secret", code="parameter_missing")
    if secret and not hmac.compare_digest(secret, intent["client_secret"]):
        raise no_such(intent["object"], intent["id"], param="intent")
    return intent


def for_browser(intent: Resource) -> Resource:
    """What a publishable key gets to see of an intent (already public)."""
    return {name: intent[name] for name in _SHOWN_TO_BROWSER if name in intent}


def list_all(call: Call) -> Resource:
    """GET /v1/payment_intents."""
    return page(call, "payment_intent", url="/v1/payment_intents", equal=("customer",))
