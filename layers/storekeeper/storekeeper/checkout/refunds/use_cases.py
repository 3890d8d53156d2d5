"""Refund an order. The wish is written first, with the money it takes from the order; then the provider is asked; then
its word is written. Whatever is interrupted, the sweep goes on with, under the same id, so that money never goes twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storekeeper import payments
from storekeeper.checkout.refunds import items
from storekeeper.checkout.refunds.model import OPEN_STATES, Refund, RefundPlan, RefundRequest, plan_refund, unrefunded
from storekeeper.inventory import Cause, SkuPick, SkuRef, find_levels, release_units, return_units, sum_picks
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, change_order, get_order, order_pk
from storekeeper.payments import PaymentGateway, ProviderRefund, ProviderRefused, ProviderUnavailable, RefundState
from storekeeper.tenancy import Settings

KEYS_FORGOTTEN = timedelta(hours=20)  # a provider keeps idempotency keys for a day
MAX_RESTOCKED = 90  # a transaction takes 100 items


class RefundNotFound(NotFound):
    """The order has no such refund."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The order, and the refund as far as it has come."""

    order: Order
    refund: Refund


def refund_order(
    order_id: str,
    request: RefundRequest,
    *,
    refund_id: str,
    table: Table,
    gateway: PaymentGateway,
    settings: Settings,
    now: datetime,
    remember: Remember[Refunded] = forget,
) -> Refunded:
    """Send money back, and with `restock` the units to a shelf. Safe to repeat under the same `refund_id`.

    The refund may still be pending in the answer: the provider could not be asked, or takes its time.

    Raises:
        OrderNotFound: no such order.
        RefundTooLarge: more than is left of what was captured.
        Invalid: lines or units that the order does not have.
    """

    def attempt() -> Refunded:
        order = get_order(order_id, table=table)
        if found := find_refund(order_id, refund_id, table=table):
            return Refunded(order, found)
        plan = plan_refund(order, request, now=now)
        refund = _new(refund_id, order, plan, request, actor=table.trace.actor, now=now)
        stock = _stock_writes(order, plan, request, settings=settings, table=table, now=now)
        done = Refunded(plan.after, refund)
        along = () if refund.state in OPEN_STATES else remember(done)
        table.write(change_order(order, plan.after), items.put_refund(table.tenant_id, refund), *stock, *along)
        return done

    asked = until_written(attempt)
    if asked.refund.state not in OPEN_STATES:
        return asked
    return carry_out(asked, table=table, gateway=gateway, now=now, remember=remember)


def refund_late(order: Order, paid: Order, *, reason: str, table: Table, now: datetime) -> Refunded:
    """Take note that all money of a cancelled order goes back; `paid` is the order with that money. One transaction.

    Raises:
        WriteRefused: the order has changed since it was read.
    """
    if paid.payment is None:
        raise ValueError("no payment, no money to send back")
    refund_id = f"ref_{order.id.removeprefix('ord_')}"
    plan = plan_refund(paid, RefundRequest(reason, amount=paid.payment.refundable), now=now)
    after = replace(plan.after, version=order.version + 1)
    refund = _new(refund_id, order, plan, RefundRequest(reason), actor=table.trace.actor, now=now)
    table.write(change_order(order, after), items.put_refund(table.tenant_id, refund))
    return Refunded(after, refund)


def carry_out(
    asked: Refunded, *, table: Table, gateway: PaymentGateway, now: datetime, remember: Remember[Refunded] = forget
) -> Refunded:
    """Ask the provider for a refund that is written down, and write its word; as it was, if there is none."""
    order, refund = asked.order, asked.refund
    if order.payment is None or order.payment.intent_id is None:
        raise ValueError("a refund without an intent")
    try:
        word = _ask(order, refund, order.payment.intent_id, gateway=gateway, now=now)
    except ProviderUnavailable:
        return asked
    except ProviderRefused as refused:
        word = ProviderRefund("", RefundState.FAILED, refund.amount, refused.provider_code, refund.id)
    return until_written(lambda: _apply(order.id, refund.id, word, table=table, now=now, remember=remember))


def _ask(order: Order, refund: Refund, intent_id: str, *, gateway: PaymentGateway, now: datetime) -> ProviderRefund:
    known = None
    if refund.provider_id or now - refund.created_at > KEYS_FORGOTTEN:
        known = gateway.find_refund(intent_id, refund_id=refund.id)
    return known or gateway.refund(
        payments.RefundRequest(order.tenant_id, order.id, refund.id, intent_id, refund.amount)
    )


def settle_refund(order_id: str, refund_id: str, *, table: Table, gateway: PaymentGateway, now: datetime) -> None:
    """Bring a refund to what the provider says of it now: what a webhook or the sweep asks for. Safe to repeat.

    Raises:
        OrderNotFound, RefundNotFound: there is none.
    """
    order = get_order(order_id, table=table)
    refund = find_refund(order_id, refund_id, table=table)
    if refund is None:
        raise RefundNotFound("The order has no such refund.")
    if refund.state in OPEN_STATES:
        carry_out(Refunded(order, refund), table=table, gateway=gateway, now=now)
    elif word := _word_on(order, refund_id, gateway):
        until_written(lambda: _apply(order_id, refund_id, word, table=table, now=now, remember=forget))


def _word_on(order: Order, refund_id: str, gateway: PaymentGateway) -> ProviderRefund | None:
    """What the provider says of a refund; None for one that went by hand."""
    intent_id = order.payment.intent_id if order.payment else None
    return gateway.find_refund(intent_id, refund_id=refund_id) if intent_id else None


def _apply(
    order_id: str, refund_id: str, word: ProviderRefund, *, table: Table, now: datetime, remember: Remember[Refunded]
) -> Refunded:
    order, refund = get_order(order_id, table=table), find_refund(order_id, refund_id, table=table)
    if refund is None:
        raise RefundNotFound("The order has no such refund.")
    if refund.state is word.state and refund.state not in OPEN_STATES:
        return Refunded(order, refund)
    after = replace(
        refund,
        state=word.state,
        provider_id=word.id or refund.provider_id,
        failure_code=word.failure_code,
        updated_at=max(now, refund.updated_at),
        version=refund.version + 1,
    )
    writes: list[Write] = [items.change_refund(table.tenant_id, after)]
    if _has_failed(after) and not _has_failed(refund):
        given_back = unrefunded(order, refund, now=now)
        writes.append(change_order(order, given_back))
        order = given_back
    done = Refunded(order, after)
    table.write(*writes, *remember(done))
    return done


def _has_failed(refund: Refund) -> bool:
    return refund.state in (RefundState.FAILED, RefundState.CANCELLED)


def find_refund(order_id: str, refund_id: str, *, table: Table) -> Refund | None:
    """The refund as it is now, or None."""
    item = table.get(items.refund_key(table.tenant_id, order_id, refund_id))
    return items.refund_from(item) if item else None


def list_refunds(order_id: OrderId, *, table: Table) -> tuple[Refund, ...]:
    """All refunds of an order, in the order of their ids."""
    found = table.query(order_pk(table.tenant_id, order_id), prefix=items.SK, consistent=True)
    return tuple(items.refund_from(item) for item in found)


def refund_at(key: Key, *, table: Table) -> Refund | None:
    """The refund that an index entry points to, or None."""
    item = table.get(key)
    return items.refund_from(item) if item else None


def _new(
    refund_id: str, order: Order, plan: RefundPlan, request: RefundRequest, *, actor: Actor, now: datetime
) -> Refund:
    by_hand = order.payment is not None and order.payment.provider == "manual"
    return Refund(
        id=refund_id,
        order_id=order.id,
        amount=plan.amount,
        state=RefundState.SUCCEEDED if by_hand else RefundState.PENDING,
        reason=request.reason,
        lines=plan.lines,
        restock=request.restock,
        actor=actor,
        created_at=now,
        updated_at=now,
    )


def _stock_writes(
    order: Order, plan: RefundPlan, request: RefundRequest, *, settings: Settings, table: Table, now: datetime
) -> list[Write]:
    released = sum_picks(plan.released)
    returned = _shelves(order, plan, request, settings=settings, table=table)
    if len(released) + len(returned) > MAX_RESTOCKED:
        raise Invalid.field("lines", "too_many_lines", f"Restock at most {MAX_RESTOCKED} lines at once.")
    cause = Cause.of_order(order.id, actor=table.trace.actor, at=now, reason=request.reason)
    writes: list[Write] = []
    writes += [release_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in released]
    writes += [return_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in returned]
    if len({write.key for write in writes}) < len(writes):
        detail = "Of one SKU, refund the units that have left and those that have not in two steps."
        raise Invalid.field("lines", "restock_in_two_steps", detail)
    return writes


def _shelves(
    order: Order, plan: RefundPlan, request: RefundRequest, *, settings: Settings, table: Table
) -> tuple[SkuPick, ...]:
    """Where returned units go: to the location asked for, else to the first by the store's priority that keeps them."""
    if not plan.returned:
        return ()
    all_ids = [location.id for location in settings.locations_for(order.store_id)]
    locations = [request.return_to] if request.return_to else all_ids
    levels = find_levels(table, plan.returned, locations=locations)
    if missing := [sku for sku in plan.returned if not levels.get(sku)]:
        detail = f"{missing[0]} is not kept there; adjust its stock at that location first."
        raise Invalid.field("location_id", "sku_not_kept_there", detail)
    return tuple(SkuPick(sku, levels[sku][0].location_id, 0, units) for sku, units in plan.returned.items())
