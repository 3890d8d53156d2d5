"""Products, listings and categories as a merchant would make them, each with only what a test is about."""

from datetime import UTC, datetime
from typing import Any

from storekeeper.catalog import Category, Listing, ListingDetails, Product, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.categories.model import CategoryDetails
from storekeeper.catalog.categories.use_cases import create_category
from storekeeper.catalog.collections.model import Collection, CollectionDetails
from storekeeper.catalog.collections.use_cases import create_collection
from storekeeper.catalog.listings.use_cases import create_listing
from storekeeper.catalog.products.model import VariantId
from storekeeper.catalog.products.use_cases import create_product
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Update
from storekeeper.tenancy import Store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USD, EUR, JPY = Currency.of("USD"), Currency.of("EUR"), Currency.of("JPY")


def usd(amount: str) -> Money:
    """An amount in dollars."""
    return Money.parse(amount, USD)


def a_variant(sku: str = "MUG", **fields: Any) -> Variant:
    """A variant at 12.50."""
    return Variant(**{"id": VariantId(new_id("var", at=NOW)), "sku": sku, "price": usd("12.50"), **fields})


def details(**fields: Any) -> ProductDetails:
    """An active product, priced in dollars."""
    given = {"title": "Mug", "slug": "", "currency": USD, "status": ProductStatus.ACTIVE, **fields}
    return ProductDetails(**given)


def make_product(table: Table, *variants: Variant, now: datetime = NOW, **fields: Any) -> Product:
    """An active product, with one variant if none is given."""
    return create_product(details(**fields), variants or (a_variant(),), table=table, now=now)


def list_in(store: Store, product: Product, *, table: Table, **fields: Any) -> Listing:
    """The product's listing in a store."""
    return create_listing(product.id, ListingDetails(**fields), shop=store, table=table, now=NOW)


def make_category(store: Store, name: str, *, table: Table, **fields: Any) -> Category:
    """A category of a store."""
    made = CategoryDetails(**{"name": name, "slug": "", **fields})
    return create_category(made, shop=store, table=table, now=NOW)


def make_collection(store: Store, title: str, *, table: Table, now: datetime = NOW, **fields: Any) -> Collection:
    """A collection of a store, without products."""
    made = CollectionDetails(**{"title": title, "slug": "", **fields})
    return create_collection(made, shop=store, table=table, now=now)


def never_stored(key: str) -> None:
    """The storage of a test in which no file is deleted."""
    raise AssertionError(key)


def mark_as_stocked(table: Table, key: Any) -> None:
    """What inventory does to a SKU when its first level is made."""
    table.write(Update(key, "SET stocked = :yes", only_if="attribute_exists(pk)", values={":yes": True}))
