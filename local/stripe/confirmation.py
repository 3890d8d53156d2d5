"""Confirming a PaymentIntent: authenticate the shopper if the card asks for it, then charge.

Reads and writes the intent, its payment method and the charge. What can go wrong for the shopper is
a `card_error` (402); the intent is then back at `requires_payment_method` and can be tried again.
"""

from __future__ import annotations

from typing import Any

from local.stripe import charges
from local.stripe.calls import Call, require_handled
from local.stripe.cards import DECLINES, Card, Decline
from local.stripe.errors import ApiError, invalid
from local.stripe.intents import (
    CONFIRM_OPTIONS,
    OPEN,
    Status,
    card_options,
    choose_types,
    chosen_method,
    create,
    move,
    require_one_choice,
    require_secret,
    set_method,
    unexpected_state,
)
from local.stripe.payment_methods import attach_to, fate_of, require_usable
from local.stripe.store import Resource, public

_HANDLED = CONFIRM_OPTIONS | {
    "payment_method", "payment_method_data", "payment_method_options", "receipt_email",
    "setup_future_usage", "shipping", "capture_method", "allowed_payment_method_types", "excluded_payment_method_types",
}  # fmt: skip
_COPIED = ("receipt_email", "shipping", "setup_future_usage", "capture_method")


def create_and_confirm(call: Call) -> Resource:
    """POST /v1/payment_intents; with `confirm=true` also the first attempt.

    Raises:
        ApiError: 402, the attempt failed. The intent exists all the same, as it does at Stripe.
    """
    if call.params.get("confirm"):
        _require_return_url(call.params, call.params)
    intent = create(call)
    if call.params.get("confirm"):
        _attempt(call, intent)
    return intent


def confirm(call: Call) -> Resource:
    """POST /v1/payment_intents/{id}/confirm, by the merchant or by the shopper's browser.

    Raises:
        ApiError: 400, not confirmable now; 402, the attempt failed.
    """
    require_handled(call.params, _HANDLED)
    intent = require_secret(call, call.addressed("payment_intent", param="intent"))
    _require_confirmable(intent)
    require_one_choice(call.params)
    _require_return_url(call.params, intent | call.params)
    options = card_options(call.params)
    method = chosen_method(call, customer=intent["customer"])
    choose_types(intent, call.params)
    for name in _COPIED:
        if name in call.params:
            intent[name] = call.params[name] or None
    intent["payment_method_options"]["card"] |= options
    if method is not None:
        set_method(intent, method)
    _attempt(call, intent)
    return intent


def _require_confirmable(intent: Resource) -> None:
    if intent["status"] == Status.SUCCEEDED:
        raise unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
        )
    if intent["status"] not in OPEN:
        raise unexpected_state(
            intent,
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be confirmed: {', '.join(OPEN)}.",
        )


def _require_return_url(params: dict[str, Any], intent: Resource) -> None:
    """An intent open to methods that redirect must say where the shopper comes back to.

    `intent` may also be the parameters of one that is yet to be created.
    """
    if params.get("return_url") or params.get("use_stripe_sdk") or params.get("off_session"):
        return
    if (intent.get("automatic_payment_methods") or {}).get("allow_redirects") == "never":
        return
    # Cards alone never redirect. That Stripe sees it so is inferred: its documentation does not say.
    if intent.get("allowed_payment_method_types") == ["card"]:
        return
    raise invalid(
        "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these "
        "payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't "
        "want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
        "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
        param="return_url",
    )


def _attempt(call: Call, intent: Resource) -> None:
    method = call.store.find("payment_method", intent["payment_method"] or "")
    if method is None:
        raise unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
        )
    require_usable(method, customer=intent["customer"])
    call.store.put(intent)
    asked = intent["payment_method_options"]["card"].get("request_three_d_secure")
    off_session = bool(call.params.get("off_session"))
    if not asks_for_authentication(fate_of(method), method, off_session=off_session, asked=asked):
        charge(call, intent, method)
    elif off_session or call.params.get("error_on_requires_action"):
        decline(call, intent, method, DECLINES["authentication_required"])
    else:
        move(intent, Status.NEEDS_ACTION)
        intent["next_action"] = next_action(call, intent)
        call.emit("payment_intent.requires_action", intent)


def asks_for_authentication(card: Card, method: Resource, *, off_session: bool, asked: str | None) -> bool:
    """Whether this card wants 3-D Secure for this payment."""
    if card.authenticates == "unless_setup":
        return not (off_session and method["_set_up"])
    if card.authenticates == "if_asked":
        return asked in ("any", "challenge")
    return card.authenticates == "required"


def next_action(call: Call, intent: Resource) -> Resource:
    """Where the shopper authenticates: an address to go to, or one for Stripe.js to show.

    The address to come back to is kept on the intent: the page must not take it from its own address.
    """
    section = {"payment_intent": "payment_intents", "setup_intent": "setup_intents"}[intent["object"]]
    url = f"{call.base_url}/authenticate/{section}/{intent['id']}?client_secret={intent['client_secret']}"
    if call.params.get("use_stripe_sdk") or not call.params.get("return_url"):
        intent["_return_url"] = None
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
    intent["_return_url"] = call.params["return_url"]
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": call.params["return_url"], "url": url}}


def charge(call: Call, intent: Resource, method: Resource) -> None:
    """Take (or authorize) the money, or be refused.

    Raises:
        ApiError: 402, the card was declined.
    """
    card = fate_of(method)
    if card.declines:
        decline(call, intent, method, DECLINES[card.declines])
    method["_used"] = True
    call.store.put(method)
    if card.processing:
        made = charges.charge_for(call, intent, method, status="pending", captured=False)
        move(intent, Status.PROCESSING)
        intent |= {"latest_charge": made["id"], "processing": {"type": "card", "card": {}}, "last_payment_error": None}
        call.emit("charge.pending", made)
        call.emit("payment_intent.processing", intent)
        return
    captured = intent["capture_method"] != "manual"
    made = charges.charge_for(call, intent, method, status="succeeded", captured=captured)
    approve(call, intent, made)
    if intent["setup_future_usage"] and intent["customer"]:
        method["_set_up"] = True
        attach_to(call, method, intent["customer"])


def approve(call: Call, intent: Resource, made: Resource) -> None:
    """The charge succeeded: the intent has its money, or with manual capture may take it."""
    intent |= {"latest_charge": made["id"], "last_payment_error": None, "processing": None}
    if made["captured"]:
        move(intent, Status.SUCCEEDED)
        intent["amount_received"] = intent["amount"]
        announced = "payment_intent.succeeded"
    else:
        move(intent, Status.NEEDS_CAPTURE)
        intent["amount_capturable"] = intent["amount"]
        announced = "payment_intent.amount_capturable_updated"
    call.store.put(intent)
    call.emit("charge.succeeded", made)
    call.emit(announced, intent)


def decline(call: Call, intent: Resource, method: Resource, why: Decline) -> None:
    """A charge was made and failed.

    Raises:
        ApiError: 402, always, with the intent as it is now.
    """
    made = charges.charge_for(call, intent, method, status="failed", captured=False)
    charges.fail(made, why)
    details = fail_attempt(call, intent, method, charge=made, why=why)
    raise ApiError(402, why.message, type="card_error", code=why.code, details=details)


def fail_attempt(call: Call, intent: Resource, method: Resource, *, charge: Resource | None, why: Decline) -> Resource:
    """Put the intent back to wait for another method, and say why. Answers the error's details."""
    error: Resource = {
        "code": why.code, "doc_url": f"https://stripe.com/docs/error-codes/{why.code.replace('_', '-')}",
        "message": why.message, "payment_method": public(method), "type": "card_error",
    }  # fmt: skip
    if why.decline_code:
        error["decline_code"] = why.decline_code
    if charge is not None:
        error["charge"] = charge["id"]
        error["advice_code"] = "try_again_later"
        intent["latest_charge"] = charge["id"]
        call.store.put(charge)
        call.emit("charge.failed", charge)
    if intent["status"] != Status.NEEDS_METHOD:
        move(intent, Status.NEEDS_METHOD)
    intent |= {"payment_method": None, "last_payment_error": error, "processing": None}
    call.store.put(intent)
    call.emit("payment_intent.payment_failed", intent)
    return {name: value for name, value in error.items() if name not in ("code", "doc_url", "message", "type")} | {
        "payment_intent": public(intent)
    }
