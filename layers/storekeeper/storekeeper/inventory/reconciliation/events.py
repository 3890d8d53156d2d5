"""What reconciliations tell the world, made from the table's changes. Pure.

- inventory.drift_found: a level differs from what it should be; whether that was mended
"""

from collections.abc import Iterator

from msgspec.structs import asdict

from storekeeper.inventory.reconciliation.items import DRIFT, drift_from
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.keys import joined

TYPES = frozenset({DRIFT})


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of a difference, when a run first tells of it."""
    if change.old is not None or change.new is None or change.tenant_id is None:
        return
    found, drift = change.new, drift_from(change.new)
    entity_id = joined(found["run_id"], drift.sku, drift.location_id, str(drift.bucket), drift.kind)
    figures = {
        "reconciliation_id": found["run_id"],
        "sku": drift.sku,
        "location_id": drift.location_id,
        "bucket": drift.bucket,
        "kind": drift.kind.value,
        "cause": drift.cause.value,
        "outcome": found["outcome"],
        "expected": asdict(drift.expected),
        "found": asdict(drift.found),
        "since": clock.to_text(drift.since),
    }
    yield Event("inventory.drift_found", change.tenant_id, entity_id, drift.version, found["found_at"], figures)
