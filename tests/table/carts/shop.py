"""A store with something on sale, as a merchant would make it."""

from datetime import UTC, datetime
from typing import Any

from storekeeper.catalog import ListingDetails, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.listings.use_cases import create_listing
from storekeeper.catalog.products.model import VariantId
from storekeeper.catalog.products.use_cases import create_product
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.money import Money
from storekeeper.kernel.table import Table
from storekeeper.pricing import (
    SHIPPING_METHODS,
    TAX_RATES,
    FlatRate,
    ShippingMethod,
    ShippingTerms,
    TaxTerms,
    create_row,
)
from storekeeper.tenancy import Store, load_settings

HOME = Address("US", first_name="Ada", line1="1 Pier", city="New York", region="NY", postal_code="10001")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def put_on_sale(
    table: Table,
    store: Store,
    sku: str = "MUG",
    *,
    price: str = "12.50",
    units: int = 10,
    listing: dict[str, Any] | None = None,
    **details: Any,
) -> str:
    """A listed product with one variant and its stock in the default location; the product's id."""
    product = create_product(
        ProductDetails(
            **{
                "title": sku.title(),
                "slug": sku.lower(),
                "currency": store.currency,
                "status": ProductStatus.ACTIVE,
                "price": Money.parse(price, store.currency),
                "weight_g": 350,
                **details,
            }
        ),
        [Variant(VariantId(new_id("var", at=NOW)), sku)],
        table=table,
        now=NOW,
    )
    create_listing(product.id, ListingDetails(**(listing or {})), shop=store, table=table, now=NOW)
    if units:
        restock(table, sku, units)
    return product.id


def restock(table: Table, sku: str, units: int) -> None:
    adjustment = Adjustment(sku, MovementType.RESTOCK, units)
    adjust_stock(table, adjustment, settings=load_settings(table), now=NOW)


def ship_by(table: Table, store: Store, price: str = "5.00", **terms: Any) -> ShippingMethod:
    """A flat shipping method of the store."""
    amount = Money.parse(price, store.currency)
    made = ShippingTerms(**{"name": "Parcel", "rate": FlatRate(amount), "currency": store.currency, **terms})
    return create_row(SHIPPING_METHODS, store.id, lambda _: made, table=table, now=NOW)


def tax_at(table: Table, store: Store, rate_ppm: int, **terms: Any) -> None:
    """A tax rate of the store."""
    made = TaxTerms(**{"name": "Sales tax", "country": "US", "rate_ppm": rate_ppm, **terms})
    create_row(TAX_RATES, store.id, lambda _: made, table=table, now=NOW)
