"""What purchase orders tell the world, made from the table's changes. Pure. Texts that people wrote are not told.

- purchase_order.created, purchase_order.updated: one was drafted; it was changed, and nothing came of it
- purchase_order.sent: its units are on their way
- purchase_order.received: some have come, or all
- purchase_order.closed_short: what was outstanding will not come
- purchase_order.cancelled: nothing of it will come
"""

from collections.abc import Iterator
from typing import Any

from storekeeper.inventory.purchasing.items import TYPE, purchase_from
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder, PurchaseStatus
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})
_NAMES = {
    PurchaseStatus.SENT: "purchase_order.sent",
    PurchaseStatus.PARTIALLY_RECEIVED: "purchase_order.received",
    PurchaseStatus.RECEIVED: "purchase_order.received",
    PurchaseStatus.CLOSED_SHORT: "purchase_order.closed_short",
    PurchaseStatus.CANCELLED: "purchase_order.cancelled",
}
_UNITS = ("quantity", "received", "rejected", "short", "outstanding")


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of each version of a purchase order."""
    if change.type != TYPE or change.new is None or change.tenant_id is None:
        return
    before = purchase_from(change.old) if change.old else None
    after = purchase_from(change.new)
    if before is None or before.version != after.version:
        at = clock.to_text(after.updated_at)
        yield Event(_name(before, after), change.tenant_id, after.id, after.version, at, _shown(after))


def _name(before: PurchaseOrder | None, after: PurchaseOrder) -> str:
    if before is None:
        return "purchase_order.created"
    if before.status is not after.status:
        return _NAMES[after.status]
    return "purchase_order.received" if after.is_open and before.lines != after.lines else "purchase_order.updated"


def _shown(order: PurchaseOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "status": order.status.value,
        "supplier_id": order.supplier_id,
        "currency": order.currency.code,
        "total": str(order.total),
        "received_total": str(order.received_total),
        "outstanding_total": str(order.outstanding_total),
        "expected_at": clock.to_text(order.expected_at) if order.expected_at else None,
        "units": {name: order.units(name) for name in _UNITS},
        "lines": [_line_shown(line) for line in order.lines],
    }


def _line_shown(line: PurchaseLine) -> dict[str, Any]:
    named = {"line_id": line.id, "sku": line.sku, "location_id": line.location_id, "unit_cost": str(line.unit_cost)}
    return named | {name: getattr(line, name) for name in _UNITS}
