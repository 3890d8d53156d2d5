"""Money that came after its order was given up: the order stands again if its stock is still there; else the money goes
back. It never stands again beside another order of its cart.
"""

from datetime import datetime

from storekeeper.carts import cart_key, still_this_order
from storekeeper.checkout.refunds.use_cases import carry_out, refund_late
from storekeeper.checkout.settlement.model import LOOK_AGAIN, accepted
from storekeeper.checkout.till import Till
from storekeeper.inventory import (
    SCALE,
    Cause,
    OutOfStock,
    SkuPick,
    SkuRef,
    demand_of,
    find_levels_for_sale,
    levels_together,
    plan_demand,
    sum_picks,
    take_units,
)
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, PaymentWindow, change_order, changed, open_contact, window_moved
from storekeeper.tenancy import load_settings

LATE_PAYMENT = "late_payment"
MAX_TAKES = 90  # a transaction takes 100 items; the order and its cart come along


def retake(order: Order, paid: Order, *, till: Till, now: datetime) -> Order:
    """The cancelled order as it is after money came for it; `paid` is the order with that money.

    Units in more levels than one transaction takes are taken in several. Interrupted there, the sweep puts them back
    and comes to the money again.

    Raises:
        WriteRefused: the order, or a level, has changed since it was read.
    """
    cart_id = open_contact(order, sealer=till.sealer).cart_id
    cart = cart_key(order.tenant_id, cart_id) if cart_id else None
    checks = (still_this_order(cart, order_id=order.id),) if cart else ()
    try:
        while len(picks := _plan(order, till)) > MAX_TAKES:
            order = _taken(order, _part(order, picks[:MAX_TAKES], now), checks, picks[:MAX_TAKES], till, now)
        after = replace(
            accepted(order, paid.payment, now=now),
            picks=sum_picks((*order.picks, *picks)),
            cancelled_at=None,
            cancel_reason=None,
        )
        return _taken(order, after, checks, picks, till, now)
    except OutOfStock:
        return _send_back(order, paid, till=till, now=now)
    except WriteRefused as refused:
        if cart in refused.old:
            return _send_back(order, paid, till=till, now=now)
        raise


def _plan(order: Order, till: Till) -> tuple[SkuPick, ...]:
    """The units that the order lacks: those it never put back it has still."""
    demand = demand_of(line.asked(line.unfulfilled) for line in order.lines)
    for pick in order.picks:
        demand[pick.sku] -= pick.units
    demand = {sku: units for sku, units in demand.items() if units}
    locations = [location.id for location in load_settings(till.table).locations_for(order.store_id)]
    levels, _ = find_levels_for_sale(till.table, demand, locations=locations)
    throw = till.table.throw(SCALE)
    try:
        return plan_demand(levels, demand=demand, throw=throw)
    except OutOfStock as refused:
        short = {one.sku: one.requested for one in refused.shortages}
        levels = levels_together(till.table, levels, short=short, locations=locations)
        return plan_demand(levels, demand=demand, throw=throw)


def _part(order: Order, picks: tuple[SkuPick, ...], now: datetime) -> Order:
    owned, due_at = sum_picks((*order.picks, *picks)), now + LOOK_AGAIN
    if order.window is PaymentWindow.EXPIRING:
        return changed(order, now=now, picks=owned, due_at=due_at)
    return window_moved(order, PaymentWindow.EXPIRING, due_at=due_at, now=now, picks=owned)


def _taken(
    order: Order, after: Order, checks: tuple[Write, ...], picks: tuple[SkuPick, ...], till: Till, now: datetime
) -> Order:
    cause = Cause.of_order(order.id, actor=till.table.trace.actor, at=now, reason=LATE_PAYMENT)
    takes = [take_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in picks]
    till.table.write(change_order(order, after), *checks, *takes)
    return after


def _send_back(order: Order, paid: Order, *, till: Till, now: datetime) -> Order:
    """`order` as it is in the table: what it took again in parts, the sweep puts back."""
    still = replace(paid, picks=order.picks, window=order.window, due_at=order.due_at) if order.picks else paid
    asked = refund_late(order, still, reason=LATE_PAYMENT, table=till.table, now=now)
    return carry_out(asked, till=till, now=now, is_new=True).order
