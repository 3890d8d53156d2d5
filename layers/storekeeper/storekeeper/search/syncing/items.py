"""What a sync leaves in the table: the differences that it found, beside each other in the run's own partition."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storekeeper.kernel import clock
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, ProductId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.runs import KEPT
from storekeeper.search.syncing.model import Difference, DifferenceKind

TYPE = "sync_difference"
PREFIX = "FOUND#"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SYNCED#<run>",
        sk="FOUND#<kind>#<place>",
        holds="Something derived that was not what the facts say, and was made so.",
        found_by="Query of its run's partition.",
        written_by="the worker (search.syncing)",
    ),
)


def differences_pk(tenant_id: TenantId, run_id: str) -> str:
    """The partition of what a sync has found."""
    return tenant_pk(tenant_id, "SYNCED", run_id)


def put_difference(tenant_id: TenantId, run_id: str, one: Difference, *, place: str, now: datetime) -> Put:
    """A difference that this run has not told yet; `place` names what it is about."""
    told = {
        "kind": one.kind.value,
        "product_id": one.product_id,
        "sku": one.sku,
        "location_id": one.location_id,
        "found": one.found,
        "expected": one.expected,
    }
    return Put(
        Key(differences_pk(tenant_id, run_id), joined("FOUND", one.kind, place)),
        {
            "type": TYPE,
            "schema": 1,
            "told": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
            "found_at": clock.to_text(now),
            "ttl": clock.to_epoch_s(now + KEPT),
        },
        only_if=ABSENT,
    )


def difference_from(item: Mapping[str, Any]) -> Difference:
    """The difference that an item tells of."""
    told = json.loads(item["told"])
    return Difference(
        DifferenceKind(told["kind"]),
        ProductId(told["product_id"]) if told["product_id"] else None,
        told["sku"],
        LocationId(told["location_id"]) if told["location_id"] else None,
        told["found"],
        told["expected"],
    )
