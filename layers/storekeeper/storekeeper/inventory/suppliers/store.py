"""Reads of suppliers: one as it is now, and lists, which follow within seconds."""

from typing import TypeAlias

from msgspec import Struct

from storekeeper.catalog import fold
from storekeeper.inventory.card_lists import Card, list_cards
from storekeeper.inventory.suppliers.items import list_pk, supplier_from, supplier_key
from storekeeper.inventory.suppliers.model import Supplier, SupplierId, SupplierNotFound
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

Row: TypeAlias = Card
"""A supplier as a list shows it."""


class SupplierFilter(Struct, frozen=True):
    """Which suppliers are wanted; `q` stands in the name or the code, whatever its case and accents."""

    q: str | None = None
    active: bool | None = None

    def admits(self, row: Row) -> bool:
        """Whether a supplier, as its row shows it, is one of them."""
        wanted = fold(self.q or "")
        return self.active in (None, row["active"]) and (wanted in fold(row["name"]) or wanted in fold(row["code"]))


def get_supplier(supplier_id: str, *, table: Table) -> Supplier:
    """The supplier as it is now.

    Raises:
        SupplierNotFound: there is none.
    """
    item = table.get(supplier_key(table.tenant_id, SupplierId(supplier_id))) if is_id(supplier_id, "sup") else None
    if item is None:
        raise SupplierNotFound
    return supplier_from(item)


def list_suppliers(wanted: SupplierFilter, *, after: str | None, limit: int, table: Table) -> Page[Row]:
    """One page of the tenant's suppliers, by name."""
    pks = [list_pk(table.tenant_id)]
    return list_cards(table, pks, index=GSI1, admits=wanted.admits, after=after, limit=limit)
