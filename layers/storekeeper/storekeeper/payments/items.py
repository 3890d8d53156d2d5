"""A payment as the map that its order holds."""

from typing import Any

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.money import Currency, Money
from storekeeper.payments.model import Payment, PaymentState


def payment_as_item(payment: Payment) -> Item:
    """What is stored; amounts in minor units of the order's currency. What is usual is left out: items stay small."""
    known = {
        "provider": payment.provider,
        "state": payment.state.value,
        "amount": payment.amount.minor,
        "captured": payment.captured.minor or None,
        "refunded": payment.refunded.minor or None,
        "capture": None if payment.capture == "automatic" else payment.capture,
        "intent_id": payment.intent_id,
        "sealed_secret": payment.sealed_secret,
        "card_brand": payment.card_brand,
        "card_last4": payment.card_last4,
        "failure_code": payment.failure_code,
    }
    return {name: value for name, value in known.items() if value is not None}


def payment_from(stored: Item, *, currency: Currency) -> Payment:
    """What was stored."""
    amounts = {name: Money(stored.get(name, 0), currency) for name in ("amount", "captured", "refunded")}
    others: dict[str, Any] = {name: value for name, value in stored.items() if name not in amounts}
    return Payment(**{**others, **amounts, "state": PaymentState(stored["state"])})
