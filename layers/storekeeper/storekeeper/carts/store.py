"""Carts of one store, in the table: found and filled in two sequential reads, written in one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.carts import items
from storekeeper.carts.basket import Basket, asked_by, fill_basket
from storekeeper.carts.holding import renewed_hold
from storekeeper.carts.model import Cart, CartNotFound
from storekeeper.catalog import offer_from, offer_keys, sku_key
from storekeeper.inventory import (
    Cause,
    Hold,
    Leases,
    SkuRef,
    demand_of,
    hold_from,
    hold_key,
    level_keys,
    levels_for_sale,
    release_hold_writes,
    release_units,
    renew_hold,
)
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember
from storekeeper.kernel.ids import CartId, LocationId, ProductId, StoreId, is_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import MAX_TRANSACTION, Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Settings, SettingsCache, settings_key


class FoundCart(Struct, frozen=True):
    """What the first read brings: the cart, its hold, the settings, and the products of the SKUs asked for."""

    cart: Cart
    hold: Hold | None
    settings: Settings
    products: Mapping[str, ProductId]


class CartStore:
    """The carts of one store. A cart of another store is as absent as none."""

    def __init__(self, table: Table, settings: SettingsCache, sealer: Sealer, *, store_id: StoreId) -> None:
        self.table = table
        self.store_id = store_id
        self._settings = settings
        self._sealer = sealer

    # reads

    def open_settings(self, skus: Iterable[str]) -> tuple[Settings, Mapping[str, ProductId]]:
        """The settings as they are now, and the products of SKUs; unknown SKUs are left out. One read.

        Raises:
            StoreUnavailable: the store is not open.
        """
        found = self._read((), skus)
        return found.settings, found.products

    def find(self, cart_id: str, *, skus: Iterable[str] = (), leases: Leases | None = None) -> FoundCart:
        """The cart, and the products of SKUs that are to be added to it. One read. `leases` as in `fill`.

        Raises:
            CartNotFound: this store has none with this id.
            StoreUnavailable: the store is not open.
        """
        if not is_id(cart_id, "cart"):
            raise CartNotFound
        keys = items.cart_key(self.table.tenant_id, CartId(cart_id)), hold_key(self.table.tenant_id, CartId(cart_id))
        found = self._read(keys, skus, leases)
        cart_item, hold_item = (found.items.get(key) for key in keys)
        if cart_item is None or cart_item["store_id"] != self.store_id:
            raise CartNotFound
        cart = items.cart_from(cart_item, tenant_id=self.table.tenant_id, sealer=self._sealer)
        return FoundCart(cart, hold_from(hold_item) if hold_item else None, found.settings, found.products)

    def fill(self, cart: Cart, *, settings: Settings, hold: Hold | None, leases: Leases | None = None) -> Basket:
        """The cart with its offers and stock as they are now. One read; one more where a SKU has several buckets, or is
        a kit, for the levels of its components.

        With `leases`, those of the environment that sells, it need not be all the stock: enough for the cart. And where
        all of the cart is leased, offers and settings are as they were within the last second.
        """
        tenant_id, store = self.table.tenant_id, settings.store(self.store_id)
        locations = [location.id for location in settings.locations_for(store.id)]
        refs = {item.sku: SkuRef(tenant_id, item.sku) for item in cart.items}
        wanted = [key for item in cart.items for key in offer_keys(tenant_id, store.id, item.product_id, item.sku)]
        wanted += [key for ref in refs.values() for key in level_keys(ref, locations)]
        units = _units(cart)
        read = self._offered(wanted, units, locations, leases) if leases else self.table.get_many(wanted)
        offers = {
            item.sku: offer_from(read, tenant_id=tenant_id, store=store, product_id=item.product_id, sku=item.sku)
            for item in cart.items
        }
        demand = demand_of(asked_by(cart.items, offers))
        if within := [SkuRef(tenant_id, sku) for sku in demand if sku not in refs]:
            own = leases.keys(within) if leases else ()
            read |= self.table.get_many([*own, *(key for ref in within for key in level_keys(ref, locations))])
        levels = levels_for_sale(self.table, read, demand, locations=locations, leases=leases)
        return fill_basket(cart, settings=settings, offers=offers, levels=levels, hold=hold)

    # writes

    def create(self, cart: Cart, *along: Write) -> None:
        """Write a new cart, and what goes along with it."""
        self.table.write(items.create_cart_write(cart, sealer=self._sealer), *along)

    def change(self, basket: Basket, *, remember: Remember[Basket], now: datetime) -> Basket:
        """Write the basket's cart, and with it what that does to a live hold.

        Raises:
            WriteRefused: the cart or its hold changed since they were read.
        """
        hold, writes = self._after(basket, now)
        changed = replace(basket, hold=hold)
        cart_write = items.change_cart_write(changed.cart, sealer=self._sealer)
        self.table.write(cart_write, *writes, *remember(changed))
        return changed

    def delete(self, basket: Basket, *, now: datetime) -> None:
        """Remove the cart and release its hold. A hold over more levels than one transaction takes ends by itself.

        Raises:
            WriteRefused: the cart or its hold changed since they were read.
        """
        gone, hold = items.delete_cart_write(basket.cart), basket.hold
        releases = release_hold_writes(self.table.tenant_id, hold, cause=self._cause(hold, now)) if hold else ()
        if len(releases) >= MAX_TRANSACTION:
            releases = ()
        self.table.write(gone, *releases)

    def _after(self, basket: Basket, now: datetime) -> tuple[Hold | None, tuple[Write, ...]]:
        hold, tenant_id = basket.hold, self.table.tenant_id
        if hold is None or not hold.is_live(now):
            return hold, ()
        cause = self._cause(hold, now)
        renewed, given_back = renewed_hold(hold, basket.demand(), expires_at=now + basket.store.settings.hold)
        if not renewed.picks:
            return None, release_hold_writes(tenant_id, hold, cause=cause)
        releases = (release_units(SkuRef(tenant_id, pick.sku), pick.pick, cause=cause) for pick in given_back)
        return renewed, (renew_hold(tenant_id, renewed), *releases)

    def _cause(self, hold: Hold, now: datetime) -> Cause:
        return Cause.of_hold(hold.hold_id, actor=self.table.trace.actor, at=now)

    # how

    def _offered(
        self, keys: Sequence[Key], units: Mapping[str, int], locations: Sequence[LocationId], leases: Leases
    ) -> dict[Key, Item]:
        """Offers and levels. Where all is sold from leases, what their buyers have in common is not read for each."""
        tenant_id = self.table.tenant_id
        own = leases.keys([SkuRef(tenant_id, sku) for sku in units])
        if units and len(own) == len(units):
            read = leases.recent.get_many(self.table, keys) | self.table.get_many(own)
            if len(leases.covering(read, units, tenant_id=tenant_id, locations=locations)) == len(units):
                return read
        return self.table.get_many([*keys, *own])

    def _read(self, keys: Iterable[Key], skus: Iterable[str], leases: Leases | None = None) -> "_Read":
        tenant_id = self.table.tenant_id
        sku_keys = {sku: sku_key(tenant_id, sku) for sku in skus}
        wanted, common = [*keys, *sku_keys.values()], [settings_key(tenant_id)]
        if leases and leases.has_any(tenant_id):
            found = leases.recent.get_many(self.table, common) | self.table.get_many(wanted)
        else:
            found = self.table.get_many([*wanted, *common])
        if (tenant_item := found.get(settings_key(tenant_id))) is None:
            raise NotFound("There is no such tenant.")
        settings = self._settings.at(self.table, version=tenant_item["settings_version"])
        settings.open_store(self.store_id)
        products = {sku: ProductId(found[key]["product_id"]) for sku, key in sku_keys.items() if key in found}
        return _Read(found, settings, products)


def _units(cart: Cart) -> dict[str, int]:
    units: dict[str, int] = {}
    for item in cart.items:
        units[item.sku] = units.get(item.sku, 0) + item.units
    return units


class _Read(Struct, frozen=True):
    items: Mapping[Key, Item]
    settings: Settings
    products: Mapping[str, ProductId]


def load_basket(
    table: Table,
    settings: SettingsCache,
    sealer: Sealer,
    *,
    store_id: StoreId,
    cart_id: str,
    leases: Leases | None = None,
) -> Basket:
    """A cart with all that it means now, in two sequential reads; `leases` as in `CartStore.fill`.

    Raises:
        CartNotFound: the store has none with this id.
        StoreUnavailable: the store is not open.
    """
    carts = CartStore(table, settings, sealer, store_id=store_id)
    found = carts.find(cart_id, leases=leases)
    return carts.fill(found.cart, settings=found.settings, hold=found.hold, leases=leases)
