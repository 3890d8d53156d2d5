"""What inventory tells the world. A level's facts bear its version; a SKU's, of all locations together, the SKU's own.

- inventory.adjusted: what is on hand has changed (whatever the cause: an adjustment, a sale, a return)
- inventory.restocked: besides, a delivery came
- inventory.reserved, inventory.released: units went to a buyer, or came back
- inventory.low: a level has become low, critical or out
- product.stock_low, product.out_of_stock, product.back_in_stock: a SKU has, in all locations together

What has a life of its own tells of it in its topic's events.py.
"""

from collections.abc import Iterator
from typing import Any

from storekeeper.inventory.alerts import events as alerts
from storekeeper.inventory.buckets.model import REARRANGED
from storekeeper.inventory.kits import events as kits
from storekeeper.inventory.levels.items import TYPE as LEVEL
from storekeeper.inventory.levels.items import cause_from, level_from
from storekeeper.inventory.levels.model import Cause, Level, MovementType, StockState, empty_level
from storekeeper.inventory.purchasing import events as purchasing
from storekeeper.inventory.reconciliation import events as reconciliation
from storekeeper.inventory.states.items import LEVEL_STATE, SKU_STOCK, sku_stock_from
from storekeeper.inventory.states.model import SkuStock
from storekeeper.inventory.suppliers import events as suppliers
from storekeeper.inventory.tracking.batches import events as batches
from storekeeper.inventory.tracking.serials import events as serials
from storekeeper.inventory.transfers import events as transfers
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import joined

_TOPICS = (alerts, batches, kits, purchasing, reconciliation, serials, suppliers, transfers)
TYPES = frozenset({LEVEL, LEVEL_STATE, SKU_STOCK}).union(*(topic.TYPES for topic in _TOPICS))
_NAMES = {
    MovementType.RESTOCK: "inventory.restocked",
    MovementType.HOLD: "inventory.reserved",
    MovementType.RELEASE: "inventory.released",
}


def events_of(change: Change) -> Iterator[Event]:
    """The facts of one change of a level, of a SKU's state, or of what a topic looks after."""
    for topic in _TOPICS:
        if change.type in topic.TYPES:
            yield from topic.events_of(change)
    if change.new is None or change.tenant_id is None:
        return
    if change.type == LEVEL:
        yield from _of_level(change.tenant_id, change.old, change.new)
    elif change.type == LEVEL_STATE and change.old is not None:
        yield from _of_state(change.tenant_id, change.old, change.new)
    elif change.type == SKU_STOCK and change.old is not None:
        yield from _of_sku(change.tenant_id, sku_stock_from(change.old), sku_stock_from(change.new))


def _of_level(tenant_id: TenantId, old: Item | None, new: Item) -> Iterator[Event]:
    after, cause = level_from(new), cause_from(new)
    before = level_from(old) if old else empty_level(after.sku, after.location_id, after.bucket)
    if after.version == before.version:
        return
    for name in _names(before, after, cause):
        yield _level_event(name, tenant_id, before, after, cause)


def _names(before: Level, after: Level, cause: Cause) -> Iterator[str]:
    if cause.reference_type in REARRANGED:
        return  # what moves between buckets is where it was
    if after.on_hand != before.on_hand:
        yield "inventory.adjusted"
    if cause.type in _NAMES and not _only_expected(before, after, cause):
        yield _NAMES[cause.type]
    if before.version and not after.is_spread and after.state.severity > before.state.severity:
        yield "inventory.low"


def _only_expected(before: Level, after: Level, cause: Cause) -> bool:
    """A delivery is on its way, or will not come: nothing has been restocked."""
    return cause.type is MovementType.RESTOCK and after.on_hand == before.on_hand


def _of_state(tenant_id: TenantId, old: Item, new: Item) -> Iterator[Event]:
    """A level that lies in buckets has become low, which none of them could say."""
    if (whole := new.get("whole")) is None:
        return
    if StockState(new["state"]).severity <= StockState(old["state"]).severity:
        return
    cause = whole["cause"]
    figures = {
        **{name: value for name, value in whole.items() if name != "cause"},
        "type": cause["type"],
        "state": new["state"],
        "reference": {"type": cause["reference_type"], "id": cause["reference_id"]},
        "actor": cause["actor"],
    }
    entity_id = joined(whole["sku"], whole["location_id"])
    yield Event("inventory.low", tenant_id, entity_id, new["level_version"], cause["at"], figures)


def _level_event(name: str, tenant_id: TenantId, before: Level, after: Level, cause: Cause) -> Event:
    figures: dict[str, Any] = {
        "sku": after.sku,
        "location_id": after.location_id,
        "bucket": after.bucket,
        "type": str(cause.type),
        "on_hand": after.on_hand,
        "on_hand_before": before.on_hand,
        "reserved": after.reserved,
        "reserved_before": before.reserved,
        "available": after.available,
        "state": str(after.state),
        "reference": {"type": cause.reference_type, "id": cause.reference_id},
        "actor": cause.actor,
    }
    return Event(
        type=name,
        tenant_id=tenant_id,
        entity_id=joined(after.sku, after.location_id, str(after.bucket)),
        version=after.version,
        occurred_at=clock.to_text(cause.at),
        data=figures,
    )


def _of_sku(tenant_id: TenantId, before: SkuStock, after: SkuStock) -> Iterator[Event]:
    if (name := _sku_event_name(before.state, after.state)) is None:
        return
    figures = {
        "sku": after.sku,
        "product_id": after.product_id,
        "available": after.available,
        "state": str(after.state),
        "locations": list(after.locations),
    }
    yield Event(name, tenant_id, after.sku, after.version, after.changed_at, figures)


def _sku_event_name(before: StockState, after: StockState) -> str | None:
    if before is StockState.OUT and after is not StockState.OUT:
        return "product.back_in_stock"
    if after.severity <= before.severity:
        return None
    return "product.out_of_stock" if after is StockState.OUT else "product.stock_low"
