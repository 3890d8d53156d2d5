"""Carts of a store that sells mugs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.carts import Addition, Cart, CartStore, create_cart
from storekeeper.kernel.table import Table
from storekeeper.tenancy import SealerCache, SettingsCache, Store
from tests.counting import CountingWire
from tests.table.carts.shop import put_on_sale

MakeCarts: TypeAlias = Callable[[Table, Store], CartStore]


@pytest.fixture
def make_carts(cloud: DataCloud) -> MakeCarts:
    """`make_carts(table, store)`: that store's carts, with caches of their own."""

    def make(table: Table, store: Store) -> CartStore:
        sealer = SealerCache(cloud.data_key_arn).of(table)
        return CartStore(table, SettingsCache(), sealer, store_id=store.id)

    return make


@pytest.fixture
def mug(table: Table, store: Store) -> str:
    """Ten mugs at 12.50; the product's id."""
    return put_on_sale(table, store, "MUG")


@pytest.fixture
def carts(table: Table, store: Store, make_carts: MakeCarts, mug: str) -> CartStore:
    """The store's carts; it sells mugs."""
    return make_carts(table, store)


@pytest.fixture
def cart(carts: CartStore, now: datetime) -> Cart:
    """A cart of two mugs."""
    return create_cart(additions=[Addition("MUG", 2)], details={}, carts=carts, now=now).cart


@pytest.fixture
def counted(cloud: DataCloud, wire: Any, table: Table, carts: CartStore) -> tuple[CartStore, list[str]]:
    """The same carts, and the calls that they make."""
    counting = CountingWire(wire)
    watched = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)
    store = CartStore(watched, carts._settings, carts._sealer, store_id=carts.store_id)
    return store, counting.calls
