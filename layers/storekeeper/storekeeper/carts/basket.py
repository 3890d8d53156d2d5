"""A cart with all that it means at this moment: offers, stock, shipping, prices, hold. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from storekeeper.carts.model import Cart, CartItem
from storekeeper.catalog import Offer
from storekeeper.inventory import Asked, Hold, Level, available_units, demand_of, kits_in
from storekeeper.kernel.records import replace
from storekeeper.pricing import (
    SHIPPING_METHODS,
    TAX_RATES,
    BasketLine,
    Destination,
    PricedBasket,
    PricedLine,
    Quote,
    TaxTable,
    applicable_methods,
    parcel_of,
    price_basket,
    rows_of,
)
from storekeeper.tenancy import Settings, Store


class Basket(Struct, frozen=True):
    """A cart as it can be shown and checked out. Mappings are by SKU and hold every SKU of the cart.

    `levels` are those of what is kept on shelves: of a kit its components'. `available` is what the cart could have:
    what can be sold, and what its hold has already. `quotes` are the shipping methods that apply, `shipping` the one
    chosen. An item that cannot be sold now stays in the cart, but is not in `priced`: nobody pays for it, and checkout
    is refused until it is removed.
    """

    cart: Cart
    store: Store
    settings: Settings
    offers: Mapping[str, Offer | None]
    levels: Mapping[str, tuple[Level, ...]]
    available: Mapping[str, int]
    hold: Hold | None
    taxes: TaxTable
    destination: Destination | None
    quotes: tuple[Quote, ...]
    shipping: Quote | None
    priced: PricedBasket

    def offer(self, item: CartItem) -> Offer | None:
        """What is sold under the item's SKU; None while it cannot be sold."""
        return _sold(self.offers.get(item.sku))

    def asked(self) -> tuple[Asked, ...]:
        """What the cart wants to have, kits with their components of this moment."""
        return asked_by(self.cart.items, self.offers)

    def demand(self) -> dict[str, int]:
        """The units that it needs from shelves, by SKU."""
        return demand_of(self.asked())

    def unsold_items(self) -> tuple[CartItem, ...]:
        """The items that cannot be sold now: they stand in the way of a checkout."""
        return tuple(item for item in self.cart.items if self.offer(item) is None)

    def needs_shipping(self) -> bool:
        """Whether anything in it must be sent."""
        offers = (self.offer(item) for item in self.cart.items)
        return any(offer.requires_shipping for offer in offers if offer)

    def priced_lines(self) -> Mapping[str, PricedLine]:
        """What items cost, by the id of the item."""
        return {line.line_id: line for line in self.priced.lines}

    def hold_expires_at(self, now: datetime) -> datetime | None:
        """Until when units are reserved for it; None where none are, by the clock."""
        return self.hold.expires_at if self.hold and self.hold.is_live(now) else None


def asked_by(items: Iterable[CartItem], offers: Mapping[str, Offer | None]) -> tuple[Asked, ...]:
    """What items want to have, kits with their components."""
    sold = ((item, offers[item.sku]) for item in items)
    return tuple(Asked(item.sku, item.units, offer.components if offer else ()) for item, offer in sold)


def fill_basket(
    cart: Cart,
    *,
    settings: Settings,
    offers: Mapping[str, Offer | None],
    levels: Mapping[str, tuple[Level, ...]],
    hold: Hold | None,
) -> Basket:
    """The basket of a cart. A chosen shipping method that does not apply (any more) is dropped from the cart."""
    store = settings.store(cart.store_id)
    lines = [BasketLine(item.id, offer, item.units) for item in cart.items if (offer := _sold(offers[item.sku]))]
    taxes = TaxTable(rows_of(TAX_RATES, settings, store.id))
    destination = Destination.of(cart.contact.shipping_address)
    methods = rows_of(SHIPPING_METHODS, settings, store.id)
    quotes = applicable_methods(methods, parcel_of(lines, store.currency), destination=destination)
    shipping = next((quote for quote in quotes if quote.method.id == cart.shipping_method_id), None)
    priced = price_basket(
        lines,
        currency=store.currency,
        taxes=taxes,
        destination=destination,
        prices_include_tax=store.settings.prices_include_tax,
        shipping=shipping,
    )
    return Basket(
        cart=replace(cart, shipping_method_id=shipping.method.id if shipping else None),
        store=store,
        settings=settings,
        offers=offers,
        levels=levels,
        available={item.sku: _available(item, offers, levels, hold) for item in cart.items},
        hold=hold,
        taxes=taxes,
        destination=destination,
        quotes=quotes,
        shipping=shipping,
        priced=priced,
    )


def _sold(offer: Offer | None) -> Offer | None:
    return offer if offer and offer.sellable else None


def _available(
    item: CartItem,
    offers: Mapping[str, Offer | None],
    levels: Mapping[str, tuple[Level, ...]],
    hold: Hold | None,
) -> int:
    if (offer := _sold(offers[item.sku])) is None:
        return 0
    if offer.components:
        return kits_in(offer.components, {one.sku: _units(one.sku, levels, hold) for one in offer.components})
    return _units(item.sku, levels, hold)


def _units(sku: str, levels: Mapping[str, tuple[Level, ...]], hold: Hold | None) -> int:
    held = sum(pick.units for pick in hold.picks if pick.sku == sku) if hold else 0
    return available_units(levels[sku]) + held
