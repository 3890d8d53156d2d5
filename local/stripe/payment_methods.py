"""PaymentMethods: cards by test name or number, attached to customers or used once."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.cards import Card, card_refused, check_expiry, full_year, named_card, numbered_card
from local.stripe.errors import ApiError, invalid, missing, no_such
from local.stripe.listing import PAGING, paged
from local.stripe.store import Resource, new_id

_CREATED_WITH = frozenset({"type", "card", "billing_details", "metadata", "allow_redisplay"})
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_NOBODY = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
YEARS_VALID = 8


def create(call: Call) -> Resource:
    """POST /v1/payment_methods."""
    return from_details(call, call.params)


def from_details(call: Call, details: dict[str, Any]) -> Resource:
    """A new PaymentMethod from `payment_method_data` or the create call's parameters.

    Raises:
        ApiError: 400, not a card; 402, a number or date that no card has.
    """
    require_handled(details, _CREATED_WITH)
    if "type" not in details:
        raise missing("type")
    if details["type"] != "card":
        raise invalid(f"The local stand-in for Stripe takes cards only, not {details['type']}.", param="type")
    if "card" not in details:
        raise missing("card")
    made = _from_card(call, details["card"])
    made["billing_details"] = _billing(details.get("billing_details"))
    made["metadata"] = merged_metadata({}, details.get("metadata"))
    set_texts(made, details, ("allow_redisplay",))
    return call.store.put(made)


def _from_card(call: Call, card: dict[str, Any]) -> Resource:
    if token := card.get("token"):
        named = named_card(token.replace("tok_", "pm_card_", 1))
        if named is None:
            raise no_such("token", token, param="card[token]", status=400)
        return _method(call, named)
    for name in ("number", "exp_month", "exp_year"):
        if name not in card:
            raise missing(f"card[{name}]")
    today = time.gmtime(call.now)
    check_expiry(card["exp_month"], card["exp_year"], today=(today.tm_year, today.tm_mon))
    if "cvc" in card and not (card["cvc"].isdigit() and len(card["cvc"]) in (3, 4)):
        raise card_refused("Your card's security code is invalid.", code="invalid_cvc", param="cvc")
    made = _method(call, numbered_card(card["number"]))
    made["card"] |= {"exp_month": card["exp_month"], "exp_year": full_year(card["exp_year"])}
    made["card"]["checks"]["cvc_check"] = "unchecked" if "cvc" in card else None
    return made


def _method(call: Call, card: Card) -> Resource:
    return {
        "id": new_id("pm"), "object": "payment_method", "allow_redisplay": "unspecified",
        "billing_details": _billing(None),
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": None},
            "country": card.country, "display_brand": card.brand, "exp_month": 12,
            "exp_year": time.gmtime(call.now).tm_year + YEARS_VALID,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16], "funding": card.funding,
            "generated_from": None, "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None}, "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True}, "wallet": None,
        },
        "created": call.now, "customer": None, "customer_account": None, "livemode": False, "metadata": {},
        "type": "card", "_number": card.number, "_country": card.country, "_used": False, "_set_up": False,
    }  # fmt: skip


def _billing(sent: dict[str, Any] | None) -> Resource:
    sent = {name: value or None for name, value in (sent or {}).items()}
    return _NOBODY | sent | {"address": _NO_ADDRESS | (sent.get("address") or {})}


def named_method(call: Call, method_id: str, *, param: str = "payment_method", status: int = 400) -> Resource:
    """The PaymentMethod with this id; a test name such as `pm_card_visa` makes a new one each time.

    Raises:
        ApiError: the id names nothing.
    """
    if found := call.store.find("payment_method", method_id):
        return found
    card = named_card(method_id)
    if card is None:
        raise no_such("PaymentMethod", method_id, param=param, status=status)
    return call.store.put(_method(call, card))


def fate_of(method: Resource) -> Card:
    """What charging this PaymentMethod does."""
    return numbered_card(method["_number"])


def require_usable(method: Resource, *, customer: str | None) -> None:
    """Refuse a method of another customer, and one that was used without being attached.

    Raises:
        ApiError: 400.
    """
    if method["customer"] and method["customer"] != customer:
        raise _unusable(
            f"The PaymentMethod {method['id']} belongs to the Customer {method['customer']}. "
            "Please include the Customer in the `customer` parameter on the PaymentIntent."
        )
    if method["_used"] and not method["customer"]:
        raise _unusable(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be used "
            "again. To use a PaymentMethod multiple times, you must attach it to a Customer first."
        )


def _unusable(message: str) -> ApiError:
    return ApiError(400, message, param="payment_method", code="payment_method_unexpected_state")


def retrieve(call: Call) -> Resource:
    """GET /v1/payment_methods/{id}."""
    return named_method(call, call.resource_id, status=404)


def update(call: Call) -> Resource:
    """POST /v1/payment_methods/{id}: metadata, billing details and the expiry date."""
    require_handled(call.params, frozenset({"metadata", "billing_details", "card", "allow_redisplay"}))
    method = call.addressed("payment_method", param="payment_method")
    method["metadata"] = merged_metadata(method["metadata"], call.params.get("metadata"))
    if "billing_details" in call.params:
        method["billing_details"] = _billing(method["billing_details"] | (call.params["billing_details"] or {}))
    for name in ("exp_month", "exp_year"):
        if name in call.params.get("card", {}):
            method["card"][name] = call.params["card"][name]
    set_texts(method, call.params, ("allow_redisplay",))
    call.emit("payment_method.updated", method)
    return call.store.put(method)


def attach(call: Call) -> Resource:
    """POST /v1/payment_methods/{id}/attach."""
    if "customer" not in call.params:
        raise missing("customer")
    method = named_method(call, call.resource_id, status=404)
    customer = call.named("customer", call.params["customer"], param="customer")
    require_usable(method, customer=customer["id"])
    return attach_to(call, method, customer["id"])


def attach_to(call: Call, method: Resource, customer_id: str) -> Resource:
    """Keep the method for this customer. Attaching twice changes nothing."""
    if method["customer"] != customer_id:
        method["customer"] = customer_id
        call.emit("payment_method.attached", method)
    return call.store.put(method)


def detach(call: Call) -> Resource:
    """POST /v1/payment_methods/{id}/detach. The method can not be used again."""
    method = call.addressed("payment_method", param="payment_method")
    if method["customer"] is None:
        raise _unusable("The payment method you provided is not attached to a customer so detachment is impossible.")
    previous = {"customer": method["customer"]}
    method |= {"customer": None, "_used": True}
    call.emit("payment_method.detached", method, previous=previous)
    return call.store.put(method)


def list_all(call: Call) -> Resource:
    """GET /v1/payment_methods, and GET /v1/customers/{id}/payment_methods: those of one customer."""
    require_handled(call.params, PAGING | {"customer", "type"})
    customer_id = call.resource_id or call.params.get("customer")
    if customer_id:
        call.named("customer", customer_id, param="customer")
    wanted = call.params.get("type")
    methods = (
        method
        for method in call.store.newest_first("payment_method")
        if method["customer"] and method["customer"] == customer_id and wanted in (None, method["type"])
    )
    return paged(call, "payment_method", methods, url="/v1/payment_methods")
