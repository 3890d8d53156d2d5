"""Put units aside for an order while it is picked: serials that then leave with it, or are set free.

The order keeps which ones they were, under its version. So whoever looks at what became of the order finds them all,
however it ended; and no more are put aside than it owns, whoever does so at the same moment.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory import Serial, reserving_writes, still_put_aside
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.orders.items import change_order, still_as_read
from storekeeper.orders.model import Order, changed
from storekeeper.orders.shipments.model import NotFulfillable, NotReserved
from storekeeper.orders.statuses import OrderStatus
from storekeeper.orders.store import get_order

_OPEN = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.SHIPPED})


class Assigned(Struct, frozen=True):
    """Serials of a SKU that are put aside for an order."""

    order_id: str
    sku: str
    serials: tuple[Serial, ...]


def assign_serials(
    order_id: str,
    sku: str,
    numbers: Sequence[str],
    *,
    table: Table,
    now: datetime,
    check_version: Callable[[int], None],
    remember: Remember[Assigned] = forget,
) -> Assigned:
    """Put these units aside for an order that owns as many of the SKU; those that are already stay so.

    Raises:
        OrderNotFound: there is no such order.
        NotFulfillable: the order is over.
        NotReserved: it owns fewer units of the SKU than would be put aside for it.
        SerialNotThere, SerialReserved, WrongState: a unit cannot be put aside.
        StaleVersion: from `check_version`.
        Contended: others kept changing it.
    """

    def attempt() -> Assigned:
        order = get_order(order_id, table=table)
        check_version(order.version)
        aside = still_put_aside(table, order.put_aside, order_id=order.id)
        _check_owned(order, sku, {*numbers, *(one.number for one in aside if one.sku == sku)})
        serials, writes = reserving_writes(table, sku, numbers, order_id=order.id, now=now)
        assigned = Assigned(order.id, sku, serials)
        table.write(_noted(order, (*aside, *serials), now=now), *writes, *remember(assigned))
        return assigned

    return until_written(attempt)


def _check_owned(order: Order, sku: str, numbers: set[str]) -> None:
    if order.status not in _OPEN:
        raise NotFulfillable(f"Nothing is put aside for an order that is {order.status.value}.")
    if len(numbers) > (owned := order.owned(sku)):
        raise NotReserved(f"The order has {owned} units of the SKU reserved, and {len(numbers)} would be put aside.")


def _noted(order: Order, aside: Sequence[Serial], *, now: datetime) -> Write:
    ids = tuple(dict.fromkeys(one.id for one in aside))
    if ids == order.put_aside:
        return still_as_read(order)
    return change_order(order, changed(order, now=now, put_aside=ids))
