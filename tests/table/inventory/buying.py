"""A merchant who buys: suppliers, what they sell, and the few verbs that tests need."""

from typing import Any

from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.planning import Draft, create_purchase_order
from storekeeper.inventory.purchasing.receiving import Arrival, Delivery
from storekeeper.inventory.purchasing.use_cases import (
    Received,
    give_up_purchase_order,
    receive_purchase_order,
    send_purchase_order,
)
from storekeeper.inventory.suppliers import use_cases as suppliers
from storekeeper.inventory.suppliers.model import Supplier, SupplierContact, SupplierTerms
from storekeeper.inventory.suppliers.skus import use_cases as supplier_skus
from storekeeper.inventory.suppliers.skus.model import SkuTerms, SupplierSku
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.tenancy import load_settings
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


def ordered(shelf: Shelf, supplier: Supplier, *lines: WantedLine, sent: bool = True, **draft: Any) -> PurchaseOrder:
    """A purchase order, sent unless that is not wanted."""
    said = Draft(supplier.id, lambda _: lines or (WantedLine("LAMP", 12, usd("4.00")),), **draft)
    order = create_purchase_order(
        said, table=shelf.table, settings=load_settings(shelf.table), sealer=a_sealer(shelf), now=shelf.now
    )
    return send(shelf, order) if sent else order


def send(shelf: Shelf, order: PurchaseOrder, *override: str) -> PurchaseOrder:
    return send_purchase_order(
        order.id, override=override, table=shelf.table, settings=load_settings(shelf.table), now=shelf.now
    )


def take_in(shelf: Shelf, order: PurchaseOrder, *arrivals: Arrival, **said: Any) -> Received:
    """Receive what came."""
    return receive_purchase_order(
        order.id,
        lambda _: Delivery(arrivals, **said),
        table=shelf.table,
        settings=load_settings(shelf.table),
        now=shelf.now,
    )


def end(shelf: Shelf, order: PurchaseOrder, to: PurchaseStatus) -> PurchaseOrder:
    """Close short, or cancel."""
    return give_up_purchase_order(order.id, to, reason="no more", table=shelf.table, now=shelf.now)


def came(units: int, *, sku: str = "LAMP", **said: Any) -> Arrival:
    return Arrival(units, sku=sku, **said)


def on_the_way(shelf: Shelf, sku: str = "LAMP") -> list[tuple[int, int]]:
    """on_hand and incoming at each location that has a level."""
    return [(level.on_hand, level.incoming) for level in shelf.levels(sku)]
