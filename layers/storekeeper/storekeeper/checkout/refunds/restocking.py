"""What a refund does to stock: units that had not left go back from reserved, those that had are put on a shelf."""

from collections.abc import Sequence
from datetime import datetime

from storekeeper.checkout.refunds.model import RefundPlan, RefundRequest, plan_refund, taken_off
from storekeeper.inventory import Cause, SkuPick, SkuRef, find_levels, release_units, return_units, sum_picks
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, change_order
from storekeeper.tenancy import Settings

MAX_RESTOCKED = 90  # a transaction takes 100 items; the order, the refund and a mark come along


def check_shelves(
    order: Order, plan: RefundPlan, request: RefundRequest, *, settings: Settings, table: Table
) -> tuple[SkuPick, ...]:
    """Where returned units go: to the location asked for, else to the first by the store's priority that keeps them.

    Raises:
        Invalid: `location_unknown`, though nothing is put back; `sku_not_kept_there`; `too_many_lines`, more than one
            transaction takes.
    """
    if request.return_to is not None and request.return_to not in settings.locations:
        raise Invalid.field("location_id", "location_unknown", "There is no such location.")
    shelves: tuple[SkuPick, ...] = ()
    if plan.returned:
        all_ids = [location.id for location in settings.locations_for(order.store_id)]
        locations = [request.return_to] if request.return_to else all_ids
        levels = find_levels(table, plan.returned, locations=locations)
        if missing := [sku for sku in plan.returned if not levels.get(sku)]:
            detail = f"{missing[0]} is not kept there; adjust its stock at that location first."
            raise Invalid.field("location_id", "sku_not_kept_there", detail)
        shelves = tuple(SkuPick(sku, levels[sku][0].location_id, 0, units) for sku, units in plan.returned.items())
    if len(sum_picks(plan.released)) + len(shelves) > MAX_RESTOCKED:
        raise Invalid.field("lines", "too_many_lines", f"Restock at most {MAX_RESTOCKED} lines at once.")
    return shelves


def take_off_first(
    order: Order,
    plan: RefundPlan,
    shelves: Sequence[SkuPick],
    request: RefundRequest,
    *,
    table: Table,
    now: datetime,
) -> tuple[Order, RefundPlan]:
    """Where units of one level both go back and come back, the ledger needs two movements, and so two transactions.

    Then the units that had not left are taken off the order now, and the plan is made again from the order after
    that. Interrupted here, a repeat finds them taken off and refunds the rest.

    Raises:
        WriteRefused: the order has changed since it was read.
    """
    if {_level(pick) for pick in plan.released}.isdisjoint(_level(pick) for pick in shelves):
        return order, plan
    after = taken_off(order, plan, now=now)
    table.write(change_order(order, after), *_releases(order, plan, request, table, now))
    return after, plan_refund(after, request, now=now)


def restock_writes(
    order: Order,
    plan: RefundPlan,
    shelves: Sequence[SkuPick],
    request: RefundRequest,
    *,
    table: Table,
    now: datetime,
) -> list[Write]:
    """The levels' part of the refund's transaction."""
    cause = _cause(order, request, table, now)
    returns = [return_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in shelves]
    return [*_releases(order, plan, request, table, now), *returns]


def _releases(order: Order, plan: RefundPlan, request: RefundRequest, table: Table, now: datetime) -> list[Write]:
    cause = _cause(order, request, table, now)
    released = sum_picks(plan.released)
    return [release_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in released]


def _cause(order: Order, request: RefundRequest, table: Table, now: datetime) -> Cause:
    return Cause.of_order(order.id, actor=table.trace.actor, at=now, reason=request.reason)


def _level(pick: SkuPick) -> tuple[str, str, int]:
    return pick.sku, pick.location_id, pick.bucket
