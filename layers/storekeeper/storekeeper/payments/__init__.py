"""Payments: what is known of the money for an order, and the gateway to whoever moves it.

- provider: who moves the money: `stripe` (by card), or `manual` (the merchant says when it came)
- payment: the money for one order; kept inside the order
- intent: the provider's own record of a payment; the provider's word counts, ours is a copy
- captured: money taken; refunded: money asked back and not refused since
- hint: what a webhook says, reduced to ids: a reason to ask the provider, never a fact by itself
- verdict: how a call to a provider ended: declined, refused (both final) or unavailable (try again)
"""

from storekeeper.payments.amounts import AmountNotChargeable, check_chargeable
from storekeeper.payments.credentials import StripeKeys, read_stripe_keys, stripe_gateway
from storekeeper.payments.gateway import PaymentGateway
from storekeeper.payments.hints import PaymentHint, hint_from_event
from storekeeper.payments.items import payment_as_item, payment_from
from storekeeper.payments.model import (
    FINAL_STATES,
    CaptureMethod,
    Intent,
    IntentRequest,
    Payment,
    PaymentDeclined,
    PaymentState,
    Provider,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundState,
    manual_payment,
    stripe_payment,
    update_from_intent,
)
from storekeeper.payments.signatures import SignatureRefused, check_signature

__all__ = [
    "FINAL_STATES",
    "AmountNotChargeable",
    "CaptureMethod",
    "Intent",
    "IntentRequest",
    "Payment",
    "PaymentDeclined",
    "PaymentGateway",
    "PaymentHint",
    "PaymentState",
    "Provider",
    "ProviderRefund",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundRequest",
    "RefundState",
    "SignatureRefused",
    "StripeKeys",
    "check_chargeable",
    "check_signature",
    "hint_from_event",
    "manual_payment",
    "payment_as_item",
    "payment_from",
    "read_stripe_keys",
    "stripe_gateway",
    "stripe_payment",
    "update_from_intent",
]
