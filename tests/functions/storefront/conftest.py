"""A store as shoppers reach it, and the catalog behind it as a merchant fills it."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import pytest

from storekeeper.catalog import Product
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.picking import add_products
from storekeeper.kernel.table import Table
from storekeeper.search import rebuild
from storekeeper.tenancy import Store
from tests.functions.conftest import Api
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_collection, make_product, usd

Cards: TypeAlias = Callable[[], int]


@pytest.fixture
def client(api: Callable[[str], Api]) -> Api:
    """Calls `storefront`, without a key."""
    caller = api("storefront")
    caller._key = None
    return caller


@pytest.fixture
def front(store: Store) -> str:
    """Where the store is."""
    return f"/v1/storefront/{store.domains[0]}"


@pytest.fixture
def derive_cards(table: Table, store: Store) -> Cards:
    """Does what the projector does, for the whole store."""
    return partial(rebuild, table, store.id, now=NOW)


@pytest.fixture
def mug(table: Table, store: Store, derive_cards: Cards) -> Product:
    """A blue mug at 12.50 instead of 15.00 in Kitchen, Mugs; five in stock; a red one at 14.00, sold out."""
    kitchen = make_category(store, "Kitchen", table=table, description="Pots.", position=1)
    mugs = make_category(store, "Mugs", table=table, parent_id=kitchen.id)
    product = make_product(
        table,
        a_variant("MUG-BLUE", options={"Color": "Blue"}, compare_at_price=usd("15.00"), cost=usd("4.44")),
        a_variant("MUG-RED", options={"Color": "Red"}, price=usd("14.00")),
        a_variant("MUG-OLD", options={"Color": "Old"}, active=False),
        slug="mug",
        description="Holds a third of a liter.",
        tags=("tea",),
        custom_fields={"supplier": "secret"},
        weight_g=350,
    )
    list_in(store, product, table=table, category_ids=(mugs.id,))
    restock(table, "MUG-BLUE", 5)
    derive_cards()
    return product


@pytest.fixture
def gifts(table: Table, store: Store, mug: Product, derive_cards: Cards) -> Collection:
    """A teapot at 30.00, a bowl at 8.00 and the mug, in this order; a plate is listed beside them."""
    made = [
        make_product(table, a_variant(title.upper(), price=usd(price)), title=title)
        for title, price in (("Teapot", "30.00"), ("Bowl", "8.00"), ("Plate", "5.00"))
    ]
    for product in made:
        list_in(store, product, table=table)
    derive_cards()
    collection = make_collection(store, "Gifts", table=table, description="Small and welcome.")
    picked = [made[0].id, made[1].id, mug.id]
    return add_products(collection.id, picked, shop=store, table=table, now=NOW)
