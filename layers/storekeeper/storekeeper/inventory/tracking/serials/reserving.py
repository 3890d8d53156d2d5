"""Serials that are put aside for an order while it is picked, and set free, as writes for transactions of the order."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from storekeeper.inventory.tracking.model import Occasion
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import Serial, SerialNotThere, SerialStatus, reserved, set_free
from storekeeper.inventory.tracking.serials.store import find_serials, find_serials_by_id
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def reserving_writes(
    table: Table, sku: str, numbers: Sequence[str], *, order_id: str, now: datetime
) -> tuple[tuple[Serial, ...], tuple[Write, ...]]:
    """The serials as they are after it, and the writes of those that were not the order's already.

    Raises:
        SerialNotThere: one of them is not in stock.
        SerialReserved: one of them is put aside for another order.
        WrongState: one of them has been sold, or is lost.
    """
    known = find_serials(table, sku, numbers)
    if missing := [number for number in numbers if number not in known]:
        raise SerialNotThere(f"{missing[0]} is not in stock.")
    occasion = Occasion("order", order_id, table.trace.actor, now)
    after = tuple(reserved(known[number], order_id, occasion) for number in dict.fromkeys(numbers))
    moved = tuple(put_serial(table.tenant_id, one) for one in after if one != known[one.number])
    return after, moved


def still_put_aside(table: Table, serial_ids: Iterable[str], *, order_id: str) -> tuple[Serial, ...]:
    """Those of the serials that are put aside for the order as of now, in their order."""
    known = find_serials_by_id(table, serial_ids)
    return tuple(one for one in known if one.status is SerialStatus.RESERVED and one.order_id == order_id)


def freeing_writes(table: Table, aside: Iterable[Serial], *, order_id: str, now: datetime) -> tuple[Write, ...]:
    """These serials are put aside for the order no more."""
    occasion = Occasion("order", order_id, table.trace.actor, now)
    return tuple(put_serial(table.tenant_id, set_free(one, occasion)) for one in aside)
