"""Decide whether a basket can be bought, and what the order is. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from storekeeper.carts import Basket
from storekeeper.checkout.settlement.model import LOOKS
from storekeeper.inventory import Level, OutOfStock, Shortage, SkuPick, plan_hold, told_shortages
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.money import Money
from storekeeper.orders import (
    Contact,
    Order,
    OrderLine,
    OrderStatus,
    PaymentStatus,
    PaymentWindow,
    ShippingChoice,
)
from storekeeper.payments import Payment, Provider, check_chargeable, manual_payment, stripe_payment
from storekeeper.pricing import PricedLine


class InsufficientStock(StorekeeperError):
    """Fewer units than the cart asks for; `errors` names every SKU that is short.

    `wanted` are units by SKU of what was short on shelves: of a kit its components.
    """

    code, kind = "insufficient_stock", "conflict"

    def __init__(self, shortages: Iterable[Shortage], *, on_shelves: Iterable[Shortage] = ()) -> None:
        self.wanted = {short.sku: short.requested for short in on_shelves}
        faults = tuple(
            Fault(
                "items",
                self.code,
                f"{short.available} of the {short.requested} units of {short.sku} asked for are available.",
                (("sku", short.sku), ("requested", short.requested), ("available", short.available)),
            )
            for short in shortages
        )
        super().__init__("There is too little stock for this cart; nothing was ordered.", faults=faults)


def check_complete(basket: Basket, *, method: Provider) -> None:
    """Refuse a basket that lacks what an order needs; every fault at once.

    Raises:
        Invalid: a fault per missing thing.
        AmountNotChargeable: cards do not know amounts of that many decimals.
        InsufficientStock: something in it is not sold any more.
    """
    faults = tuple(_faults(basket, method))
    if faults:
        raise Invalid("The cart is not complete; see errors.", faults=faults)
    if unsold := basket.unsold_items():
        raise InsufficientStock(Shortage(item.sku, requested=item.units, available=0) for item in unsold)
    if method == "stripe" and basket.priced.totals.total:
        check_chargeable(basket.priced.totals.total)


def _faults(basket: Basket, method: Provider) -> Iterable[Fault]:
    contact = basket.cart.contact
    if not basket.cart.items:
        yield Fault("items", "cart_empty", "Put something into the cart.")
    if not contact.email:
        yield Fault("email", "email_missing", "Give an e-mail address.")
    if basket.needs_shipping():
        if contact.shipping_address is None:
            yield Fault("shipping_address", "address_missing", "Give the address to send to.")
        if basket.shipping is None:
            yield Fault("shipping_method_id", "shipping_method_missing", "Choose one of the cart's shipping-methods.")
    if method not in basket.store.settings.payment_methods:
        yield Fault("payment_method", "payment_method_unavailable", "This store does not take this way to pay.")


def plan_order(basket: Basket, *, throw: int = 0) -> tuple[SkuPick, ...]:
    """Which units the order gets: those of the cart's own hold first, whether it is over or not, then others.

    `throw` chooses among the buckets of hot SKUs, see `inventory.plan_picks`.

    Raises:
        InsufficientStock: names every SKU that is short.
    """
    levels: Mapping[str, tuple[Level, ...]] = basket.levels
    try:
        return plan_hold(basket.hold.picks if basket.hold else (), levels, demand=basket.demand(), throw=throw)
    except OutOfStock as refused:
        raise too_little(basket, refused) from refused


def too_little(basket: Basket, refused: OutOfStock) -> InsufficientStock:
    """What a shopper is told of it: which lines of the cart, kits by their own SKU."""
    return InsufficientStock(told_shortages(basket.asked(), refused.shortages), on_shelves=refused.shortages)


def order_of(
    basket: Basket,
    picks: tuple[SkuPick, ...],
    *,
    number: str,
    sealed_contact: str,
    email_hash: str,
    method: Provider,
    now: datetime,
) -> Order:
    """The order that the basket becomes. What is to be paid by card waits for it; all else goes to be fulfilled."""
    cart, total = basket.cart, basket.priced.totals.total
    payment = _payment(total, method, basket)
    waits = payment is not None and payment.provider == "stripe"
    return Order(
        tenant_id=cart.tenant_id,
        id=OrderId(cart.next_order_id),
        store_id=cart.store_id,
        number=number,
        currency=basket.store.currency,
        lines=_lines(basket),
        totals=basket.priced.totals,
        prices_include_tax=basket.store.settings.prices_include_tax,
        sealed_contact=sealed_contact,
        email_hash=email_hash,
        payment=payment,
        placed_at=now,
        updated_at=now,
        status=OrderStatus.PENDING if waits else OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PENDING if payment else PaymentStatus.PAID,
        window=PaymentWindow.OPEN if waits else PaymentWindow.CLOSED,
        due_at=now + LOOKS[0] if waits else None,
        picks=picks,
        shipping_method=_shipping(basket),
    )


def contact_of(basket: Basket) -> Contact:
    """What the order keeps of what the shopper said."""
    said = basket.cart.contact
    return Contact(
        email=said.email or "",
        shipping_address=said.shipping_address,
        billing_address=said.billing_address or said.shipping_address,
        note=said.note,
        cart_id=basket.cart.id,
    )


def _payment(total: Money, method: Provider, basket: Basket) -> Payment | None:
    if not total:
        return None
    if method == "manual":
        return manual_payment(total)
    return stripe_payment(total, capture=basket.store.settings.capture)


def _lines(basket: Basket) -> tuple[OrderLine, ...]:
    priced: Mapping[str, PricedLine] = basket.priced_lines()
    lines = []
    for item in basket.cart.items:
        offer, price = basket.offer(item), priced[item.id]
        if offer is None:
            raise ValueError("an item that is not sold reached an order")
        lines.append(
            OrderLine(
                id=item.id,
                sku=item.sku,
                product_id=item.product_id,
                title=offer.title,
                variant_title=offer.variant_title or None,
                quantity=item.units,
                unit_price=price.unit_price,
                unit_price_shown=price.unit_price_shown,
                discount=price.discount,
                tax=price.tax,
                total=price.total,
                requires_shipping=offer.requires_shipping,
                weight_g=offer.weight_g,
                download_limit=offer.download_limit,
                download_days=offer.download_days,
                components=offer.components,
            )
        )
    return tuple(lines)


def _shipping(basket: Basket) -> ShippingChoice | None:
    if basket.shipping is None:
        return None
    method = basket.shipping.method
    terms = method.terms
    return ShippingChoice(method.id, terms.name, terms.min_days, terms.max_days, terms.tracking_url_template)
