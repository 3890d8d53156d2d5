"""Charges: one attempt to take money from a card, as made by a PaymentIntent."""

from __future__ import annotations

from local.stripe.calls import Call, merged_metadata, require_handled, set_texts
from local.stripe.cards import Decline
from local.stripe.listing import page
from local.stripe.store import Resource, new_id


def charge_for(call: Call, intent: Resource, method: Resource, *, status: str, captured: bool) -> Resource:
    """Make the charge of an attempt; `status` is succeeded, pending or failed. Not announced here."""
    return call.store.put(
        {
            "id": new_id("ch"), "object": "charge", "amount": intent["amount"],
            "amount_captured": intent["amount"] if captured else 0, "amount_refunded": 0, "application": None,
            "application_fee": None, "application_fee_amount": intent["application_fee_amount"],
            "balance_transaction": new_id("txn") if captured else None, "billing_details": method["billing_details"],
            "calculated_statement_descriptor": intent["statement_descriptor"] or "STOREKEEPER", "captured": captured,
            "created": call.now, "currency": intent["currency"], "customer": intent["customer"],
            "description": intent["description"], "disputed": False, "failure_balance_transaction": None,
            "failure_code": None, "failure_message": None, "fraud_details": {}, "livemode": False,
            "metadata": dict(intent["metadata"]), "on_behalf_of": intent["on_behalf_of"],
            "outcome": _approved() if status != "failed" else None, "paid": status != "failed",
            "payment_intent": intent["id"], "payment_method": method["id"],
            "payment_method_details": {"card": _card_details(intent, method), "type": "card"},
            "radar_options": {}, "receipt_email": intent["receipt_email"], "receipt_number": None, "receipt_url": None,
            "refunded": False, "review": None, "shipping": intent["shipping"], "source": None,
            "source_transfer": None, "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"], "status": status,
            "transfer_data": intent["transfer_data"], "transfer_group": intent["transfer_group"],
        }
    )  # fmt: skip


def _approved() -> Resource:
    return {
        "advice_code": None, "network_advice_code": None, "network_decline_code": None,
        "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": 10,
        "seller_message": "Payment complete.", "type": "authorized",
    }  # fmt: skip


def _card_details(intent: Resource, method: Resource) -> Resource:
    card = method["card"]
    copied = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    unavailable = {"status": "unavailable"}
    return {name: card[name] for name in copied} | {
        "amount_authorized": intent["amount"], "authorization_code": "123456",
        "extended_authorization": {"status": "disabled"}, "incremental_authorization": unavailable,
        "installments": None, "mandate": None, "multicapture": unavailable, "network": card["brand"],
        "network_token": {"used": False}, "network_transaction_id": intent["id"][-15:],
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated", "three_d_secure": None, "transaction_link_id": None,
    }  # fmt: skip


def fail(charge: Resource, decline: Decline) -> None:
    """Mark the charge failed for the reason the issuer gave."""
    charge |= {
        "status": "failed", "paid": False, "captured": False, "amount_captured": 0, "balance_transaction": None,
        "failure_code": decline.code, "failure_message": decline.message,
        "outcome": {
            "advice_code": "try_again_later", "network_advice_code": None, "network_decline_code": "01",
            "network_status": "declined_by_network", "reason": decline.decline_code, "risk_level": "normal",
            "risk_score": 10, "type": "issuer_declined",
            "seller_message": "The bank did not return any further details with this decline.",
        },
    }  # fmt: skip


def retrieve(call: Call) -> Resource:
    """GET /v1/charges/{id}."""
    return call.addressed("charge", param="charge")


def update(call: Call) -> Resource:
    """POST /v1/charges/{id}."""
    require_handled(call.params, frozenset({"description", "metadata", "receipt_email", "shipping"}))
    charge = call.addressed("charge", param="charge")
    charge["metadata"] = merged_metadata(charge["metadata"], call.params.get("metadata"))
    set_texts(charge, call.params, ("description", "receipt_email", "shipping"))
    call.emit("charge.updated", charge)
    return call.store.put(charge)


def list_all(call: Call) -> Resource:
    """GET /v1/charges."""
    return page(call, "charge", url="/v1/charges", equal=("customer", "payment_intent"))
