"""Put units aside for an order while it is picked: serials that then leave with it, or are set free."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storekeeper.inventory import Serial, reserving_writes
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Check
from storekeeper.orders.items import order_key
from storekeeper.orders.model import Order
from storekeeper.orders.shipments.model import NotFulfillable, NotReserved
from storekeeper.orders.shipments.use_cases import read_shipped
from storekeeper.orders.statuses import OrderStatus

_OPEN = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.SHIPPED})


@dataclass(frozen=True, slots=True)
class Assigned:
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
        NotReserved: it owns fewer units of the SKU.
        SerialNotThere, SerialReserved, WrongState: a unit cannot be put aside.
        StaleVersion: from `check_version`.
        Contended: others kept changing it.
    """

    def attempt() -> Assigned:
        order = read_shipped(order_id, table=table).order
        check_version(order.version)
        _check_owned(order, sku, len(set(numbers)))
        serials, writes = reserving_writes(table, sku, numbers, order_id=order.id, now=now)
        assigned = Assigned(order.id, sku, serials)
        table.write(unchanged_order(order), *writes, *remember(assigned))
        return assigned

    return until_written(attempt)


def _check_owned(order: Order, sku: str, units: int) -> None:
    if order.status not in _OPEN:
        raise NotFulfillable(f"Nothing is put aside for an order that is {order.status.value}.")
    if units > (owned := sum(pick.units for pick in order.picks if pick.sku == sku)):
        raise NotReserved(f"The order has {owned} units of the SKU reserved, and {units} were named.")


def unchanged_order(order: Order) -> Check:
    """The order is as it was read: it has not been cancelled, and nothing of it has left."""
    key = order_key(order.tenant_id, order.id)
    return Check(key, only_if="version = :version", values={":version": order.version})
