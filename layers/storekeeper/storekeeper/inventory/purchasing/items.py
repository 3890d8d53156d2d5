"""Purchase orders in the table: the order with its lines inside, its receipts beside it, its number, and the count."""

import json
from datetime import datetime
from typing import Any

from storekeeper.inventory.purchasing.exchange import ExchangeRate
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder, PurchaseOrderId, PurchaseStatus
from storekeeper.inventory.suppliers.model import SupplierId
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.writes import ABSENT, Put

TYPE = "purchase_order"
SCHEMA = 1
PURPOSE = "purchase_order"
PREFIX, FIRST_NUMBER = "PO-", 1001
NO_DATE = "~"  # follows every instant
_COUNTS = ("received", "rejected", "short")

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#PURCHASE#<purchase order>",
        sk="ORDER",
        holds="What is bought of a supplier: lines with cost, and how much of each has come; notes sealed.",
        found_by="Its id; all by age (gsi1); what is on its way by when it is expected (gsi2); a supplier's (gsi3).",
        written_by="create_purchase_order, and whatever changes it after",
        indexes={
            "gsi1": ("T#<tenant>#PURCHASES", "<purchase order>"),
            "gsi2": ("T#<tenant>#PURCHASESOPEN", "<expected at>#<purchase order>"),
            "gsi3": ("T#<tenant>#PURCHASESOF#<supplier>", "<purchase order>"),
        },
    ),
    Entity(
        name="purchase_number",
        pk="T#<tenant>#PURCHASENUMBER#<number>",
        sk="NUMBER",
        holds="Which purchase order a number is of.",
        found_by="The number.",
        written_by="create_purchase_order",
    ),
    Entity(
        name="purchase_count",
        pk="T#<tenant>#PURCHASECOUNT",
        sk="COUNT",
        holds="The last number that was given to a purchase order of the tenant.",
        found_by="Read by key for each new order.",
        written_by="create_purchase_order",
    ),
)


def purchase_pk(tenant_id: TenantId, order_id: PurchaseOrderId) -> str:
    """The partition of a purchase order and its receipts."""
    return tenant_pk(tenant_id, "PURCHASE", order_id)


def purchase_key(tenant_id: TenantId, order_id: PurchaseOrderId) -> Key:
    """Where a purchase order is kept."""
    return Key(purchase_pk(tenant_id, order_id), "ORDER")


def number_key(tenant_id: TenantId, number: str) -> Key:
    """Where it is kept which order a number is of."""
    return Key(tenant_pk(tenant_id, "PURCHASENUMBER", number), "NUMBER")


def count_key(tenant_id: TenantId) -> Key:
    """Where the tenant's count is kept."""
    return Key(tenant_pk(tenant_id, "PURCHASECOUNT"), "COUNT")


def all_pk(tenant_id: TenantId) -> str:
    """The partition of gsi1 that holds all purchase orders, the oldest first."""
    return tenant_pk(tenant_id, "PURCHASES")


def open_pk(tenant_id: TenantId) -> str:
    """The partition of gsi2 that holds those of which something is on its way, the soonest expected first."""
    return tenant_pk(tenant_id, "PURCHASESOPEN")


def supplier_pk(tenant_id: TenantId, supplier_id: str) -> str:
    """The partition of gsi3 that holds a supplier's purchase orders, the oldest first."""
    return tenant_pk(tenant_id, "PURCHASESOF", supplier_id)


def open_position(expected_at: datetime | None, order_id: str) -> str:
    """Where an order stands among those on their way: those with no date are last."""
    return joined(clock.to_text(expected_at) if expected_at else NO_DATE, order_id)


def put_purchase(tenant_id: TenantId, order: PurchaseOrder) -> Put:
    """Its next version: refused if it changed since it was read."""
    return Put(
        purchase_key(tenant_id, order.id),
        _as_item(tenant_id, order),
        only_if=ABSENT if order.version == 1 else "version = :read",
        values={":read": order.version - 1},
    )


def put_number(tenant_id: TenantId, order: PurchaseOrder) -> Put:
    """The number becomes this order's."""
    return Put(
        number_key(tenant_id, order.number),
        {"type": "purchase_number", "schema": SCHEMA, "order_id": order.id},
        only_if=ABSENT,
    )


def count_on(tenant_id: TenantId, last: int | None) -> tuple[int, Put]:
    """The number after `last` (None: no order has been made), if nobody else has taken it since that was read."""
    following = FIRST_NUMBER if last is None else last + 1
    write = Put(
        count_key(tenant_id),
        {"type": "purchase_count", "schema": SCHEMA, "last": following},
        only_if=ABSENT if last is None else "#last = :read",
        values={":read": last},
    )
    return following, write


def _as_item(tenant_id: TenantId, order: PurchaseOrder) -> Item:
    return {
        "type": TYPE,
        "schema": SCHEMA,
        "id": order.id,
        "number": order.number,
        "supplier_id": order.supplier_id,
        "supplier_name": order.supplier_name,
        "currency": order.currency.code,
        "status": order.status.value,
        "lines": [_line_as_item(line) for line in order.lines],
        "notes": order.sealed_notes,
        "reference": order.reference,
        "exchange_rate": str(order.exchange_rate) if order.exchange_rate else None,
        "expected_at": _text(order.expected_at),
        "sent_at": _text(order.sent_at),
        "ended_at": _text(order.ended_at),
        "ending_reason": order.ending_reason,
        "created_at": _text(order.created_at),
        "updated_at": _text(order.updated_at),
        "version": order.version,
        "gsi1pk": all_pk(tenant_id),
        "gsi1sk": order.id,
        "gsi2pk": open_pk(tenant_id) if order.is_open else None,
        "gsi2sk": open_position(order.expected_at, order.id) if order.is_open else None,
        "gsi3pk": supplier_pk(tenant_id, order.supplier_id),
        "gsi3sk": order.id,
        "card": json.dumps(card_of(order), ensure_ascii=False, separators=(",", ":")),
    }


def purchase_from(item: Item) -> PurchaseOrder:
    """The purchase order of an item."""
    currency = Currency.of(item["currency"])
    return PurchaseOrder(
        id=PurchaseOrderId(item["id"]),
        number=item["number"],
        supplier_id=SupplierId(item["supplier_id"]),
        supplier_name=item["supplier_name"],
        currency=currency,
        lines=tuple(_line_from(line, currency) for line in item["lines"]),
        sealed_notes=item["notes"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        reference=item["reference"],
        exchange_rate=ExchangeRate.parse(item["exchange_rate"]) if "exchange_rate" in item else None,
        expected_at=_instant(item, "expected_at"),
        status=PurchaseStatus(item["status"]),
        sent_at=_instant(item, "sent_at"),
        ended_at=_instant(item, "ended_at"),
        ending_reason=item["ending_reason"],
        version=item["version"],
    )


def _line_as_item(line: PurchaseLine) -> Item:
    said: dict[str, Any] = {
        "id": line.id,
        "sku": line.sku,
        "location_id": line.location_id,
        "quantity": line.quantity,
        "unit_cost": line.unit_cost.minor,
        "received_cost": line.received_cost.minor,
        "supplier_sku": line.supplier_sku,
        "expected_at": _text(line.expected_at),
        **{name: getattr(line, name) or None for name in _COUNTS},
    }
    return {name: value for name, value in said.items() if value is not None}


def _line_from(line: Item, currency: Currency) -> PurchaseLine:
    return PurchaseLine(
        id=line["id"],
        sku=line["sku"],
        location_id=LocationId(line["location_id"]),
        quantity=line["quantity"],
        unit_cost=Money(line["unit_cost"], currency),
        received_cost=Money(line["received_cost"], currency),
        supplier_sku=line.get("supplier_sku"),
        expected_at=_instant(line, "expected_at"),
        **{name: line.get(name, 0) for name in _COUNTS},
    )


def card_of(order: PurchaseOrder) -> Item:
    """What a row of a list shows; nothing personal."""
    return {
        "id": order.id,
        "number": order.number,
        "supplier_id": order.supplier_id,
        "supplier_name": order.supplier_name,
        "status": order.status.value,
        "currency": order.currency.code,
        "total": str(order.total),
        "received_total": str(order.received_total),
        "outstanding_total": str(order.outstanding_total),
        "units": {name: order.units(name) for name in ("quantity", *_COUNTS, "outstanding")},
        "skus": sorted({line.sku for line in order.lines}),
        "location_ids": sorted({line.location_id for line in order.lines}),
        "reference": order.reference,
        "expected_at": _text(order.expected_at),
        "sent_at": _text(order.sent_at),
        "created_at": _text(order.created_at),
        "updated_at": _text(order.updated_at),
        "version": order.version,
    }


def seal_notes(notes: str, *, sealer: Sealer) -> str:
    """Notes as an order holds them."""
    return sealer.seal(notes, purpose=PURPOSE)


def open_notes(order: PurchaseOrder, *, sealer: Sealer) -> str:
    """What somebody wrote on the order."""
    notes: str = sealer.open(order.sealed_notes, purpose=PURPOSE)
    return notes


def _text(at: datetime | None) -> str | None:
    return clock.to_text(at) if at else None


def _instant(item: Item, name: str) -> datetime | None:
    return clock.from_text(item[name]) if name in item else None
