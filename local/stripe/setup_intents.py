"""SetupIntents: make a card ready for later payments, without charging it."""

from __future__ import annotations

from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.cards import DECLINES, Decline
from local.stripe.confirmation import next_action
from local.stripe.errors import ApiError, invalid, wrong_state
from local.stripe.intents import CONFIRM_OPTIONS, chosen_method, require_one_choice, require_secret
from local.stripe.listing import page
from local.stripe.payment_methods import attach_to, fate_of
from local.stripe.settlement import NOT_AUTHENTICATED
from local.stripe.store import Resource, new_id, public

_FIELDS = frozenset({"customer", "description", "metadata", "payment_method", "payment_method_data"})
_CREATED_WITH = (
    _FIELDS | CONFIRM_OPTIONS | {"automatic_payment_methods", "allowed_payment_method_types", "confirm", "usage"}
)
_CONFIRMED_WITH = CONFIRM_OPTIONS | {"payment_method", "payment_method_data"}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Resource:
    """POST /v1/setup_intents."""
    require_handled(call.params, _CREATED_WITH)
    require_one_choice(call.params)
    if customer := call.params.get("customer"):
        call.named("customer", customer, param="customer")
    setup_id = new_id("seti")
    setup: Resource = {
        "id": setup_id, "object": "setup_intent",
        "allowed_payment_method_types": call.params.get("allowed_payment_method_types"), "application": None,
        "attach_to_self": False,
        "automatic_payment_methods": call.params.get("automatic_payment_methods"), "cancellation_reason": None,
        "client_secret": new_id(f"{setup_id}_secret", length=31), "created": call.now,
        "customer": call.params.get("customer"), "customer_account": None, "description": None,
        "excluded_payment_method_types": None, "flow_directions": None, "last_setup_error": None,
        "latest_attempt": None, "livemode": False, "mandate": None, "metadata": {}, "next_action": None,
        "on_behalf_of": None, "payment_method": None, "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"], "single_use_mandate": None,
        "status": "requires_payment_method", "usage": call.params.get("usage", "off_session"),
    }  # fmt: skip
    _apply(call, setup)
    call.emit("setup_intent.created", setup)
    call.store.put(setup)
    if call.params.get("confirm"):
        _attempt(call, setup)
    return setup


def _apply(call: Call, setup: Resource) -> None:
    metadata = merged_metadata(setup["metadata"], call.params.get("metadata"))
    method = chosen_method(call, customer=call.params.get("customer", setup["customer"]))
    setup["metadata"] = metadata
    set_texts(setup, call.params, ("description", "customer"))
    if method is not None:
        setup |= {"payment_method": method["id"], "status": "requires_confirmation"}


def update(call: Call) -> Resource:
    """POST /v1/setup_intents/{id}."""
    require_handled(call.params, _FIELDS)
    setup = _open(call)
    _apply(call, setup)
    return call.store.put(setup)


def confirm(call: Call) -> Resource:
    """POST /v1/setup_intents/{id}/confirm, by the merchant or by the shopper's browser.

    Raises:
        ApiError: 400, not confirmable now; 402, the card was declined.
    """
    require_handled(call.params, _CONFIRMED_WITH)
    setup = require_secret(call, _open(call))
    if method := chosen_method(call, customer=setup["customer"]):
        setup |= {"payment_method": method["id"], "status": "requires_confirmation"}
    _attempt(call, setup)
    return call.store.put(setup)


def _attempt(call: Call, setup: Resource) -> None:
    method = call.store.find("payment_method", setup["payment_method"] or "")
    if method is None:
        raise invalid(
            "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the "
            "SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
            "method or ConfirmationToken.",
            code="setup_intent_unexpected_state",
        )
    card = fate_of(method)
    if card.declines and not card.authenticates:
        why = DECLINES[card.declines]
        _fail(call, setup, why)
        details = {"decline_code": why.decline_code, "setup_intent": public(setup)}
        raise ApiError(402, why.message, type="card_error", code=why.code, details=details)
    if card.authenticates in ("required", "unless_setup"):
        setup |= {"status": "requires_action", "next_action": next_action(call, setup)}
        call.store.put(setup)
        call.emit("setup_intent.requires_action", setup)
    else:
        _succeed(call, setup, method)


def _succeed(call: Call, setup: Resource, method: Resource) -> None:
    method["_set_up"] = True
    if setup["customer"]:
        attach_to(call, method, setup["customer"])
    setup |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    call.store.put(method)
    call.store.put(setup)
    call.emit("setup_intent.succeeded", setup)


def _fail(call: Call, setup: Resource, why: Decline) -> None:
    error = {"code": why.code, "message": why.message, "type": "card_error"}
    setup |= {
        "status": "requires_payment_method", "payment_method": None, "next_action": None, "last_setup_error": error,
    }  # fmt: skip
    call.store.put(setup)
    call.emit("setup_intent.setup_failed", setup)


def authenticate(call: Call, setup: Resource, *, passed: bool) -> None:
    """The shopper finished the 3-D Secure page. Repeats change nothing."""
    if setup["status"] != "requires_action":
        return
    if passed:
        _succeed(call, setup, call.named("payment_method", setup["payment_method"], param="payment_method"))
    else:
        _fail(call, setup, NOT_AUTHENTICATED)


def cancel(call: Call) -> Resource:
    """POST /v1/setup_intents/{id}/cancel."""
    require_handled(call.params, frozenset({"cancellation_reason"}))
    setup = _open(call)
    reason = call.params.get("cancellation_reason")
    setup |= {"status": "canceled", "next_action": None, "cancellation_reason": reason}
    call.emit("setup_intent.canceled", setup)
    return call.store.put(setup)


def _open(call: Call) -> Resource:
    setup = call.addressed("setup_intent", param="intent")
    if setup["status"] not in OPEN:
        raise wrong_state(
            f"This SetupIntent has a status of {setup['status']}. Only a SetupIntent with one of the following "
            f"statuses may be changed: {', '.join(OPEN)}.",
            public(setup),
            code="setup_intent_unexpected_state",
            name="setup_intent",
        )
    return setup


def retrieve(call: Call) -> Resource:
    """GET /v1/setup_intents/{id}, for the merchant or, with the client secret, for the shopper."""
    return require_secret(call, call.addressed("setup_intent", param="intent"))


def list_all(call: Call) -> Resource:
    """GET /v1/setup_intents."""
    return page(call, "setup_intent", url="/v1/setup_intents", equal=("customer", "payment_method"))
