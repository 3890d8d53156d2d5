"""What serials tell the world, made from the table's changes. Pure. Texts that people wrote are not told.

- serial.moved: a unit has come, was reserved or set free, has left, come back, or is lost for good
"""

from collections.abc import Iterator

from storekeeper.inventory.tracking.serials.items import TYPE, serial_from
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of each version of a serial."""
    if change.type != TYPE or change.new is None or change.tenant_id is None:
        return
    serial = serial_from(change.new)
    if change.old is not None and change.old["version"] == serial.version:
        return
    step = serial.history[-1]
    shown = {
        "id": serial.id,
        "sku": serial.sku,
        "number": serial.number,
        "status": str(serial.status),
        "status_before": change.old["status"] if change.old else None,
        "location_id": serial.location_id,
        "order_id": serial.order_id,
        "reference": {"type": step.reference_type, "id": step.reference_id},
        "actor": step.actor,
    }
    yield Event("serial.moved", change.tenant_id, serial.id, serial.version, clock.to_text(step.at), shown)
