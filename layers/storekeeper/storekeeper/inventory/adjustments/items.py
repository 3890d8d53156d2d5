"""Adjustments in the table: the owner of one change of a level, by which it happens once."""

from datetime import datetime

from storekeeper.catalog import sku_key
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.levels.model import Level
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.writes import Put, Update

TYPE = "adjustment"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#ADJUSTMENT#<adjustment>",
        sk="ADJUSTMENT",
        holds="What a merchant said about a level, and the level after it.",
        found_by="Its id, which the movement refers to; a repeated row of a keyed bulk finds what it did.",
        written_by="adjust_stock, adjust_many",
    ),
)
_FIGURES = ("bucket", "on_hand", "reserved", "available", "incoming", "safety_stock", "version")


def adjustment_key(tenant_id: TenantId, adjustment_id: str) -> Key:
    """Key of an adjustment."""
    return Key(tenant_pk(tenant_id, "ADJUSTMENT", adjustment_id), "ADJUSTMENT")


def put_adjustment(
    tenant_id: TenantId, adjustment_id: str, adjustment: Adjustment, *, level: Level, now: datetime
) -> Put:
    """The adjustment, unless it was made before."""
    return Put(
        adjustment_key(tenant_id, adjustment_id),
        {
            "type": TYPE,
            "schema": 1,
            "sku": level.sku,
            "location_id": level.location_id,
            "movement_type": str(adjustment.type),
            "quantity": adjustment.quantity,
            "reason": adjustment.reason,
            "level": {name: getattr(level, name) for name in _FIGURES},
            "created_at": clock.to_text(now),
        },
        only_if="attribute_not_exists(pk)",
    )


def level_after(item: Item) -> Level:
    """The level as an adjustment left it."""
    return Level(sku=item["sku"], location_id=LocationId(item["location_id"]), **item["level"])


def mark_sku_stocked(tenant_id: TenantId, sku: str, *, mode: Mode | None = None) -> Update:
    """Goes with a SKU's first level at a location: it can no longer be renamed, removed or a kit.

    The level must have been made as the SKU is tracked.
    """
    return Update(
        sku_key(tenant_id, sku),
        "SET stocked = :yes",
        only_if="attribute_not_exists(kit) AND tracking = :mode"
        if mode
        else "attribute_exists(pk) AND attribute_not_exists(kit) AND attribute_not_exists(tracking)",
        values={":yes": True, ":mode": mode},
    )
