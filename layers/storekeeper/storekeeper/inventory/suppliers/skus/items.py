"""Supplier SKUs in the table: beside their supplier, and listed by SKU. Who is preferred is said once for each SKU.

That there is one preferred supplier at most is so by construction: it is one item, and not a mark on each of them.
"""

import json
from collections.abc import Mapping
from typing import Any

from storekeeper.catalog import sku_key
from storekeeper.inventory.errors import SkuUnknown
from storekeeper.inventory.suppliers.items import supplier_pk
from storekeeper.inventory.suppliers.model import Supplier, SupplierId
from storekeeper.inventory.suppliers.skus.model import SkuTerms, SupplierSku, SupplierSkuId, SupplierSkuTaken
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId, derived_id
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.writes import ABSENT, PRESENT, Check, Delete, Put

TYPE = "supplier_sku"
SCHEMA = 1

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SUPPLIER#<supplier>",
        sk="SKU#<supplier SKU>",
        holds="A SKU of ours at a supplier: the supplier's name for it, cost, pack, minimum, lead time.",
        found_by="Its id, which supplier and SKU give; a supplier's by SKU (gsi2), a SKU's by supplier (gsi1).",
        written_by="add_supplier_sku, change_supplier_sku, remove_supplier_sku",
        indexes={
            "gsi1": ("T#<tenant>#SUPPLIERSOF#<sku>", "<supplier>"),
            "gsi2": ("T#<tenant>#SUPPLIERSKUS#<supplier>", "<sku>"),
        },
    ),
    Entity(
        name="preferred_supplier",
        pk="T#<tenant>#SKU#<sku>",
        sk="SUPPLIER",
        holds="The supplier who is asked first for a SKU.",
        found_by="The SKU.",
        written_by="add_supplier_sku, change_supplier_sku, remove_supplier_sku",
    ),
)


def supplier_sku_id(tenant_id: TenantId, supplier: Supplier, sku: str) -> SupplierSkuId:
    """The id that a SKU has at a supplier."""
    return SupplierSkuId(derived_id("ssk", tenant_id, supplier.id, sku, at=supplier.created_at))


def supplier_sku_key(tenant_id: TenantId, supplier_id: SupplierId, supplier_sku_id: str) -> Key:
    """Where a supplier SKU is kept."""
    return Key(supplier_pk(tenant_id, supplier_id), joined("SKU", supplier_sku_id))


def preferred_key(tenant_id: TenantId, sku: str) -> Key:
    """Where it is said who is asked first."""
    return Key(tenant_pk(tenant_id, "SKU", sku), "SUPPLIER")


def suppliers_of_pk(tenant_id: TenantId, sku: str) -> str:
    """The partition of gsi1 that holds all who sell a SKU."""
    return tenant_pk(tenant_id, "SUPPLIERSOF", sku)


def skus_of_pk(tenant_id: TenantId, supplier_id: SupplierId) -> str:
    """The partition of gsi2 that holds all that a supplier sells."""
    return tenant_pk(tenant_id, "SUPPLIERSKUS", supplier_id)


def put_supplier_sku(tenant_id: TenantId, known: SupplierSku) -> Put:
    """Its next version: refused if it changed, or was removed, since it was read."""
    taken = SupplierSkuTaken("The supplier has this SKU already; change it.")
    return Put(
        supplier_sku_key(tenant_id, known.supplier_id, known.id),
        {
            "type": TYPE,
            "schema": SCHEMA,
            "version": known.version,
            "card": json.dumps(_card(known), ensure_ascii=False, separators=(",", ":")),
            "gsi1pk": suppliers_of_pk(tenant_id, known.sku),
            "gsi1sk": known.supplier_id,
            "gsi2pk": skus_of_pk(tenant_id, known.supplier_id),
            "gsi2sk": joined(known.sku),
        },
        only_if=ABSENT if known.version == 1 else "version = :read",
        values={":read": known.version - 1},
        otherwise=taken if known.version == 1 else None,
    )


def drop_supplier_sku(tenant_id: TenantId, known: SupplierSku) -> Delete:
    """It goes, if it is still as it was when that was decided."""
    key = supplier_sku_key(tenant_id, known.supplier_id, known.id)
    return Delete(key, only_if="version = :read", values={":read": known.version})


def is_sold(tenant_id: TenantId, sku: str) -> Check:
    """There is a variant with this SKU: goes with what first names it."""
    return Check(sku_key(tenant_id, sku), only_if=PRESENT, otherwise=SkuUnknown(f"No variant has the SKU {sku}."))


def prefer(tenant_id: TenantId, known: SupplierSku, *, instead_of: SupplierId | None) -> Put:
    """Who is asked first, in place of who was when that was read."""
    return Put(
        preferred_key(tenant_id, known.sku),
        {"type": "preferred_supplier", "schema": SCHEMA, "sku": known.sku, "supplier_id": known.supplier_id},
        only_if=ABSENT if instead_of is None else "supplier_id = :before",
        values={":before": instead_of},
    )


def prefer_nobody(tenant_id: TenantId, known: SupplierSku) -> Delete:
    """Nobody is asked first any more, if it was this supplier."""
    key = preferred_key(tenant_id, known.sku)
    return Delete(key, only_if="supplier_id = :own", values={":own": known.supplier_id})


def supplier_sku_from(item: Mapping[str, Any], *, preferred: Item | None) -> SupplierSku:
    """The supplier SKU of an item or its row in an index; `preferred` says who is asked first for its SKU."""
    card = json.loads(item["card"])
    return SupplierSku(
        id=SupplierSkuId(card["id"]),
        supplier_id=SupplierId(card["supplier_id"]),
        sku=card["sku"],
        terms=SkuTerms(
            unit_cost=Money(card["unit_cost"], Currency.of(card["currency"])),
            supplier_sku=card["supplier_sku"],
            minimum_quantity=card["minimum_quantity"],
            pack_size=card["pack_size"],
            lead_time_days=card["lead_time_days"],
        ),
        version=card["version"],
        created_at=clock.from_text(card["created_at"]),
        updated_at=clock.from_text(card["updated_at"]),
        preferred=preferred is not None and preferred["supplier_id"] == card["supplier_id"],
    )


def _card(known: SupplierSku) -> Item:
    """Everything that is said; indexes carry it too, so that a list needs no second read."""
    terms = known.terms
    return {
        "id": known.id,
        "supplier_id": known.supplier_id,
        "sku": known.sku,
        "supplier_sku": terms.supplier_sku,
        "unit_cost": terms.unit_cost.minor,
        "currency": terms.unit_cost.currency.code,
        "minimum_quantity": terms.minimum_quantity,
        "pack_size": terms.pack_size,
        "lead_time_days": terms.lead_time_days,
        "version": known.version,
        "created_at": clock.to_text(known.created_at),
        "updated_at": clock.to_text(known.updated_at),
    }
