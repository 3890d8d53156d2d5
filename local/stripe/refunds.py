"""Refunds: money of a charge going back, never more than the charge took."""

from __future__ import annotations

from local.stripe.amounts import check_last_digit, check_positive, money_text
from local.stripe.calls import Call, merged_metadata, require_handled
from local.stripe.errors import ApiError, invalid, no_such
from local.stripe.listing import page
from local.stripe.payment_methods import fate_of
from local.stripe.store import Resource, new_id

_CREATED_WITH = frozenset({"amount", "charge", "payment_intent", "reason", "metadata"})


def create(call: Call) -> Resource:
    """POST /v1/refunds, for a charge or a PaymentIntent, in full unless `amount` says less.

    Raises:
        ApiError: 400; nothing was captured, all is refunded, or more is asked than is left.
    """
    require_handled(call.params, _CREATED_WITH)
    charge = _refunded_charge(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = call.params.get("amount", left)
    check_positive(amount, param="amount")
    check_last_digit(amount, currency=charge["currency"], param="amount")
    if amount > left:
        raise invalid(
            f"Refund amount ({money_text(amount, charge['currency'])}) is greater than unrefunded amount on charge "
            f"({money_text(left, charge['currency'])})",
            param="amount",
        )
    metadata = merged_metadata({}, call.params.get("metadata"))
    fate = fate_of(call.named("payment_method", charge["payment_method"], param="payment_method")).refunds
    refund = _refund(call, charge, amount=amount)
    refund |= {"metadata": metadata, "reason": call.params.get("reason"), "_fate": fate}
    if fate == "pending":
        refund["status"] = "pending"
    give_back(charge, amount)
    call.store.put(charge)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge)
    return call.store.put(refund)


def _refunded_charge(call: Call) -> Resource:
    params = call.params
    if "charge" in params and "payment_intent" in params:
        charge = _find(call, "charge", params["charge"], param="charge")
        if charge["payment_intent"] != params["payment_intent"]:
            raise invalid(f"Charge {charge['id']} does not belong to PaymentIntent {params['payment_intent']}.")
    elif "charge" in params:
        charge = _find(call, "charge", params["charge"], param="charge")
    elif "payment_intent" in params:
        intent = _find(call, "payment_intent", params["payment_intent"], param="payment_intent")
        charge = call.store.find("charge", intent["latest_charge"] or "") or {}
    else:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if not charge.get("captured"):
        raise _nothing_to_refund(params)
    return charge


def _find(call: Call, kind: str, resource_id: str, *, param: str) -> Resource:
    found = call.store.find(kind, resource_id)
    if found is None:
        raise no_such(kind, resource_id, param=param)
    return found


def _nothing_to_refund(params: Resource) -> ApiError:
    if "payment_intent" in params:
        return invalid(
            f"This PaymentIntent ({params['payment_intent']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return invalid(f"Charge {params['charge']} has not been captured and cannot be refunded.", param="charge")


def _refund(call: Call, charge: Resource, *, amount: int) -> Resource:
    return {
        "id": new_id("re"), "object": "refund", "amount": amount, "balance_transaction": new_id("txn"),
        "charge": charge["id"], "created": call.now, "currency": charge["currency"], "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {"reference": "0123456789", "reference_status": "available",
                     "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": {}, "payment_intent": charge["payment_intent"], "payment_method": charge["payment_method"],
        "reason": None, "receipt_number": None, "source_transfer_reversal": None, "status": "succeeded",
        "transfer_reversal": None,
    }  # fmt: skip


def give_back(charge: Resource, amount: int) -> None:
    """Count `amount` as refunded; a negative amount takes a failed refund back."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]


def settle(call: Call, refund: Resource, *, succeeds: bool) -> None:
    """End a refund that is pending, or let one that seemed done fail later, as banks do.

    Raises:
        ApiError: 400, it has ended already.
    """
    pending = refund["status"] == "pending"
    if not pending and (succeeds or refund["_fate"] != "fails" or refund["status"] != "succeeded"):
        raise invalid(f"Refund {refund['id']} has a status of {refund['status']} and will not change.")
    charge = call.named("charge", refund["charge"], param="charge")
    previous = {"status": refund["status"]}
    refund["status"] = "succeeded" if succeeds else "failed"
    if not succeeds:
        refund |= {"failure_reason": "expired_or_canceled_card", "failure_balance_transaction": new_id("txn")}
        give_back(charge, -refund["amount"])
        call.store.put(charge)
        call.emit("refund.failed", refund)
    call.store.put(refund)
    call.emit("refund.updated", refund, previous=previous)
    call.emit("charge.refund.updated", refund, previous=previous)


def retrieve(call: Call) -> Resource:
    """GET /v1/refunds/{id}."""
    return call.addressed("refund")


def update(call: Call) -> Resource:
    """POST /v1/refunds/{id}: only its metadata can change."""
    refund = call.addressed("refund")
    previous = {"metadata": refund["metadata"]}
    refund["metadata"] = merged_metadata(refund["metadata"], call.params.get("metadata"))
    call.emit("refund.updated", refund, previous=previous)
    return call.store.put(refund)


def list_all(call: Call) -> Resource:
    """GET /v1/refunds."""
    return page(call, "refund", url="/v1/refunds", equal=("charge", "payment_intent"))
