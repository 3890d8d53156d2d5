"""Reads of supplier SKUs: by id and by SKU as they are now, lists within seconds."""

from collections.abc import Iterable, Sequence
from typing import Any

from storekeeper.inventory.suppliers.model import Supplier, SupplierId
from storekeeper.inventory.suppliers.skus import items
from storekeeper.inventory.suppliers.skus.model import SupplierSku, SupplierSkuNotFound
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.keys import GSI1, GSI2, Key
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table


def get_supplier_sku(supplier_id: SupplierId, supplier_sku_id: str, *, table: Table) -> SupplierSku:
    """The supplier SKU as it is now.

    Raises:
        SupplierSkuNotFound: the supplier has none of this id.
    """
    key = items.supplier_sku_key(table.tenant_id, supplier_id, supplier_sku_id)
    item = table.get(key) if is_id(supplier_sku_id, "ssk") else None
    if item is None:
        raise SupplierSkuNotFound
    return _with_preferred(table, [item])[0]


def find_supplier_skus(supplier: Supplier, skus: Iterable[str], *, table: Table) -> dict[str, SupplierSku]:
    """What a supplier says of these SKUs, as it is now; what it does not sell is left out."""
    tenant_id = table.tenant_id
    keys = [
        items.supplier_sku_key(tenant_id, supplier.id, items.supplier_sku_id(tenant_id, supplier, sku)) for sku in skus
    ]
    found = _with_preferred(table, list(table.get_many(keys).values()))
    return {known.sku: known for known in found}


def preferred_supplier(sku: str, *, table: Table) -> SupplierId | None:
    """Who is asked first for a SKU."""
    item = table.get(items.preferred_key(table.tenant_id, sku))
    return SupplierId(item["supplier_id"]) if item else None


def list_skus_of(supplier: Supplier, *, after: str | None, limit: int, table: Table) -> Page[SupplierSku]:
    """A page of what a supplier sells, by SKU. The index holds keys only: each is read as it is now."""
    pk = items.skus_of_pk(table.tenant_id, supplier.id)
    rows = table.query(pk, index=GSI2, after=after, limit=limit + 1)
    keys = [Key(row["pk"], row["sk"]) for row in rows[:limit]]
    found = table.get_many(keys)
    shown = _with_preferred(table, [found[key] for key in keys if key in found])
    return Page(shown, rows[limit - 1][GSI2.sk] if len(rows) > limit else None)


def list_suppliers_of(sku: str, *, after: str | None, limit: int, table: Table) -> Page[SupplierSku]:
    """A page of all who sell a SKU, the longest known supplier first."""
    pk = items.suppliers_of_pk(table.tenant_id, sku)
    rows = table.query(pk, index=GSI1, after=after, limit=limit + 1)
    return Page(_with_preferred(table, rows[:limit]), rows[limit - 1][GSI1.sk] if len(rows) > limit else None)


def _with_preferred(table: Table, rows: Sequence[dict[str, Any]]) -> tuple[SupplierSku, ...]:
    known = [items.supplier_sku_from(row, preferred=None) for row in rows]
    preferred = table.get_many(items.preferred_key(table.tenant_id, one.sku) for one in known)
    return tuple(
        items.supplier_sku_from(row, preferred=preferred.get(items.preferred_key(table.tenant_id, one.sku)))
        for row, one in zip(rows, known, strict=True)
    )
