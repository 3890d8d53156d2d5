"""A shop with a kit to be made: ten mugs, ten teas, and two variants that may become kits of them.

A test module takes the fixture over by name.
"""

import pytest

from storekeeper.catalog import Component, sku_key
from storekeeper.inventory.kits.model import Kit
from storekeeper.inventory.kits.use_cases import create_kit
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.table.carts.shop import NOW, put_on_sale

BOX = (Component("MUG", 2), Component("TEA", 1))


@pytest.fixture
def shop(table: Table, store: Store) -> Table:
    """Ten mugs, ten teas, and two variants without stock."""
    for sku, units in {"MUG": 10, "TEA": 10, "BOX": 0, "SET": 0}.items():
        put_on_sale(table, store, sku, units=units)
    return table


def make(table: Table, sku: str = "BOX", components: tuple[Component, ...] = BOX) -> Kit:
    """A kit, of two mugs and a tea unless told otherwise."""
    return create_kit(sku, components, table=table, now=NOW)


def marks(table: Table, sku: str) -> tuple[object, ...]:
    """Whether a SKU has stock, is a kit, and in how many kits it is."""
    item = table.get(sku_key(table.tenant_id, sku)) or {}
    return item.get("stocked"), item.get("kit"), item.get("in_kits")
