"""What kits tell the world. Pure.

- kit.created, kit.updated, kit.deleted: a SKU is made of components; of others; of none any more
"""

from collections.abc import Iterator

from storekeeper.inventory.kits.items import TYPE, kit_from
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of each version of a kit."""
    if change.type != TYPE or change.tenant_id is None:
        return
    kit = kit_from(change.item)
    shown = {
        "id": kit.id,
        "sku": kit.sku,
        "components": [{"sku": one.sku, "quantity": one.quantity} for one in kit.components],
    }
    if change.new is None:
        yield Event("kit.deleted", change.tenant_id, kit.id, kit.version + 1, clock.to_text(change.at), shown)
    else:
        name = "kit.updated" if change.old else "kit.created"
        yield Event(name, change.tenant_id, kit.id, kit.version, clock.to_text(kit.updated_at), shown)
