"""What a reconciliation leaves in the table: drifts beside their run; at each level, how far its ledger was checked."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storekeeper.inventory.levels.items import level_key, level_pk
from storekeeper.inventory.levels.model import Cause, Level, SkuRef
from storekeeper.inventory.reconciliation.model import Drift, DriftCause, DriftKind, Figures
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import Put, Update
from storekeeper.runs import KEPT

DRIFT = "drift"
CHECKED = "checked"
SK_DRIFT = "DRIFT#"
SK_CHECKED = "CHECKED"
ENTITIES = (
    Entity(
        name=DRIFT,
        pk="T#<tenant>#RECONCILED#<run>",
        sk="DRIFT#<sku>#<location>#<bucket>#<kind>#<version>",
        holds="One difference of a level from its ledger, its owners or what is on its way, and whether it was mended.",
        found_by="Query of its run's partition.",
        written_by="the worker (inventory.reconciliation), a repair in one transaction with what it mends",
    ),
    Entity(
        name=CHECKED,
        pk="T#<tenant>#SKU#<sku>#<location>#<bucket>",
        sk=SK_CHECKED,
        holds="Up to which version the ledger of a level was found right, and the level's figures then.",
        found_by="With its level.",
        written_by="the worker (inventory.reconciliation)",
    ),
)


def drifts_pk(tenant_id: TenantId, run_id: str) -> str:
    """The partition of what a reconciliation has found."""
    return tenant_pk(tenant_id, "RECONCILED", run_id)


def put_drift(tenant_id: TenantId, run_id: str, drift: Drift, *, outcome: str, now: datetime) -> Put:
    """A difference that this run has not told yet."""
    place = (drift.sku, drift.location_id, str(drift.bucket), drift.kind.value, str(drift.version))
    return Put(
        Key(drifts_pk(tenant_id, run_id), joined("DRIFT", *place)),
        {
            "type": DRIFT,
            "schema": 1,
            "run_id": run_id,
            "found_at": clock.to_text(now),
            "outcome": outcome,
            "drift": json.dumps(_as_json(drift), separators=(",", ":")),
            "ttl": clock.to_epoch_s(now + KEPT),
        },
        only_if="attribute_not_exists(pk)",
    )


def _as_json(drift: Drift) -> dict[str, Any]:
    return {
        "kind": drift.kind.value,
        "cause": drift.cause.value,
        "sku": drift.sku,
        "location_id": drift.location_id,
        "bucket": drift.bucket,
        "version": drift.version,
        "expected": _figures(drift.expected),
        "found": _figures(drift.found),
        "since": clock.to_text(drift.since),
        "versions": [drift.first_version, drift.last_version],
    }


def _figures(figures: Figures) -> list[int]:
    return [figures.on_hand, figures.reserved, figures.available, figures.incoming]


def drift_from(item: Mapping[str, Any]) -> Drift:
    """The difference that an item tells of."""
    told = json.loads(item["drift"])
    return Drift(
        kind=DriftKind(told["kind"]),
        cause=DriftCause(told["cause"]),
        sku=told["sku"],
        location_id=LocationId(told["location_id"]),
        bucket=told["bucket"],
        version=told["version"],
        expected=Figures(*told["expected"]),
        found=Figures(*told["found"]),
        since=clock.from_text(told["since"]),
        first_version=told["versions"][0],
        last_version=told["versions"][1],
    )


def checked_key(ref: SkuRef, level: Level) -> Key:
    """Key of what was checked of a level."""
    return Key(level_pk(ref, level.location_id, level.bucket), SK_CHECKED)


def put_checked(ref: SkuRef, level: Level, *, now: datetime) -> Put:
    """The ledger of a level was found right up to its version; unless another run has come further."""
    return Put(
        checked_key(ref, level),
        {
            "type": CHECKED,
            "schema": 1,
            "version": level.version,
            "figures": [level.on_hand, level.reserved, level.incoming, level.safety_stock],
            "checked_at": clock.to_text(now),
        },
        only_if="attribute_not_exists(pk) OR version < :version",
        values={":version": level.version},
    )


def checked_from(item: Item, level: Level) -> Level:
    """The level as it was when its ledger was found right."""
    on_hand, reserved, incoming, safety_stock = item["figures"]
    available = on_hand - reserved - safety_stock
    place = (level.sku, level.location_id, level.bucket)
    return Level(*place, on_hand, reserved, available, incoming, safety_stock, item["version"])


def checked_at(item: Item) -> datetime | None:
    """When that was; None if it was not noted."""
    return clock.from_text(item["checked_at"]) if "checked_at" in item else None


def mend_level(ref: SkuRef, drift: Drift, *, cause: Cause) -> Update:
    """The figures that were expected in place of those that were found, as long as they are those, and nothing came."""
    found, expected = drift.found, drift.expected
    return Update(
        level_key(ref, drift.location_id, drift.bucket),
        "SET on_hand = :on_hand, reserved = :reserved, available = :available, incoming = :incoming,"
        " version = version + :one, cause = :cause",
        only_if="version = :version AND on_hand = :found_on_hand AND reserved = :found_reserved"
        " AND available = :found_available AND incoming = :found_incoming",
        values={
            ":on_hand": expected.on_hand,
            ":reserved": expected.reserved,
            ":available": expected.available,
            ":incoming": expected.incoming,
            ":one": 1,
            ":cause": cause.as_item(),
            ":version": drift.version,
            ":found_on_hand": found.on_hand,
            ":found_reserved": found.reserved,
            ":found_available": found.available,
            ":found_incoming": found.incoming,
        },
    )
