"""What shoppers do with carts. Each change reads twice and writes once; one that lost a race is applied again."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.carts import items
from storekeeper.carts.basket import Basket
from storekeeper.carts.details import Details, with_details
from storekeeper.carts.model import (
    Cart,
    CartConverted,
    add_units,
    new_cart,
    remove_item,
    set_units,
)
from storekeeper.carts.store import CartStore, FoundCart
from storekeeper.inventory import Hold, Leases, OutOfStock, Shortage, place_or_renew_hold, told_shortages
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.writes import Write


class CartEmpty(StorekeeperError):
    """There is nothing in the cart."""

    code, kind = "cart_empty", "conflict"

    def __init__(self) -> None:
        super().__init__("The cart is empty.")


class Addition(Struct, frozen=True):
    """Units of a SKU that a shopper puts into a cart; `path` is where the request said so, with a dot at its end."""

    sku: str
    units: int
    path: str = ""


def create_cart(
    *,
    additions: Sequence[Addition] = (),
    details: Details,
    carts: CartStore,
    now: datetime,
    remember: Remember[Basket] = forget,
) -> Basket:
    """A new cart, with what the shopper has said so far.

    Raises:
        Invalid: `sku_unknown`, `quantity_out_of_range`, `too_many_lines`, `shipping_method_unavailable`.
        CodeUnknown: a coupon or a gift card is none.
    """
    settings, products = carts.open_settings([addition.sku for addition in additions])
    cart = new_cart(carts.table.tenant_id, carts.store_id, now=now)
    cart = with_details(replace(cart, published=settings.tenant.cart_events), details)
    found = FoundCart(cart, None, settings, products)
    basket = carts.fill(_with_additions(found, additions, now=now), settings=settings, hold=None)
    _check_sold(basket, additions)
    _check_method(basket, details)
    carts.create(basket.cart, *remember(basket))
    return basket


def change_details(
    cart_id: str,
    details: Details,
    *,
    carts: CartStore,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Basket:
    """Change e-mail, addresses, shipping method, note or UTM data.

    Raises:
        Invalid: `shipping_method_unavailable`: it does not apply to this cart.
        CodeUnknown: a coupon or a gift card is none.
        CartNotFound, CartConverted, CartExpired, StaleVersion, Contended: see `_changed`.
    """

    def check(basket: Basket) -> None:
        _check_method(basket, details)

    return _changed(cart_id, lambda found: with_details(found.cart, details), check, carts, now, expects=expects)


def add_item(
    cart_id: str, addition: Addition, *, carts: CartStore, now: datetime, remember: Remember[Basket] = forget
) -> Basket:
    """Add units of a SKU. Takes no stock; more than is available is accepted.

    Raises:
        Invalid: `sku_unknown`, `quantity_out_of_range`, `too_many_lines`.
        CartNotFound, CartConverted, CartExpired, Contended: see `_changed`.
    """

    def add(found: FoundCart) -> Cart:
        return _with_additions(found, [addition], now=now)

    def check(basket: Basket) -> None:
        _check_sold(basket, [addition])

    return _changed(cart_id, add, check, carts, now, skus=[addition.sku], remember=remember)


def change_item(
    cart_id: str,
    item_id: str,
    *,
    units: int,
    carts: CartStore,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Basket:
    """Have this many units of an item.

    Raises:
        NotFound: the cart has no such item.
        Invalid: `quantity_out_of_range`.
        CartNotFound, CartConverted, CartExpired, StaleVersion, Contended: see `_changed`.
    """

    def change(found: FoundCart) -> Cart:
        return set_units(found.cart, item_id, units=units, field="quantity")

    return _changed(cart_id, change, _take_as_it_is, carts, now, expects=expects)


def take_out_item(
    cart_id: str, item_id: str, *, carts: CartStore, now: datetime, expects: Callable[[int], None] = any_version
) -> Basket:
    """Remove an item.

    Raises:
        NotFound: the cart has no such item.
        CartNotFound, CartConverted, CartExpired, StaleVersion, Contended: see `_changed`.
    """

    def change(found: FoundCart) -> Cart:
        return remove_item(found.cart, item_id)

    return _changed(cart_id, change, _take_as_it_is, carts, now, expects=expects)


def delete_cart(
    cart_id: str, *, carts: CartStore, now: datetime, expects: Callable[[int], None] = any_version
) -> Basket:
    """Remove the cart and release its hold; answers it as it last was.

    Raises:
        CartConverted: an order stands on it.
        CartNotFound, StaleVersion, Contended: see `_changed`.
    """

    def attempt() -> Basket:
        found = carts.find(cart_id)
        if found.cart.order_id:
            raise CartConverted
        expects(found.cart.version)
        basket = carts.fill(found.cart, settings=found.settings, hold=found.hold)
        carts.delete(basket, now=now)
        return replace(basket, hold=None)

    return until_written(attempt)


def hold_cart(
    cart_id: str,
    *,
    carts: CartStore,
    leases: Leases | None = None,
    now: datetime,
    remember: Remember[Basket] = forget,
) -> Basket:
    """Reserve all that is in the cart for as long as the store says; again, to renew that.

    `leases` are the environment's, to take hot SKUs from.

    Raises:
        CartEmpty: there is nothing to reserve.
        OutOfStock: names every SKU that is short, or not sold any more; nothing was reserved.
        CartNotFound, CartConverted, CartExpired, Contended: see `_changed`.
    """

    def attempt() -> Basket:
        found = carts.find(cart_id)
        found.cart.check_open(now)
        if not found.cart.items:
            raise CartEmpty
        basket = carts.fill(found.cart, settings=found.settings, hold=found.hold)
        if unsold := basket.unsold_items():
            raise OutOfStock(*(Shortage(item.sku, requested=item.units, available=0) for item in unsold))

        def along(hold: Hold) -> tuple[Write, ...]:
            return items.unchanged_cart_check(found.cart), *remember(replace(basket, hold=hold))

        try:
            hold = place_or_renew_hold(
                carts.table,
                cart_id=found.cart.id,
                demand=basket.demand(),
                locations=[location.id for location in found.settings.locations_for(carts.store_id)],
                hold_for=basket.store.settings.hold,
                now=now,
                along=along,
                leases=leases,
            )
        except OutOfStock as refused:
            raise OutOfStock(*told_shortages(basket.asked(), refused.shortages)) from refused
        return replace(basket, hold=hold)

    return until_written(attempt)


def _changed(
    cart_id: str,
    change: Callable[[FoundCart], Cart],
    check: Callable[[Basket], None],
    carts: CartStore,
    now: datetime,
    *,
    skus: Sequence[str] = (),
    expects: Callable[[int], None] = any_version,
    remember: Remember[Basket] = forget,
) -> Basket:
    """Read, change, check what it comes to, write; and again when another change came between.

    Raises:
        CartNotFound: the store has no such cart.
        CartConverted, CartExpired: it changes no more.
        StaleVersion: `expects` says so.
        Contended: other changes won every race.
    """

    def attempt() -> Basket:
        found = carts.find(cart_id, skus=skus)
        found.cart.check_open(now)
        expects(found.cart.version)
        basket = carts.fill(change(found), settings=found.settings, hold=found.hold)
        check(basket)
        if basket.cart == found.cart:
            return basket
        published = found.settings.tenant.cart_events
        cart = replace(basket.cart, version=found.cart.version + 1, updated_at=now, published=published)
        return carts.change(replace(basket, cart=cart), remember=remember, now=now)

    return until_written(attempt)


def _with_additions(found: FoundCart, additions: Sequence[Addition], *, now: datetime) -> Cart:
    cart = found.cart
    for addition in additions:
        if (product_id := found.products.get(addition.sku)) is None:
            raise _sku_unknown(addition)
        field = f"{addition.path}quantity"
        cart = add_units(cart, addition.sku, product_id, units=addition.units, field=field, now=now)
    return cart


def _check_sold(basket: Basket, additions: Sequence[Addition]) -> None:
    unsold = {item.sku for item in basket.unsold_items()}
    for addition in additions:
        if addition.sku in unsold:
            raise _sku_unknown(addition)


def _check_method(basket: Basket, details: Details) -> None:
    if details.get("shipping_method_id") and basket.shipping is None:
        raise Invalid.field(
            "shipping_method_id", "shipping_method_unavailable", "Choose one of the cart's shipping-methods."
        )


def _sku_unknown(addition: Addition) -> Invalid:
    return Invalid.field(f"{addition.path}sku", "sku_unknown", "This store does not sell such a SKU.")


def _take_as_it_is(_: Basket) -> None:
    """The check of a change that can leave nothing wrong."""
