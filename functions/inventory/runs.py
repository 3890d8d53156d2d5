"""What the routes of long work share."""

from datetime import UTC, datetime

from storekeeper.edge.call import Call
from storekeeper.kernel.ids import derived_id, new_id

KEYED_AT = datetime(2026, 1, 1, tzinfo=UTC)  # a keyed run has no time that its repeat sees too


def run_id_of(call: Call) -> str:
    """The same for the same Idempotency-Key, so that a repeat after a crash goes on with what was begun."""
    if call.keyed is None:
        return new_id("run", at=call.now)
    return derived_id("run", *call.keyed.mark_key, call.keyed.body_hash, at=KEYED_AT)
