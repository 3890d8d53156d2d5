"""Digital units leave by themselves, as soon as their order is paid: nobody packs them, and nothing waits for them.

The stream tells that an order was paid, whichever way that came about; what is to be done is decided from the order as
it is by then, and written under its version. So told twice, or late, it is done once.
"""

from collections import Counter
from datetime import datetime

from storekeeper.inventory import Shipping, tracked_among
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import OrderId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders.items import order_from
from storekeeper.orders.model import Order
from storekeeper.orders.shipments.model import MAX_LEVELS, Dispatch, Wanted, plan_shipment
from storekeeper.orders.shipments.use_cases import MAX_ATTEMPTS, fulfillment_writes
from storekeeper.orders.statuses import OrderStatus
from storekeeper.orders.store import find_order

_OPEN = frozenset({OrderStatus.PROCESSING, OrderStatus.SHIPPED})


def hand_over_what_is_paid(change: Change, *, table: Table) -> None:
    """Hand over what an order has to by this change, if it is one of an order; raises as `hand_over` does."""
    if change.type != "order" or change.new is None or not any("digital" in line for line in change.new["lines"]):
        return
    order = order_from(change.new, tenant_id=table.tenant_id)
    if units_to_hand_over(order):
        hand_over(order.id, table=table, now=change.at)


def units_to_hand_over(order: Order) -> tuple[Wanted, ...]:
    """The digital units of a paid order that it still owns, as far as one transaction takes their levels."""
    if order.status not in _OPEN or not order.is_paid:
        return ()
    lines = [line for line in order.lines if not line.requires_shipping]
    digital = {sku for line in lines for sku in line.asked(1).demand}
    owned: Counter[str] = Counter()
    for pick in [pick for pick in order.picks if pick.sku in digital][:MAX_LEVELS]:
        owned[pick.sku] += pick.units
    wanted: list[Wanted] = []
    for line in lines:
        units = min(line.unfulfilled, *(owned[sku] // needed for sku, needed in line.asked(1).demand.items()))
        owned.subtract(line.asked(units).demand)
        wanted += [Wanted(units, sku=line.sku)] if units else []
    return tuple(wanted)


def hand_over(order_id: OrderId, *, table: Table, now: datetime) -> None:
    """Take the digital units of a paid order out of stock, as fulfilled; what is left over the next change brings.

    Where the units of a SKU are told apart (license keys with serials), a merchant says which ones by fulfilling.

    Raises:
        Contended: others kept changing the order or the levels.
    """
    for _ in range(MAX_ATTEMPTS):
        order = find_order(order_id, table=table)
        wanted = units_to_hand_over(order) if order else ()
        if order is None or not wanted:
            return
        after, shipment = plan_shipment(order, Dispatch(wanted), shipment_id=new_id("shp", at=now), now=now)
        try:
            digital, shipping = replace(shipment, digital=True), Shipping(order.id, shipment.id)
            table.write(*fulfillment_writes(order, after, digital, table=table, shipping=shipping))
        except WriteRefused as refused:
            if tracked_among(refused.old):
                return
            continue
        return
    raise Contended("Others are changing this order; try again.")
