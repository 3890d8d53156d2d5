"""Checkout: the one place where cart, price, stock, payment and order meet.

- placing: a cart becomes an order, with its stock, in one transaction
- settlement: the order follows its payment, as the provider shows it
- window: the time in which the shopper may pay; afterwards the intent is given up, then the stock
- giving up: the intent first, so that no payment can succeed for units that are somebody else's by then
- late payment: money that came after its order was given up: the stock is taken again, or the money goes back
- refund: captured money that goes back; pending until the provider has said its last word
- till: what moving an order's money needs: table, provider, key to personal data
"""

from storekeeper.checkout.cancellation.use_cases import cancel_order, look_after, reopen_cart
from storekeeper.checkout.errors import PaymentInProgress
from storekeeper.checkout.placing.model import InsufficientStock
from storekeeper.checkout.placing.use_cases import Placed, check_out
from storekeeper.checkout.refunds.items import DUE_KIND as REFUND_DUE_KIND
from storekeeper.checkout.refunds.model import LineUnits, Refund, RefundRequest
from storekeeper.checkout.refunds.use_cases import Refunded, list_refunds, refund_order, settle_refund
from storekeeper.checkout.settlement.use_cases import SECRET_PURPOSE, Till, capture_payment, mark_paid, settle_payment

__all__ = [
    "REFUND_DUE_KIND",
    "SECRET_PURPOSE",
    "InsufficientStock",
    "LineUnits",
    "PaymentInProgress",
    "Placed",
    "Refund",
    "RefundRequest",
    "Refunded",
    "Till",
    "cancel_order",
    "capture_payment",
    "check_out",
    "list_refunds",
    "look_after",
    "mark_paid",
    "refund_order",
    "reopen_cart",
    "settle_payment",
    "settle_refund",
]
