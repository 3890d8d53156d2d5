"""Suppliers in the table: each with a claim to its code, and listed by name."""

import json
from typing import Any

from storekeeper.catalog import fold
from storekeeper.inventory.suppliers.model import (
    CodeTaken,
    Supplier,
    SupplierContact,
    SupplierId,
    SupplierTerms,
)
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.writes import ABSENT, Delete, Put, Update

TYPE = "supplier"
SCHEMA = 1
PURPOSE = "supplier"
MAX_NAME = 100  # letters of a name that suppliers are sorted by

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SUPPLIER#<supplier>",
        sk="SUPPLIER",
        holds="Whom a merchant buys from: terms; contact, address and notes sealed.",
        found_by="Its id; all of a tenant by name (gsi1).",
        written_by="create_supplier, change_supplier, delete_supplier; marked by its first SKU or purchase order",
        indexes={"gsi1": ("T#<tenant>#SUPPLIERS", "<folded name>#<supplier>")},
    ),
    Entity(
        name="supplier_code",
        pk="T#<tenant>#SUPPLIERCODE#<code>",
        sk="CODE",
        holds="Which supplier a code belongs to (so that it is unique in the tenant).",
        found_by="The code, without case.",
        written_by="create_supplier, change_supplier, delete_supplier",
    ),
)


def supplier_pk(tenant_id: TenantId, supplier_id: SupplierId) -> str:
    """The partition of a supplier and its SKUs."""
    return tenant_pk(tenant_id, "SUPPLIER", supplier_id)


def supplier_key(tenant_id: TenantId, supplier_id: SupplierId) -> Key:
    """Where a supplier is kept."""
    return Key(supplier_pk(tenant_id, supplier_id), "SUPPLIER")


def list_pk(tenant_id: TenantId) -> str:
    """The partition of gsi1 that holds all suppliers, by name."""
    return tenant_pk(tenant_id, "SUPPLIERS")


def code_key(tenant_id: TenantId, code: str) -> Key:
    """The claim to a code."""
    return Key(tenant_pk(tenant_id, "SUPPLIERCODE", code.casefold()), "CODE")


def put_supplier(tenant_id: TenantId, supplier: Supplier) -> Put:
    """Its next version: refused if it changed, or was deleted, since it was read."""
    return Put(
        supplier_key(tenant_id, supplier.id),
        _as_item(tenant_id, supplier),
        only_if=ABSENT if supplier.version == 1 else "version = :read",
        values={":read": supplier.version - 1},
    )


def claim_code(tenant_id: TenantId, supplier: Supplier) -> Put:
    """The code becomes this supplier's."""
    return Put(
        code_key(tenant_id, supplier.terms.code),
        {"type": "supplier_code", "schema": SCHEMA, "supplier_id": supplier.id},
        only_if=ABSENT,
        otherwise=CodeTaken(f"Another supplier has the code {supplier.terms.code}."),
    )


def leave_code(tenant_id: TenantId, supplier: Supplier) -> Delete:
    """The code is free again."""
    return Delete(code_key(tenant_id, supplier.terms.code), only_if="supplier_id = :own", values={":own": supplier.id})


def drop_supplier(tenant_id: TenantId, supplier: Supplier) -> Delete:
    """The supplier goes, if it is still as it was when that was decided."""
    return Delete(supplier_key(tenant_id, supplier.id), only_if="version = :read", values={":read": supplier.version})


def mark_supplier_used(tenant_id: TenantId, supplier: Supplier) -> tuple[Update, ...]:
    """Goes with what is bought there; nothing where the supplier is known to be marked.

    So a supplier is neither deleted nor given another currency under its SKUs and orders, and only the first of them
    pays for that: it is refused if the supplier has changed since it was read.
    """
    if supplier.used:
        return ()
    mark = Update(
        supplier_key(tenant_id, supplier.id),
        "SET used = :yes, version = version + :one",
        only_if="version = :read",
        values={":yes": True, ":one": 1, ":read": supplier.version},
    )
    return (mark,)


def _as_item(tenant_id: TenantId, supplier: Supplier) -> Item:
    terms = supplier.terms
    return {
        "type": TYPE,
        "schema": SCHEMA,
        "id": supplier.id,
        "name": terms.name,
        "code": terms.code,
        "currency": terms.currency.code,
        "lead_time_days": terms.lead_time_days,
        "minimum_order": terms.minimum_order.minor if terms.minimum_order else None,
        "active": terms.active,
        "contact": supplier.sealed_contact,
        "used": supplier.used,
        "version": supplier.version,
        "created_at": clock.to_text(supplier.created_at),
        "updated_at": clock.to_text(supplier.updated_at),
        "gsi1pk": list_pk(tenant_id),
        "gsi1sk": joined(fold(terms.name)[:MAX_NAME], supplier.id),
        "card": _card(supplier),
    }


def supplier_from(item: Item) -> Supplier:
    """The supplier of an item."""
    currency = Currency.of(item["currency"])
    return Supplier(
        id=SupplierId(item["id"]),
        terms=SupplierTerms(
            name=item["name"],
            code=item["code"],
            currency=currency,
            lead_time_days=item.get("lead_time_days"),
            minimum_order=Money(item["minimum_order"], currency) if "minimum_order" in item else None,
            active=item["active"],
        ),
        sealed_contact=item["contact"],
        used=item["used"],
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def _card(supplier: Supplier) -> str:
    """What a row of the list shows; nothing personal."""
    terms = supplier.terms
    row = {
        "id": supplier.id,
        "name": terms.name,
        "code": terms.code,
        "currency": terms.currency.code,
        "lead_time_days": terms.lead_time_days,
        "minimum_order": str(terms.minimum_order) if terms.minimum_order else None,
        "active": terms.active,
        "created_at": clock.to_text(supplier.created_at),
        "updated_at": clock.to_text(supplier.updated_at),
    }
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def seal_contact(contact: SupplierContact, *, sealer: Sealer) -> str:
    """The contact as a supplier holds it."""
    said = {
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "address": contact.address.as_item() if contact.address else None,
        "notes": contact.notes,
    }
    return sealer.seal({name: value for name, value in said.items() if value is not None}, purpose=PURPOSE)


def open_contact(supplier: Supplier, *, sealer: Sealer) -> SupplierContact:
    """What the merchant said of the people there."""
    said: dict[str, Any] = sealer.open(supplier.sealed_contact, purpose=PURPOSE)
    if "address" in said:
        said["address"] = Address.from_item(said["address"])
    return SupplierContact(**said)
