"""Customers: the people that payment methods are attached to."""

from __future__ import annotations

from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.listing import page
from local.stripe.payment_methods import attach_to, named_method
from local.stripe.store import Resource, new_id

_HANDLED = frozenset(
    {
        "address", "description", "email", "metadata", "name", "payment_method", "phone", "preferred_locales",
        "shipping", "tax_exempt", "invoice_settings",
    }
)  # fmt: skip
_FIELDS = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


def create(call: Call) -> Resource:
    """POST /v1/customers."""
    require_handled(call.params, _HANDLED)
    customer_id = new_id("cus", length=14)
    customer: Resource = {
        "id": customer_id, "object": "customer", "address": None, "balance": 0, "created": call.now, "currency": None,
        "default_source": None, "delinquent": False, "description": None, "discount": None, "email": None,
        "invoice_prefix": customer_id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
        },
        "livemode": False, "metadata": {}, "name": None, "next_invoice_sequence": 1, "phone": None,
        "preferred_locales": [], "shipping": None, "tax_exempt": "none", "test_clock": None,
    }  # fmt: skip
    _apply(call, customer)
    call.emit("customer.created", customer)
    return call.store.put(customer)


def update(call: Call) -> Resource:
    """POST /v1/customers/{id}."""
    require_handled(call.params, _HANDLED - {"payment_method"})
    customer = call.addressed("customer")
    before = {name: customer[name] for name in call.params if name in customer}
    _apply(call, customer)
    call.emit(
        "customer.updated", customer, previous={name: was for name, was in before.items() if customer[name] != was}
    )
    return call.store.put(customer)


def _apply(call: Call, customer: Resource) -> None:
    customer["metadata"] = merged_metadata(customer["metadata"], call.params.get("metadata"))
    set_texts(customer, call.params, _FIELDS)
    customer["invoice_settings"] = customer["invoice_settings"] | call.params.get("invoice_settings", {})
    if method_id := call.params.get("payment_method"):
        attach_to(call, named_method(call, method_id), customer["id"])


def retrieve(call: Call) -> Resource:
    """GET /v1/customers/{id}."""
    return call.addressed("customer")


def delete(call: Call) -> Resource:
    """DELETE /v1/customers/{id}. The id stays, and answers that it is deleted."""
    customer = call.addressed("customer")
    call.emit("customer.deleted", customer)
    return call.store.put({"id": customer["id"], "object": "customer", "created": customer["created"], "deleted": True})


def list_all(call: Call) -> Resource:
    """GET /v1/customers."""
    return page(call, "customer", url="/v1/customers", equal=("email",))
