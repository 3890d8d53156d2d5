"""States in the table: one row for each level, by which lists find it, and one for each SKU, by which events know it.

A row is written when a level is made and when its state changes, by the projector. So a sale pays for no index, and a
list costs a query of keys and one BatchGet of the live levels.
"""

import zlib

from storekeeper.catalog import sku_key
from storekeeper.inventory.levels.items import SK as LEVEL_SK
from storekeeper.inventory.levels.items import level_pk
from storekeeper.inventory.levels.model import Level, SkuRef, StockState
from storekeeper.inventory.states.model import SkuStock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import Put

LEVEL_STATE = "level_state"
SKU_STOCK = "sku_stock"
SHARDS = 4

ENTITIES = (
    Entity(
        name=LEVEL_STATE,
        pk="T#<tenant>#SKU#<sku>#<location>#<bucket>",
        sk="STATE",
        holds="Whether a level is ok, low, critical or out, as of a version; its place in lists.",
        found_by="All levels by SKU; those of a location; those that are not ok, by state; each sharded.",
        written_by="projector (inventory.projections); rebuild_states",
        indexes={
            "gsi1": ("T#<tenant>#LEVELS#<n>", "<sku>#<location>"),
            "gsi2": ("T#<tenant>#LEVELSAT#<location>#<n>", "<sku>#<location>"),
            "gsi3": ("T#<tenant>#LEVELSTATE#<state>#<n>", "<sku>#<location>"),
        },
    ),
    Entity(
        name=SKU_STOCK,
        pk="T#<tenant>#SKU#<sku>",
        sk="STOCK",
        holds="Whether a SKU is ok, low, critical or out in all locations together; where it has levels.",
        found_by="The SKU.",
        written_by="projector (inventory.projections); rebuild_states",
    ),
)


def all_pks(tenant_id: TenantId) -> tuple[str, ...]:
    """The partitions of gsi1 that list every level."""
    return tuple(tenant_pk(tenant_id, "LEVELS", str(shard)) for shard in range(SHARDS))


def location_pks(tenant_id: TenantId, location_id: LocationId) -> tuple[str, ...]:
    """The partitions of gsi2 that list the levels of a location."""
    return tuple(tenant_pk(tenant_id, "LEVELSAT", location_id, str(shard)) for shard in range(SHARDS))


def state_pks(tenant_id: TenantId, state: StockState) -> tuple[str, ...]:
    """The partitions of gsi3 that list the levels in a state; `ok` is not listed."""
    return tuple(tenant_pk(tenant_id, "LEVELSTATE", state, str(shard)) for shard in range(SHARDS))


def position(level: Level) -> str:
    """A level's place in every list: by SKU, then by location."""
    return joined(level.sku, level.location_id)


def listed_level_key(row: Item) -> Key:
    """Where the level of a listed row is kept: in the same partition."""
    return Key(row["pk"], LEVEL_SK)


def put_level_state(tenant_id: TenantId, level: Level, *, whole: Item | None = None) -> Put:
    """The state of a level as of its version, unless a later one is written; `level` is all buckets added up.

    `whole` is what the world is told of a level in several buckets, should it have become low: no bucket knows that.
    """
    pk = level_pk(SkuRef(tenant_id, level.sku), level.location_id)
    shard, place = zlib.crc32(pk.encode()) % SHARDS, position(level)
    listed = level.state is not StockState.OK
    return Put(
        Key(pk, "STATE"),
        {
            "type": LEVEL_STATE,
            "schema": 1,
            "state": str(level.state),
            "level_version": level.version,
            "whole": whole,
            "gsi1pk": all_pks(tenant_id)[shard],
            "gsi1sk": place,
            "gsi2pk": location_pks(tenant_id, level.location_id)[shard],
            "gsi2sk": place,
            "gsi3pk": state_pks(tenant_id, level.state)[shard] if listed else None,
            "gsi3sk": place if listed else None,
        },
        only_if="attribute_not_exists(pk) OR level_version < :level_version",
        values={":level_version": level.version},
    )


def level_state_key(tenant_id: TenantId, level: Level) -> Key:
    """Key of a level's state."""
    return Key(level_pk(SkuRef(tenant_id, level.sku), level.location_id), "STATE")


def mend_level_state(tenant_id: TenantId, level: Level) -> Put:
    """The state of a level in place of what is said of this version or an earlier one; never of a later one."""
    put = put_level_state(tenant_id, level)
    return Put(
        put.key,
        put.item,
        only_if="attribute_not_exists(pk) OR level_version <= :level_version",
        values={":level_version": level.version},
    )


def sku_stock_key(tenant_id: TenantId, sku: str) -> Key:
    """Key of a SKU's state."""
    return Key(sku_key(tenant_id, sku).pk, "STOCK")


def sku_stock_from(item: Item) -> SkuStock:
    """The state that an item holds."""
    return SkuStock(
        sku=item["sku"],
        product_id=item["product_id"],
        state=StockState(item["state"]),
        available=item["available"],
        locations=tuple(LocationId(one) for one in item["locations"]),
        version=item["version"],
        changed_at=item["changed_at"],
    )


def put_sku_stock(tenant_id: TenantId, stock: SkuStock) -> Put:
    """A SKU's state in place of the version before it; version 1 is the first."""
    return Put(
        sku_stock_key(tenant_id, stock.sku),
        {
            "type": SKU_STOCK,
            "schema": 1,
            "sku": stock.sku,
            "product_id": stock.product_id,
            "state": str(stock.state),
            "available": stock.available,
            "locations": list(stock.locations),
            "version": stock.version,
            "changed_at": stock.changed_at,
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": stock.version - 1},
    )
