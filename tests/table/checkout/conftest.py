"""A shop that sells ten mugs at 12.50."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.catalog import Component
from storekeeper.inventory.kits.model import Kit
from storekeeper.inventory.kits.use_cases import create_kit
from storekeeper.kernel.table import Table
from storekeeper.tenancy import SealerCache, Store
from tests.emulated import MakeStore
from tests.table.checkout.shop import NOW, Shop


@pytest.fixture
def bare_shop(cloud: DataCloud, table: Table, wire: Any, store: Store) -> Iterator[Shop]:
    """A shop with nothing to sell; its books are checked at the end of the test."""
    shop = Shop(table, wire, cloud, store, SealerCache(cloud.data_key_arn).of(table))
    yield shop
    shop.check()


@pytest.fixture
def shop(bare_shop: Shop) -> Shop:
    """Ten mugs at 12.50 that are sent for 5.00."""
    bare_shop.sell("MUG")
    bare_shop.ship_by("5.00")
    return bare_shop


@pytest.fixture
def manual_capture_shop(cloud: DataCloud, table: Table, wire: Any, make_store: MakeStore) -> Iterator[Shop]:
    """Captures by hand."""
    store = make_store(settings={"capture": "manual"})
    shop = Shop(table, wire, cloud, store, SealerCache(cloud.data_key_arn).of(table))
    shop.sell("MUG")
    shop.ship_by("5.00")
    yield shop
    shop.check()


@pytest.fixture
def kit(shop: Shop) -> Kit:
    """A box of two mugs, of which there are ten, and one tea, of which there are four."""
    shop.sell("TEA", units=4)
    shop.sell("BOX", units=0, price="30.00")
    return create_kit("BOX", (Component("MUG", 2), Component("TEA", 1)), table=shop.root, now=NOW)
