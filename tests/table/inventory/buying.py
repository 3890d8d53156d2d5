"""A merchant who buys: suppliers, what they sell, and the few verbs that tests need."""

from dataclasses import replace
from typing import Any

from storekeeper.inventory.suppliers import use_cases as suppliers
from storekeeper.inventory.suppliers.model import Supplier, SupplierContact, SupplierTerms
from storekeeper.inventory.suppliers.skus import use_cases as supplier_skus
from storekeeper.inventory.suppliers.skus.model import SkuTerms, SupplierSku
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.sealing import Sealer
from tests.table.inventory.conftest import Shelf

USD = Currency.of("USD")


def usd(text: str) -> Money:
    return Money.parse(text, USD)


def a_sealer(shelf: Shelf) -> Sealer:
    return Sealer(shelf.table.tenant_id, b"k" * 32)


def a_supplier(
    shelf: Shelf, *, code: str = "LANTERN", contact: SupplierContact | None = None, **terms: Any
) -> Supplier:
    """A supplier in USD, unless `terms` say otherwise."""
    said = replace(SupplierTerms(name="Lantern Works", code=code, currency=USD), **terms)
    return suppliers.create_supplier(
        said, contact or SupplierContact(), table=shelf.table, sealer=a_sealer(shelf), now=shelf.now
    )


def sells(
    shelf: Shelf, supplier: Supplier, sku: str = "LAMP", *, cost: str = "4.00", preferred: bool = False, **terms: Any
) -> SupplierSku:
    """The supplier sells a SKU."""
    said = SkuTerms(Money.parse(cost, supplier.terms.currency), **terms)
    return supplier_skus.add_supplier_sku(
        supplier.id, sku, lambda _: said, preferred=preferred, table=shelf.table, now=shelf.now
    )
