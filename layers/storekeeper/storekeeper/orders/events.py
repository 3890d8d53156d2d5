"""The events that orders publish, made from the table's changes. Pure; ids and amounts, nothing personal.

Every change of an order is an `order.updated`, besides what else it is, so that versions have no gaps for receivers.
"""

from collections.abc import Iterable
from typing import Any

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId
from storekeeper.orders.facts import BESIDE, UPDATED, Beside, Fact, fact_beside, facts_of
from storekeeper.orders.items import order_from
from storekeeper.orders.model import Order, OrderLine
from storekeeper.pricing import Totals

TYPES = frozenset({"order", *BESIDE})


def events_of(change: Change) -> Iterable[Event]:
    """The events of one change; none for what is neither an order nor beside one, or was removed."""
    tenant_id = change.tenant_id
    if tenant_id is None or change.new is None:
        return ()
    if change.type == "order":
        return _order_events(change.old, change.new, tenant_id)
    beside = fact_beside(change.type, change.old, change.new)
    return (_event(beside, change.new, tenant_id),) if beside else ()


def _order_events(old: Item | None, new: Item, tenant_id: TenantId) -> list[Event]:
    before = order_from(old, tenant_id=tenant_id) if old else None
    after = order_from(new, tenant_id=tenant_id)
    if before and before.version == after.version:
        return []
    facts = [*facts_of(before, after), *([Fact(UPDATED)] if before else [])]
    shown = _shown(after)
    return [
        Event(
            type=fact.type,
            tenant_id=tenant_id,
            entity_id=after.id,
            version=after.version,
            occurred_at=new["updated_at"],
            data={**shown, **fact.data},
            store_id=after.store_id,
        )
        for fact in facts
    ]


def _event(beside: Beside, item: Item, tenant_id: TenantId) -> Event:
    return Event(
        type=beside.fact.type,
        tenant_id=tenant_id,
        entity_id=item["id"],
        version=beside.version,
        occurred_at=beside.at,
        data=beside.fact.data,
        store_id=item["store_id"],
    )


def _shown(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "number": order.number,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "fulfillment_status": order.fulfillment_status.value,
        "currency": order.currency.code,
        "totals": {name: str(getattr(order.totals, name)) for name in Totals.__struct_fields__},
        "lines": [_line_shown(line) for line in order.lines],
        "test": order.test,
        "source": order.source,
    }


def _line_shown(line: OrderLine) -> dict[str, Any]:
    counts = {name: getattr(line, name) for name in ("quantity", "fulfilled", "refunded", "returned", "cancelled")}
    return {"line_id": line.id, "sku": line.sku, "product_id": line.product_id, **counts, "total": str(line.total)}
