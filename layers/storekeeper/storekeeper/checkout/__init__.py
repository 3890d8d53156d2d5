"""Checkout: the one place where cart, price, stock, payment and order meet.

- placing: a cart becomes an order, with its stock, in one transaction
- settlement: the order follows its payment, as the provider shows it
- window: the time in which the shopper may pay; afterwards the intent is given up, then the stock
- giving up: the intent first, so that no payment can succeed for units that are somebody else's by then
- late payment: money that came after its order was given up: the stock is taken again, or the money goes back
- refund: captured money that goes back; pending until the provider has said its last word
- link: leave to fetch a download for some minutes
- till: what moving an order's money needs: table, provider, key to personal data
"""

from storekeeper.checkout.cancellation.use_cases import cancel_order, look_after, reopen_cart
from storekeeper.checkout.due import look_after_due, settle_due_refund
from storekeeper.checkout.errors import PaymentInProgress
from storekeeper.checkout.links import Link, give_link
from storekeeper.checkout.placing.model import InsufficientStock
from storekeeper.checkout.placing.use_cases import Placed, check_out
from storekeeper.checkout.refunds.items import DUE_KIND as REFUND_DUE_KIND
from storekeeper.checkout.refunds.model import OPEN_STATES, LineUnits, Refund, RefundRequest
from storekeeper.checkout.refunds.use_cases import (
    Refunded,
    RefundNotFound,
    list_refunds,
    refund_order,
    settle_refund,
)
from storekeeper.checkout.settlement.use_cases import capture_payment, mark_paid, settle_payment
from storekeeper.checkout.till import SECRET_PURPOSE, Till
from storekeeper.checkout.tracking import Tracked, find_followed, track_order

__all__ = [
    "OPEN_STATES",
    "REFUND_DUE_KIND",
    "SECRET_PURPOSE",
    "InsufficientStock",
    "LineUnits",
    "Link",
    "PaymentInProgress",
    "Placed",
    "Refund",
    "RefundNotFound",
    "RefundRequest",
    "Refunded",
    "Till",
    "Tracked",
    "cancel_order",
    "capture_payment",
    "check_out",
    "find_followed",
    "give_link",
    "list_refunds",
    "look_after",
    "look_after_due",
    "mark_paid",
    "refund_order",
    "reopen_cart",
    "settle_due_refund",
    "settle_payment",
    "settle_refund",
    "track_order",
]
