"""The four state tables of an order, and how the payment's part follows from the payment."""

from collections.abc import Mapping
from enum import StrEnum

from storekeeper.payments import Payment, PaymentState


class OrderStatus(StrEnum):
    """Where the order as a whole stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class PaymentStatus(StrEnum):
    """What the money for the order amounts to."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAID = "paid"
    PARTIALLY_PAID = "partially_paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"


class FulfillmentStatus(StrEnum):
    """How much of the order has left."""

    UNFULFILLED = "unfulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"


class PaymentWindow(StrEnum):
    """Whether the shopper may still pay. Unless it is closed, the sweep looks after the payment.

    `expiring`: it is over, and what it held is being given up or put back. `authorized`: money waits to be captured,
    which the shopper's bank allows for some days.
    """

    OPEN = "open"
    AUTHORIZED = "authorized"
    EXPIRING = "expiring"
    CLOSED = "closed"


ORDER_TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PROCESSING, OrderStatus.CANCELLED}),
    OrderStatus.PROCESSING: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED, OrderStatus.RETURNED}),
    OrderStatus.DELIVERED: frozenset({OrderStatus.RETURNED}),
    # A payment that succeeds after the order was given up takes the stock again, if it is still there.
    OrderStatus.CANCELLED: frozenset({OrderStatus.PROCESSING}),
    OrderStatus.RETURNED: frozenset(),
}
ORDER_TERMINAL = frozenset({OrderStatus.RETURNED})

PAYMENT_TRANSITIONS: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING: frozenset(
        {PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_PAID, PaymentStatus.PAID, PaymentStatus.FAILED}
    ),
    PaymentStatus.AUTHORIZED: frozenset({PaymentStatus.PARTIALLY_PAID, PaymentStatus.PAID, PaymentStatus.FAILED}),
    PaymentStatus.PARTIALLY_PAID: frozenset(
        {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED}
    ),
    PaymentStatus.PAID: frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED}),
    # Back again: a refund that the bank refuses leaves the money with the merchant.
    PaymentStatus.PARTIALLY_REFUNDED: frozenset(
        {PaymentStatus.REFUNDED, PaymentStatus.PAID, PaymentStatus.PARTIALLY_PAID}
    ),
    PaymentStatus.REFUNDED: frozenset(
        {PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.PAID, PaymentStatus.PARTIALLY_PAID}
    ),
    # The shopper tries again on the same intent.
    PaymentStatus.FAILED: frozenset(
        {PaymentStatus.PENDING, PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_PAID, PaymentStatus.PAID}
    ),
}
PAYMENT_TERMINAL: frozenset[PaymentStatus] = frozenset()

FULFILLMENT_TRANSITIONS: Mapping[FulfillmentStatus, frozenset[FulfillmentStatus]] = {
    FulfillmentStatus.UNFULFILLED: frozenset({FulfillmentStatus.PARTIALLY_FULFILLED, FulfillmentStatus.FULFILLED}),
    FulfillmentStatus.PARTIALLY_FULFILLED: frozenset({FulfillmentStatus.FULFILLED}),
    FulfillmentStatus.FULFILLED: frozenset(),
}
FULFILLMENT_TERMINAL = frozenset({FulfillmentStatus.FULFILLED})

WINDOW_TRANSITIONS: Mapping[PaymentWindow, frozenset[PaymentWindow]] = {
    PaymentWindow.OPEN: frozenset({PaymentWindow.AUTHORIZED, PaymentWindow.EXPIRING, PaymentWindow.CLOSED}),
    PaymentWindow.AUTHORIZED: frozenset({PaymentWindow.EXPIRING, PaymentWindow.CLOSED}),
    # Open again: the intent turned out to be in the middle of a payment.
    PaymentWindow.EXPIRING: frozenset({PaymentWindow.OPEN, PaymentWindow.AUTHORIZED, PaymentWindow.CLOSED}),
    # Again: an order that is cancelled later leaves the sweeper something to put back, or to give up.
    PaymentWindow.CLOSED: frozenset({PaymentWindow.EXPIRING}),
}
WINDOW_TERMINAL: frozenset[PaymentWindow] = frozenset()


def payment_status_of(payment: Payment | None) -> PaymentStatus:
    """What a payment amounts to. None, for an order that costs nothing, is paid."""
    if payment is None:
        return PaymentStatus.PAID
    if payment.captured:
        return _of_captured(payment)
    if payment.state is PaymentState.REQUIRES_CAPTURE:
        return PaymentStatus.AUTHORIZED
    failed = payment.state is PaymentState.CANCELLED or payment.failure_code is not None
    return PaymentStatus.FAILED if failed else PaymentStatus.PENDING


def _of_captured(payment: Payment) -> PaymentStatus:
    if payment.refunded:
        whole = payment.captured <= payment.refunded
        return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    return PaymentStatus.PAID if payment.amount <= payment.captured else PaymentStatus.PARTIALLY_PAID
