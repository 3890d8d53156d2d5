"""Serials that were put aside for an order are set free once it owns fewer units than that: it was cancelled, its
payment window is over, its cart was taken back, units were refunded before they left, or others left in their place.

The stream tells that an order has changed, whichever way that came about; what is to be done is decided from the order
as it is by then, and written under its version. So told twice, or late, it is done once. Until then a serial leaves
with no other order.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from storekeeper.inventory import Serial, freeing_writes, still_put_aside
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import MAX_TRANSACTION, Table
from storekeeper.orders.items import still_as_read
from storekeeper.orders.model import Order
from storekeeper.orders.store import find_order

MAX_FREED = MAX_TRANSACTION - 1  # beside them goes a look at the order


def set_free_what_is_not_owned(change: Change, *, table: Table) -> None:
    """Set free what an order has put aside beyond its units, if this is a change of one; raises as `set_free` does."""
    if change.type == "order" and change.new is not None and "put_aside" in change.new:
        set_free(change.new["id"], table=table, now=change.at)


def set_free(order_id: str, *, table: Table, now: datetime) -> None:
    """Set free what the order, as it is now, has put aside beyond the units that it owns: what came last goes first.

    Raises:
        Contended: others kept changing the order or the serials.
    """

    def attempt() -> bool:
        order = find_order(order_id, table=table)
        if order is None:
            return True
        excess = tuple(_excess(order, still_put_aside(table, order.put_aside, order_id=order.id)))
        if excess:
            freed = freeing_writes(table, excess[:MAX_FREED], order_id=order.id, now=now)
            table.write(still_as_read(order), *freed)
        return len(excess) <= MAX_FREED

    while not until_written(attempt):
        pass


def _excess(order: Order, aside: Iterable[Serial]) -> Iterable[Serial]:
    counted = Counter[str]()
    for serial in aside:
        counted[serial.sku] += 1
        if counted[serial.sku] > order.owned(serial.sku):
            yield serial
