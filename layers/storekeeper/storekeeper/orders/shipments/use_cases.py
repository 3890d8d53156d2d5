"""Fulfill an order, whole or in part, and say that it has arrived."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storekeeper.inventory import Cause, SkuRef, ship_units, sum_picks
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import OrderId, is_id, new_id
from storekeeper.kernel.table import Table, WriteRefused, together
from storekeeper.kernel.writes import Write
from storekeeper.orders.items import change_order, order_from, order_key, order_pk
from storekeeper.orders.model import Order, OrderNotFound, moved
from storekeeper.orders.shipments.items import PREFIX, shipment_from, shipment_write
from storekeeper.orders.shipments.model import Dispatch, NotReserved, Shipment, plan_shipment
from storekeeper.orders.statuses import OrderStatus

MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Shipped:
    """An order with all that has left of it, oldest first."""

    order: Order
    shipments: tuple[Shipment, ...]


def read_shipped(order_id: str, *, table: Table) -> Shipped:
    """The order and its shipments as they are now: two reads side by side.

    Raises:
        OrderNotFound: there is no such order.
    """
    if not is_id(order_id, "ord"):
        raise OrderNotFound
    key = order_key(table.tenant_id, OrderId(order_id))
    pk = order_pk(table.tenant_id, OrderId(order_id))
    found, beside = together(
        lambda: [item] if (item := table.get(key)) else [],
        lambda: table.query(pk, prefix=PREFIX, consistent=True),
    )
    if not found:
        raise OrderNotFound
    return Shipped(order_from(found[0], tenant_id=table.tenant_id), tuple(map(shipment_from, beside)))


def fulfill_order(
    order_id: str,
    dispatch: Dispatch,
    *,
    table: Table,
    now: datetime,
    check_version: Callable[[int], None],
    remember: Remember[Shipped] = forget,
) -> Shipped:
    """Let units of an order leave: one transaction of order, shipment and levels (movement `sale`).

    Raises:
        OrderNotFound: there is no such order.
        StaleVersion: from `check_version`.
        NotReserved: a level has fewer reserved units than the order owns: its ledger must be looked into.
        Contended: others kept changing the order.
        What `plan_shipment` refuses.
    """
    shipment_id = new_id("shp", at=now)
    for _ in range(MAX_ATTEMPTS):
        before = read_shipped(order_id, table=table)
        check_version(before.order.version)
        order, shipment = plan_shipment(before.order, dispatch, shipment_id=shipment_id, now=now)
        after = Shipped(order, (*before.shipments, shipment))
        try:
            table.write(*fulfillment_writes(before.order, order, shipment, table=table), *remember(after))
        except WriteRefused as refused:
            if order_key(table.tenant_id, order.id) not in refused.old:
                raise NotReserved("Stock that the order owns is not reserved any more.") from refused
            continue
        return after
    raise Contended("Others are changing this order; try again.")


def fulfillment_writes(before: Order, after: Order, shipment: Shipment, *, table: Table) -> tuple[Write, ...]:
    """The order as it is after the shipment, the shipment, and each level without the units that left it."""
    cause = Cause.of_order(before.id, actor=table.trace.actor, at=shipment.shipped_at)
    levels = (
        ship_units(SkuRef(table.tenant_id, pick.sku), pick.pick, cause=cause) for pick in sum_picks(shipment.picks)
    )
    return change_order(before, after), shipment_write(shipment, tenant_id=table.tenant_id), *levels


def deliver_order(
    order_id: str,
    *,
    table: Table,
    now: datetime,
    check_version: Callable[[int], None],
    remember: Remember[Shipped] = forget,
) -> Shipped:
    """Say that a shipped order has arrived.

    Raises:
        OrderNotFound: there is no such order.
        WrongState: it is not shipped.
        StaleVersion: from `check_version`.
        Contended: others kept changing it.
    """
    for _ in range(MAX_ATTEMPTS):
        before = read_shipped(order_id, table=table)
        check_version(before.order.version)
        order = moved(before.order, OrderStatus.DELIVERED, now=now, delivered_at=max(now, before.order.updated_at))
        after = Shipped(order, before.shipments)
        try:
            table.write(change_order(before.order, order), *remember(after))
        except WriteRefused:
            continue
        return after
    raise Contended("Others are changing this order; try again.")
