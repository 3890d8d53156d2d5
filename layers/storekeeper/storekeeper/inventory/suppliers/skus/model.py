"""What a supplier SKU is. Pure."""

from datetime import datetime
from typing import NewType

from msgspec import Struct

from storekeeper.inventory.suppliers.model import SupplierId
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace

SupplierSkuId = NewType("SupplierSkuId", str)
MAX_UNITS = 1_000_000  # of a minimum quantity, a pack, a line


class SupplierSkuNotFound(NotFound):
    """The supplier has no such SKU."""

    def __init__(self) -> None:
        super().__init__("The supplier has no such SKU.")


class SupplierSkuTaken(StorekeeperError):
    """The supplier has this SKU already."""

    code, kind = "supplier_sku_taken", "conflict"


class SkuTerms(Struct, frozen=True):
    """Under which terms a supplier sells a SKU of ours.

    `supplier_sku` is the supplier's own name for it. It is ordered in whole packs of `pack_size` units, at least
    `minimum_quantity` units. `unit_cost` is that of one unit, in the supplier's currency.
    """

    unit_cost: Money
    supplier_sku: str | None = None
    minimum_quantity: int = 1
    pack_size: int = 1
    lead_time_days: int | None = None


class SupplierSku(Struct, frozen=True):
    """A SKU of ours at a supplier. `preferred`: of all who sell it, this is who is asked first; at most one is."""

    id: SupplierSkuId
    supplier_id: SupplierId
    sku: str
    terms: SkuTerms
    version: int
    created_at: datetime
    updated_at: datetime
    preferred: bool = False


def revised(known: SupplierSku, terms: SkuTerms, *, preferred: bool, now: datetime) -> SupplierSku:
    """With other terms, one version on; the same one if nothing is said anew."""
    changed = replace(known, terms=terms, preferred=preferred)
    if changed == known:
        return known
    return replace(changed, version=known.version + 1, updated_at=max(now, known.updated_at))
