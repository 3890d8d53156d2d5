"""What an order is, and the moves that every way of changing it is made of. Pure: no clock, no table, no provider."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from storekeeper.catalog import Component
from storekeeper.inventory import Asked, SkuPick
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import CartId, OrderId, ProductId, StoreId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import move
from storekeeper.orders.statuses import (
    ORDER_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    WINDOW_TRANSITIONS,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    PaymentWindow,
    payment_status_of,
)
from storekeeper.payments import Payment
from storekeeper.pricing import Totals

STOREFRONT = "storefront"  # the source of an order that a shopper placed


class OrderNotFound(NotFound):
    """No such order of this tenant."""

    def __init__(self) -> None:
        super().__init__("There is no such order.")


class OrderLine(Struct, frozen=True):
    """What was bought of one SKU, at the prices of that moment.

    `quantity` counts units, and so do `fulfilled`, `refunded`, `returned` and `cancelled` (taken off the order before
    they left, their stock given back), each up to `quantity`; `fulfilled` and `cancelled` together too. `unit_price` is
    net; `unit_price_shown`, where prices include tax, is what the shopper saw. Amounts are pricing's and are never
    computed again. Each unit's downloads may be fetched `download_limit` times, within `download_days` of the payment.
    `components` are those of the kit as it was bought, whatever becomes of it: the order owns, ships and returns them.
    """

    id: str
    sku: str
    product_id: ProductId
    title: str
    quantity: int
    unit_price: Money
    discount: Money
    tax: Money
    total: Money
    variant_title: str | None = None
    unit_price_shown: Money | None = None
    requires_shipping: bool = True
    weight_g: int = 0
    download_limit: int | None = None
    download_days: int | None = None
    fulfilled: int = 0
    refunded: int = 0
    returned: int = 0
    cancelled: int = 0
    components: tuple[Component, ...] = ()

    def asked(self, units: int) -> Asked:
        """So many units of the line, as they lie on shelves."""
        return Asked(self.sku, units, self.components)

    @property
    def unfulfilled(self) -> int:
        """Units that have yet to leave."""
        return self.quantity - self.fulfilled - self.cancelled


class Contact(Struct, frozen=True):
    """What the shopper said about themselves: personal data, sealed at rest.

    The cart's id is among it because it is the key to the cart, and no other id may reveal it.
    """

    email: str
    shipping_address: Address | None = None
    billing_address: Address | None = None
    note: str | None = None
    gift_message: str | None = None
    cart_id: CartId | None = None


class ShippingChoice(Struct, frozen=True):
    """The shipping method as it was chosen. `tracking_template` has `{tracking_number}` where the number goes."""

    id: str
    name: str
    days_min: int | None = None
    days_max: int | None = None
    tracking_template: str | None = None


class Order(Struct, frozen=True):
    """One sale.

    `picks` are the units that are reserved for it and have not left. `put_aside` are the ids of serials that were put
    aside for it; some of them may have left, or been set free, since. `sealed_contact` is opened only where somebody is
    to read it, `email_hash` finds the orders of a shopper. `due_at` is when the sweeper looks at the payment next; it
    is there exactly while the window is not closed. `paid_at`, when it was first paid in full, is kept only of orders
    whose downloads end some days after.
    """

    tenant_id: TenantId
    id: OrderId
    store_id: StoreId
    number: str
    currency: Currency
    lines: tuple[OrderLine, ...]
    totals: Totals
    prices_include_tax: bool
    sealed_contact: str
    email_hash: str
    payment: Payment | None
    placed_at: datetime
    updated_at: datetime
    status: OrderStatus = OrderStatus.PENDING
    payment_status: PaymentStatus = PaymentStatus.PENDING
    fulfillment_status: FulfillmentStatus = FulfillmentStatus.UNFULFILLED
    window: PaymentWindow = PaymentWindow.CLOSED
    due_at: datetime | None = None
    picks: tuple[SkuPick, ...] = ()
    put_aside: tuple[str, ...] = ()
    shipping_method: ShippingChoice | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    test: bool = False
    source: str = STOREFRONT
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    delivered_at: datetime | None = None
    paid_at: datetime | None = None
    version: int = 1

    @property
    def units(self) -> int:
        """All units of all lines."""
        return sum(line.quantity for line in self.lines)

    def owned(self, sku: str) -> int:
        """Units of a SKU that are reserved for it, at all locations."""
        return sum(pick.units for pick in self.picks if pick.sku == sku)

    @property
    def is_paid(self) -> bool:
        """Whether all of its money came, and not all of it went back. An authorization is no payment."""
        whole = self.payment is None or self.payment.amount <= self.payment.captured
        return whole and self.payment_status in {PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED}


def changed(order: Order, *, now: datetime, **changes: Any) -> Order:
    """The order with these changes, one version on. Its times never go back, whatever the clocks say."""
    return replace(order, **changes, version=order.version + 1, updated_at=max(now, order.updated_at))


def moved(order: Order, to: OrderStatus, *, now: datetime, **changes: Any) -> Order:
    """The order in another status.

    Raises:
        WrongState: the status cannot follow its present one.
    """
    return changed(order, now=now, status=move(order.status, to, ORDER_TRANSITIONS), **changes)


def paid_with(order: Order, payment: Payment | None, *, now: datetime, **changes: Any) -> Order:
    """The order with its payment as it is now, and the payment status that follows from it.

    Raises:
        WrongState: the payment status cannot follow its present one.
    """
    status = payment_status_of(payment)
    if status is not order.payment_status:
        status = move(order.payment_status, status, PAYMENT_TRANSITIONS)
    is_timed = status is PaymentStatus.PAID and any(line.download_days for line in order.lines)
    paid_at = order.paid_at or (max(now, order.updated_at) if is_timed else None)
    return changed(order, now=now, payment=payment, payment_status=status, paid_at=paid_at, **changes)


def window_moved(order: Order, to: PaymentWindow, *, due_at: datetime | None, now: datetime, **changes: Any) -> Order:
    """The order with its payment window moved. `due_at`: when the sweeper looks next; None for a closed window.

    Raises:
        WrongState: the window cannot come to be that.
    """
    window = move(order.window, to, WINDOW_TRANSITIONS)
    if (due_at is None) is not (window is PaymentWindow.CLOSED):
        raise ValueError("a window is due exactly while it is not closed")
    return changed(order, now=now, window=window, due_at=due_at, **changes)
