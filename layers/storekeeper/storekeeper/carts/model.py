"""What a cart is, and how it may be changed. Pure: no clock, no table, no price."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import CartId, OrderId, ProductId, StoreId, TenantId, derived_id, new_id
from storekeeper.kernel.records import replace

MAX_LINES = 100
MAX_UNITS = 9_999
ACTIVE_FOR = timedelta(days=30)


class CartStatus(StrEnum):
    """Where a cart is on its way to an order."""

    ACTIVE = "active"
    ABANDONED = "abandoned"
    RECOVERED = "recovered"
    CONVERTED = "converted"
    EXPIRED = "expired"


TRANSITIONS: Mapping[CartStatus, frozenset[CartStatus]] = {
    CartStatus.ACTIVE: frozenset({CartStatus.ABANDONED, CartStatus.CONVERTED, CartStatus.EXPIRED}),
    CartStatus.ABANDONED: frozenset({CartStatus.RECOVERED, CartStatus.CONVERTED, CartStatus.EXPIRED}),
    CartStatus.RECOVERED: frozenset({CartStatus.ABANDONED, CartStatus.CONVERTED, CartStatus.EXPIRED}),
    CartStatus.CONVERTED: frozenset({CartStatus.ACTIVE}),
    CartStatus.EXPIRED: frozenset(),
}
TERMINAL = frozenset({CartStatus.EXPIRED})


class CartConverted(StorekeeperError):
    """The cart has become an order; it changes no more unless it is reopened."""

    code, kind = "cart_converted", "conflict"

    def __init__(self) -> None:
        super().__init__("This cart has become an order; reopen it to change it.")


class CartExpired(StorekeeperError):
    """Nobody touched the cart for `ACTIVE_FOR`."""

    code, kind = "cart_expired", "conflict"

    def __init__(self) -> None:
        super().__init__("This cart was left alone for too long; start a new one.")


class CartNotFound(NotFound):
    """No such cart in this store."""

    def __init__(self) -> None:
        super().__init__("This store has no such cart.")


class CartItem(Struct, frozen=True):
    """Units of one SKU; a cart has at most one item for each SKU."""

    id: str
    sku: str
    product_id: ProductId
    units: int


class Contact(Struct, frozen=True):
    """What the shopper said about themselves: personal data, sealed at rest."""

    email: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    note: str | None = None


class Cart(Struct, frozen=True):
    """What a shopper means to buy. No prices: they are computed anew each time it is shown.

    `order_id` is there exactly while the cart is converted. `attempt` counts the orders it may become: reopening
    begins the next one. `status` is what is stored; `status_at` also knows the clock. `published`: the tenant wants
    events of its carts, as far as the last change knew.
    """

    tenant_id: TenantId
    id: CartId
    store_id: StoreId
    created_at: datetime
    updated_at: datetime
    attempt_at: datetime
    status: CartStatus = CartStatus.ACTIVE
    items: tuple[CartItem, ...] = ()
    contact: Contact = Contact()
    shipping_method_id: str | None = None
    utm: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    order_id: OrderId | None = None
    published: bool = False
    version: int = 1

    @property
    def next_order_id(self) -> OrderId:
        """The id of the order that this attempt becomes: the same whoever asks, so that a cart cannot give two."""
        return OrderId(derived_id("ord", self.id, str(self.attempt), at=self.attempt_at))

    def status_at(self, now: datetime) -> CartStatus:
        """Its status at an instant: one that may still be bought expires when it is left alone for `ACTIVE_FOR`."""
        expires = CartStatus.EXPIRED in TRANSITIONS[self.status]
        return CartStatus.EXPIRED if expires and self.updated_at + ACTIVE_FOR <= now else self.status

    def check_open(self, now: datetime) -> None:
        """Refuse unless it can still be changed and bought.

        Raises:
            CartConverted: it has become an order.
            CartExpired: it was left alone for too long.
        """
        status = self.status_at(now)
        if status is CartStatus.CONVERTED:
            raise CartConverted
        if status is CartStatus.EXPIRED:
            raise CartExpired

    def find_item(self, item_id: str) -> CartItem:
        """The item with this id.

        Raises:
            NotFound: there is none.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise NotFound("The cart has no such item.")


def new_cart(tenant_id: TenantId, store_id: StoreId, *, now: datetime) -> Cart:
    """An empty cart. Its id is the only key to it, so it is never derived from anything."""
    cart_id = CartId(new_id("cart", at=now))
    return Cart(tenant_id, cart_id, store_id, created_at=now, updated_at=now, attempt_at=now)


def add_units(cart: Cart, sku: str, product_id: ProductId, *, units: int, field: str, now: datetime) -> Cart:
    """The cart with more units of a SKU: added to the item it has, or as a new last one. `field` names what was sent.

    Raises:
        Invalid: `quantity_out_of_range`, over `MAX_UNITS` of the SKU; `too_many_lines`, over `MAX_LINES` SKUs.
    """
    present = next((item for item in cart.items if item.sku == sku), None)
    if present:
        return set_units(cart, present.id, units=present.units + units, field=field)
    if len(cart.items) >= MAX_LINES:
        raise Invalid.field(field, "too_many_lines", f"A cart holds at most {MAX_LINES} different SKUs.")
    added = CartItem(new_id("itm", at=now), sku, product_id, _checked(units, field))
    return replace(cart, items=(*cart.items, added))


def set_units(cart: Cart, item_id: str, *, units: int, field: str) -> Cart:
    """The cart with this many units of an item.

    Raises:
        NotFound: it has no such item.
        Invalid: `quantity_out_of_range`.
    """
    changed = replace(cart.find_item(item_id), units=_checked(units, field))
    return replace(cart, items=tuple(changed if item.id == item_id else item for item in cart.items))


def remove_item(cart: Cart, item_id: str) -> Cart:
    """The cart without an item.

    Raises:
        NotFound: it has no such item.
    """
    removed = cart.find_item(item_id)
    return replace(cart, items=tuple(item for item in cart.items if item is not removed))


def _checked(units: int, field: str) -> int:
    if not 1 <= units <= MAX_UNITS:
        raise Invalid.field(field, "quantity_out_of_range", f"A cart holds 1 to {MAX_UNITS} units of a SKU.")
    return units
