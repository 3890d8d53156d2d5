"""Fulfill an order, whole or in part, and say that it has arrived."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory import (
    Cause,
    Shipping,
    SkuRef,
    TooManyNamed,
    is_level,
    ship_units,
    shipping_writes,
    sum_picks,
    tracked_among,
    with_modes,
)
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import OrderId, is_id, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import MAX_TRANSACTION, Table, WriteRefused, together
from storekeeper.kernel.writes import Write
from storekeeper.orders.items import change_order, order_from, order_key, order_pk
from storekeeper.orders.model import Order, OrderNotFound, moved
from storekeeper.orders.shipments.items import PREFIX, shipment_from, shipment_write
from storekeeper.orders.shipments.model import Dispatch, NotReserved, Shipment, plan_shipment
from storekeeper.orders.statuses import OrderStatus

MAX_ATTEMPTS = 5


class Shipped(Struct, frozen=True):
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
        TooManyNamed: serials and batches come to more than one transaction takes.
        Contended: others kept changing the order.
        What `plan_shipment` refuses, and `shipping_writes` of SKUs whose units are told apart.
    """
    shipment_id = new_id("shp", at=now)
    shipping = Shipping(order_id, shipment_id, names=dispatch.names)
    for _ in range(MAX_ATTEMPTS):
        before = read_shipped(order_id, table=table)
        check_version(before.order.version)
        order, shipment = plan_shipment(before.order, dispatch, shipment_id=shipment_id, now=now)
        after = Shipped(order, (*before.shipments, shipment))
        shipping = with_modes(table, shipping, shipment.picks)
        try:
            writes = fulfillment_writes(before.order, order, shipment, table=table, shipping=shipping)
            _write(table, *writes, *remember(after))
        except WriteRefused as refused:
            shipping = _learned(shipping, refused, order_key(table.tenant_id, order.id))
            continue
        return after
    raise Contended("Others are changing this order; try again.")


def _learned(shipping: Shipping, refused: WriteRefused, order: Key) -> Shipping:
    """What is to be tried next: a level may have told that its SKU is tracked, which nobody asks before.

    Raises:
        NotReserved: a level has fewer reserved units than the order owns.
    """
    modes = {**shipping.modes, **tracked_among(refused.old)}
    is_lost = order in refused.old or any(not is_level(key) for key in refused.old)
    if modes == shipping.modes and not is_lost:
        raise NotReserved("Stock that the order owns is not reserved any more.") from refused
    return replace(shipping, modes=modes)


def _write(table: Table, *writes: Write) -> None:
    if (over := len(writes) - MAX_TRANSACTION) > 0:
        raise TooManyNamed(f"It is {over} changes more than go at once: let fewer units leave, then the others.")
    table.write(*writes)


def fulfillment_writes(
    before: Order, after: Order, shipment: Shipment, *, table: Table, shipping: Shipping
) -> tuple[Write, ...]:
    """The order as it is after the shipment, the shipment, and each level without the units that left it."""
    cause = Cause.of_order(before.id, actor=table.trace.actor, at=shipment.shipped_at)
    picks = sum_picks(shipment.picks)
    levels = (
        ship_units(SkuRef(table.tenant_id, pick.sku), pick.pick, cause=cause)
        for pick in picks
        if pick.sku not in shipping.modes
    )
    named = shipping_writes(table, shipping, picks, cause=cause)
    return change_order(before, after), shipment_write(shipment, tenant_id=table.tenant_id), *levels, *named


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
