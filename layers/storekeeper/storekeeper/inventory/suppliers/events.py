"""What suppliers tell the world. Pure. Whom a merchant speaks with there, and notes, are not told.

- supplier.created, supplier.updated, supplier.deleted: a merchant buys from it; on other terms; no more
"""

import json
from collections.abc import Iterator

from storekeeper.inventory.suppliers.items import TYPE, supplier_from
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})
_TOLD = ("id", "name", "code", "currency", "lead_time_days", "minimum_order", "active")


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of each version of a supplier that a merchant made; that it was bought from first is none."""
    if change.type != TYPE or change.tenant_id is None:
        return
    supplier = supplier_from(change.item)
    card = json.loads(change.item["card"])
    shown = {name: card[name] for name in _TOLD}
    if change.new is None:
        version, at = supplier.version + 1, clock.to_text(change.at)
        yield Event("supplier.deleted", change.tenant_id, supplier.id, version, at, shown)
    elif change.old is None or _told(change.old) != _told(change.new):
        name, at = "supplier.updated" if change.old else "supplier.created", clock.to_text(supplier.updated_at)
        yield Event(name, change.tenant_id, supplier.id, supplier.version, at, shown)


def _told(item: Item) -> tuple[str, str]:
    return item["card"], item["contact"]
