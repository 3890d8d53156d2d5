"""What batches tell the world, made from the table's changes. Pure.

- batch.created: units of a batch have come for the first time
- batch.expired: its date has passed; what is left is told by location
"""

from collections.abc import Iterator

from storekeeper.inventory.tracking.batches.items import TYPE, batch_from, card_of
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})
_TOLD = ("id", "sku", "number", "expires_on", "supplier_id", "units", "left", "sold")


def events_of(change: Change) -> Iterator[Event]:
    """The facts of one change of a batch."""
    if change.type != TYPE or change.new is None or change.tenant_id is None:
        return
    batch = batch_from(change.new)
    shown = {name: value for name, value in card_of(batch).items() if name in _TOLD}
    if change.old is None:
        at = clock.to_text(batch.received_at)
        yield Event("batch.created", change.tenant_id, batch.id, batch.version, at, shown)
    elif change.became("expired", True) and batch.expires_at is not None:
        at = clock.to_text(batch.expires_at)
        yield Event("batch.expired", change.tenant_id, batch.id, batch.version, at, shown)
