"""Ledger rows in the table, beside their level in the order of its versions, and in two lists by time."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from storekeeper.inventory.levels.items import level_pk
from storekeeper.inventory.levels.model import MovementType, SkuRef
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel import clock
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, padded, tenant_pk
from storekeeper.kernel.writes import Put, Update

TYPE = "movement"
PREFIX = "MOVE#"
SHARDS = 8  # of a month: each takes 1,000 movements a second
UNTOLD_SHARDS = 4
MONTH_LENGTH = len("2026-11")

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SKU#<sku>#<location>#<bucket>",
        sk="MOVE#<version>",
        holds="One change of the level: the ledger. Versions have no gap.",
        found_by="Of a level by version, which time follows; of the tenant by month, sharded; by what it refers to; "
        "while somebody listens, those that are still to be told (see feed_page).",
        written_by="projector (inventory.projections); close_gaps; listen unmarks what it tells",
        indexes={
            "gsi1": ("T#<tenant>#MOVES#<month>#<n>", "<occurred at>#<sku>#<location>#<bucket>#<version>"),
            "gsi2": ("T#<tenant>#UNTOLD#<n>", "<occurred at>#<sku>#<location>#<bucket>#<version>"),
            "gsi3": ("T#<tenant>#MOVESOF#<reference>", "<occurred at>#<sku>#<location>#<bucket>#<version>"),
        },
    ),
)


def movement_key(level: str, version: int) -> Key:
    """Key of a row, in the partition of its level."""
    return Key(level, joined("MOVE", padded(version)))


def month_pks(tenant_id: TenantId, month: str) -> tuple[str, ...]:
    """The partitions of gsi1 that hold a month (`2026-11`) of the tenant's movements."""
    return tuple(tenant_pk(tenant_id, "MOVES", month, str(shard)) for shard in range(SHARDS))


def reference_pk(tenant_id: TenantId, reference_id: str) -> str:
    """The partition of gsi3 that holds what one order, hold or adjustment moved."""
    return tenant_pk(tenant_id, "MOVESOF", reference_id)


def position(movement: Movement) -> str:
    """The row's place in every list: by time, and unique."""
    place = (movement.sku, movement.location_id, str(movement.bucket), padded(movement.version))
    return joined(clock.to_text(movement.occurred_at), *place)


def untold_pks(tenant_id: TenantId) -> tuple[str, ...]:
    """The partitions of gsi2 that hold the movements that are still to be told to those who listen."""
    return tuple(tenant_pk(tenant_id, "UNTOLD", str(shard)) for shard in range(UNTOLD_SHARDS))


def unmark_movement(key: Key) -> Update:
    """It is told, in the transaction with this write, and by nobody else."""
    return Update(
        key,
        "SET told = :yes REMOVE gsi2pk, gsi2sk",
        only_if="attribute_exists(gsi2pk)",
        values={":yes": True},
    )


def put_movement(tenant_id: TenantId, movement: Movement, *, is_untold: bool = False) -> Put:
    """The row, unless it is there: the same change may be delivered twice. `is_untold`: somebody listens to changes."""
    level = level_pk(SkuRef(tenant_id, movement.sku), movement.location_id, movement.bucket)
    place, month = position(movement), clock.to_text(movement.occurred_at)[:MONTH_LENGTH]
    shard = zlib.crc32(f"{level}#{movement.version}".encode()) % SHARDS
    return Put(
        movement_key(level, movement.version),
        {
            "type": TYPE,
            "schema": 1,
            "version": movement.version,
            "card": json.dumps(_card(movement), ensure_ascii=False, separators=(",", ":")),
            "gsi1pk": month_pks(tenant_id, month)[shard],
            "gsi1sk": place,
            "gsi2pk": untold_pks(tenant_id)[shard % UNTOLD_SHARDS] if is_untold else None,
            "gsi2sk": place if is_untold else None,
            "gsi3pk": reference_pk(tenant_id, movement.reference_id) if movement.reference_id else None,
            "gsi3sk": place if movement.reference_id else None,
        },
        only_if="attribute_not_exists(pk)",
    )


def _card(movement: Movement) -> dict[str, Any]:
    """Everything that the row says; indexes carry it too, so that a list needs no second read."""
    card: dict[str, Any] = {
        "id": movement.id,
        "sku": movement.sku,
        "location_id": movement.location_id,
        "bucket": movement.bucket,
        "type": movement.type,
        "quantity": movement.quantity,
        "on_hand": [movement.on_hand_before, movement.on_hand_after],
        "reserved": [movement.reserved_before, movement.reserved_after],
        "safety_stock": movement.safety_stock,
        "incoming": movement.incoming,
        "reason": movement.reason,
        "reference": [movement.reference_type, movement.reference_id],
        "actor": movement.actor,
        "versions": [movement.first_version, movement.version],
        "occurred_at": clock.to_text(movement.occurred_at),
    }
    return card if movement.unit_cost is None else card | {"unit_cost": movement.unit_cost}


def movement_from(row: Mapping[str, Any]) -> Movement:
    """The movement of a row, as the table or an index gives it."""
    card = json.loads(row["card"])
    return Movement(
        id=card["id"],
        sku=card["sku"],
        location_id=LocationId(card["location_id"]),
        bucket=card["bucket"],
        type=MovementType(card["type"]),
        quantity=card["quantity"],
        on_hand_before=card["on_hand"][0],
        on_hand_after=card["on_hand"][1],
        reserved_before=card["reserved"][0],
        reserved_after=card["reserved"][1],
        safety_stock=card["safety_stock"],
        incoming=card["incoming"],
        reason=card["reason"],
        reference_type=card["reference"][0],
        reference_id=card["reference"][1],
        actor=card["actor"],
        first_version=card["versions"][0],
        version=card["versions"][1],
        occurred_at=clock.from_text(card["occurred_at"]),
        unit_cost=card.get("unit_cost"),
    )
