"""What is done with supplier SKUs."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.inventory.suppliers.items import mark_supplier_used
from storekeeper.inventory.suppliers.model import Supplier
from storekeeper.inventory.suppliers.skus import items
from storekeeper.inventory.suppliers.skus.model import SkuTerms, SupplierSku, revised
from storekeeper.inventory.suppliers.skus.store import get_supplier_sku, preferred_supplier
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def add_supplier_sku(
    supplier_id: str,
    sku: str,
    terms: Callable[[Supplier], SkuTerms],
    *,
    preferred: bool = False,
    table: Table,
    now: datetime,
    remember: Remember[SupplierSku] = forget,
) -> SupplierSku:
    """Say that a supplier sells a SKU. `terms` says how, given the supplier (its currency).

    Raises:
        SupplierNotFound: there is no such supplier.
        SkuUnknown: no variant has this SKU.
        SupplierSkuTaken: the supplier has it already.
        Contended: others kept changing who is preferred.
    """

    def attempt() -> SupplierSku:
        supplier = get_supplier(supplier_id, table=table)
        made = SupplierSku(
            id=items.supplier_sku_id(table.tenant_id, supplier, sku),
            supplier_id=supplier.id,
            sku=sku,
            terms=terms(supplier),
            version=1,
            created_at=now,
            updated_at=now,
            preferred=preferred,
        )
        named = (items.put_supplier_sku(table.tenant_id, made), items.is_sold(table.tenant_id, sku))
        used = mark_supplier_used(table.tenant_id, supplier)
        table.write(*named, *used, *_preference_writes(table, made), *remember(made))
        return made

    return until_written(attempt)


def change_supplier_sku(
    supplier_id: str,
    supplier_sku_id: str,
    revise: Callable[[SkuTerms], SkuTerms],
    *,
    preferred: bool | None = None,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> SupplierSku:
    """Change the terms, or (`preferred` not None) whether this supplier is asked first, in place of who was.

    Raises:
        SupplierNotFound, SupplierSkuNotFound: there is no such thing.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """
    supplier = get_supplier(supplier_id, table=table)

    def attempt() -> SupplierSku:
        before = get_supplier_sku(supplier.id, supplier_sku_id, table=table)
        expects(before.version)
        asked_first = before.preferred if preferred is None else preferred
        after = revised(before, revise(before.terms), preferred=asked_first, now=now)
        if after != before:
            preference = _preference_writes(table, after) if preferred is not None else ()
            table.write(items.put_supplier_sku(table.tenant_id, after), *preference)
        return after

    return until_written(attempt)


def remove_supplier_sku(
    supplier_id: str, supplier_sku_id: str, *, table: Table, expects: Callable[[int], None] = any_version
) -> None:
    """Say that a supplier sells a SKU no more. Orders that name it stay as they are.

    Raises:
        SupplierNotFound, SupplierSkuNotFound: there is no such thing.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """
    supplier = get_supplier(supplier_id, table=table)

    def attempt() -> None:
        known = get_supplier_sku(supplier.id, supplier_sku_id, table=table)
        expects(known.version)
        nobody = (items.prefer_nobody(table.tenant_id, known),) if known.preferred else ()
        table.write(items.drop_supplier_sku(table.tenant_id, known), *nobody)

    until_written(attempt)


def _preference_writes(table: Table, after: SupplierSku) -> tuple[Write, ...]:
    """What makes the SKU's preferred supplier as `after` says; nothing if it is so."""
    asked_first = preferred_supplier(after.sku, table=table)
    if after.preferred and asked_first != after.supplier_id:
        return (items.prefer(table.tenant_id, after, instead_of=asked_first),)
    if not after.preferred and asked_first == after.supplier_id:
        return (items.prefer_nobody(table.tenant_id, after),)
    return ()
