"""A collection, and products to put into it."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from storekeeper.catalog import Product
from storekeeper.catalog.collections import picking
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.order import END, Spot
from storekeeper.catalog.collections.store import list_members, read_ordered
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.table.catalog.shop import NOW, a_variant, list_in, make_collection, make_product

LATER = NOW.replace(hour=13)
Shelf: TypeAlias = Sequence[Product]
Titles: TypeAlias = Callable[[], str]


@pytest.fixture
def shelf(table: Table, store: Store) -> Shelf:
    """Five listed products: A to E."""
    made = [make_product(table, a_variant(title), title=title) for title in "ABCDE"]
    for product in made:
        list_in(store, product, table=table)
    return made


@pytest.fixture
def gifts(table: Table, store: Store) -> Collection:
    """A collection without products."""
    return make_collection(store, "Gifts", table=table)


@pytest.fixture
def titles(table: Table, store: Store, gifts: Collection) -> Titles:
    """The titles of the collection's products, in order."""

    def titles() -> str:
        ordered = read_ordered(table, store.id, gifts.id)
        page = list_members(table, ordered, after=None, limit=200)
        assert [member.place for member in page.entries] == list(range(len(ordered.order)))
        return "".join(member.product["title"] for member in page.entries)

    return titles


def ids(products: Sequence[Product]) -> list[ProductId]:
    return [product.id for product in products]


def add(
    collection: Collection, products: Sequence[Product], store: Store, table: Table, *, spot: Spot = END
) -> Collection:
    """Put products into the collection."""
    return picking.add_products(collection.id, ids(products), spot=spot, shop=store, table=table, now=LATER)
