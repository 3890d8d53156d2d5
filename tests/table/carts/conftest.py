"""Carts of a store that sells mugs."""

import pytest

from storekeeper.carts import CartStore
from storekeeper.kernel.table import Table
from storekeeper.tenancy import SealerCache, SettingsCache
from tests.table.carts.shop import put_on_sale


class CountingWire:
    """The table's client, and the names of the calls that were made through it."""

    def __init__(self, wire):
        self._wire, self.calls = wire, []

    def __getattr__(self, name):
        def call(**request):
            self.calls.append(name)
            return getattr(self._wire, name)(**request)

        return call


@pytest.fixture
def make_carts(cloud):
    """`make_carts(table, store)`: that store's carts, with caches of their own."""

    def make(table, store):
        sealer = SealerCache(cloud.data_key_arn).of(table)
        return CartStore(table, SettingsCache(), sealer, store_id=store.id)

    return make


@pytest.fixture
def mug(table, store):
    """Ten mugs at 12.50; the product's id."""
    return put_on_sale(table, store, "MUG")


@pytest.fixture
def carts(table, store, make_carts, mug):
    """The store's carts; it sells mugs."""
    return make_carts(table, store)


@pytest.fixture
def counted(cloud, wire, table, carts):
    """The same carts, and the calls that they make."""
    counting = CountingWire(wire)
    watched = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)
    store = CartStore(watched, carts._settings, carts._sealer, store_id=carts.store_id)
    return store, counting.calls
