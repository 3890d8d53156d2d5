"""Batches in the table: one item each, and beside it a row for each shipment that took units of it."""

import json
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from storekeeper.inventory.tracking.batches.model import Batch
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Put

TYPE = "batch"
DUE_KIND = "batch"
SALES = joined("SALE", "")
UNDATED = "~"  # follows every date: what never expires is listed last
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#BATCH#<batch>",
        sk="BATCH",
        holds="Units of a SKU that expire together: number, date, supplier, units left by location.",
        found_by="Its id, which SKU and number give; a SKU's (gsi1), all (gsi2), by date; by the sweep.",
        written_by="whatever moves units of a SKU that is tracked by batch; the sweep",
        indexes={
            "gsi1": ("T#<tenant>#BATCHES#<sku>", "<expires on>#<batch>"),
            "gsi2": ("T#<tenant>#BATCHES", "<expires on>#<batch>"),
            "due": ("DUE#batch#<n>", "<expires at>#<pk>#<sk>"),
        },
    ),
    Entity(
        name="batch_sale",
        pk="T#<tenant>#BATCH#<batch>",
        sk="SALE#<order>#<shipment>",
        holds="How many units of a batch left with a shipment, and with which order.",
        found_by="A query beside its batch; an order's (gsi1).",
        written_by="fulfill_order",
        indexes={"gsi1": ("T#<tenant>#BATCHESOF#<order>", "<batch>#<shipment>")},
    ),
)


class BatchSale(Struct, frozen=True):
    """Units of a batch that left with a shipment."""

    batch_id: str
    sku: str
    number: str
    order_id: str
    shipment_id: str
    units: int
    sold_at: datetime


def batch_pk(tenant_id: TenantId, batch_id: str) -> str:
    """The partition of a batch and of what left of it."""
    return tenant_pk(tenant_id, "BATCH", batch_id)


def batch_key(tenant_id: TenantId, batch_id: str) -> Key:
    """Where a batch is kept."""
    return Key(batch_pk(tenant_id, batch_id), "BATCH")


def of_sku_pk(tenant_id: TenantId, sku: str) -> str:
    """The partition of gsi1 that lists a SKU's batches, what expires first being first."""
    return tenant_pk(tenant_id, "BATCHES", sku)


def all_pk(tenant_id: TenantId) -> str:
    """The partition of gsi2 that lists all batches, what expires first being first."""
    return tenant_pk(tenant_id, "BATCHES")


def of_order_pk(tenant_id: TenantId, order_id: str) -> str:
    """The partition of gsi1 that lists what an order got of batches."""
    return tenant_pk(tenant_id, "BATCHESOF", order_id)


def put_batch(tenant_id: TenantId, batch: Batch) -> Put:
    """Its next version: refused if it changed since it was read."""
    return Put(
        batch_key(tenant_id, batch.id),
        _item(tenant_id, batch),
        only_if=ABSENT if batch.version == 1 else "version = :read",
        values={":read": batch.version - 1},
    )


def put_sale(tenant_id: TenantId, sale: BatchSale) -> Put:
    """A row of what left, which never changes."""
    card = {
        "batch_id": sale.batch_id,
        "sku": sale.sku,
        "number": sale.number,
        "order_id": sale.order_id,
        "shipment_id": sale.shipment_id,
        "units": sale.units,
        "sold_at": clock.to_text(sale.sold_at),
    }
    return Put(
        Key(batch_pk(tenant_id, sale.batch_id), joined("SALE", sale.order_id, sale.shipment_id)),
        {
            "type": "batch_sale",
            "schema": 1,
            "card": json.dumps(card, ensure_ascii=False, separators=(",", ":")),
            "gsi1pk": of_order_pk(tenant_id, sale.order_id),
            "gsi1sk": joined(sale.batch_id, sale.shipment_id),
        },
        only_if=ABSENT,
    )


def sale_from(item: Item) -> BatchSale:
    """The sale of a row."""
    card = json.loads(item["card"])
    return BatchSale(**{**card, "sold_at": clock.from_text(card["sold_at"])})


def _item(tenant_id: TenantId, batch: Batch) -> Item:
    key, expires_at = batch_key(tenant_id, batch.id), batch.expires_at
    due = due_attributes(DUE_KIND, key, at=expires_at) if expires_at and not batch.expired else {}
    by_date = joined(_text(batch.expires_on) or UNDATED, batch.id)
    return {
        "type": TYPE,
        "schema": 1,
        "id": batch.id,
        "sku": batch.sku,
        "number": batch.number,
        "expires_on": _text(batch.expires_on),
        "supplier_id": batch.supplier_id,
        "received_at": clock.to_text(batch.received_at),
        "units": dict(batch.units),
        "sold": batch.sold,
        "expired": batch.expired,
        "version": batch.version,
        "card": json.dumps(card_of(batch), ensure_ascii=False, separators=(",", ":")),
        "gsi1pk": of_sku_pk(tenant_id, batch.sku),
        "gsi1sk": by_date,
        "gsi2pk": all_pk(tenant_id),
        "gsi2sk": by_date,
        **due,
    }


def card_of(batch: Batch) -> dict[str, Any]:
    """What a list shows of a batch."""
    return {
        "id": batch.id,
        "sku": batch.sku,
        "number": batch.number,
        "expires_on": _text(batch.expires_on),
        "supplier_id": batch.supplier_id,
        "received_at": clock.to_text(batch.received_at),
        "units": dict(batch.units),
        "left": batch.left,
        "sold": batch.sold,
        "expired": batch.expired,
        "version": batch.version,
    }


def batch_from(item: Item) -> Batch:
    """The batch of an item."""
    return Batch(
        id=item["id"],
        sku=item["sku"],
        number=item["number"],
        expires_on=date.fromisoformat(item["expires_on"]) if "expires_on" in item else None,
        supplier_id=item.get("supplier_id"),
        received_at=clock.from_text(item["received_at"]),
        units={LocationId(place): units for place, units in item["units"].items()},
        sold=item["sold"],
        expired=item["expired"],
        version=item["version"],
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
