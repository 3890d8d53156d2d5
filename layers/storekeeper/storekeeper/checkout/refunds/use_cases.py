"""Refund an order. The wish is written first, with the money it takes from the order; then the provider is asked; then
its word is written. Whatever is interrupted, the sweep goes on with, under the same id, so that money never goes twice.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from storekeeper import payments
from storekeeper.checkout.refunds import items
from storekeeper.checkout.refunds.model import OPEN_STATES, Refund, RefundPlan, RefundRequest, plan_refund, unrefunded
from storekeeper.checkout.refunds.restocking import check_shelves, restock_writes, take_off_first
from storekeeper.checkout.till import Till
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, change_order, get_order, order_pk
from storekeeper.payments import PaymentDeclined, ProviderRefund, ProviderRefused, ProviderUnavailable, RefundState
from storekeeper.tenancy import Settings

_FAILED = frozenset({RefundState.FAILED, RefundState.CANCELLED})


class RefundNotFound(NotFound):
    """The order has no such refund."""

    def __init__(self) -> None:
        super().__init__("The order has no such refund.")


class Refunded(Struct, frozen=True):
    """The order, and the refund as far as it has come."""

    order: Order
    refund: Refund


def refund_order(
    order_id: str,
    request: RefundRequest,
    *,
    refund_id: str,
    till: Till,
    settings: Settings,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Refunded] = forget,
) -> Refunded:
    """Send money back, and with `restock` the units to a shelf. Safe to repeat under the same `refund_id`.

    The refund may still be pending in the answer: the provider could not be asked, or takes its time.

    Raises:
        OrderNotFound: no such order.
        StaleVersion: from `check_version`.
        RefundTooLarge: more than is left of what was captured.
        Invalid: lines or units that the order does not have, or a location that does not keep what comes back.
    """
    table = till.table

    def attempt() -> tuple[Refunded, bool]:
        order = get_order(order_id, table=table)
        if found := find_refund(order_id, refund_id, table=table):
            return Refunded(order, found), False
        check_version(order.version)
        plan = plan_refund(order, request, now=now)
        shelves = check_shelves(order, plan, request, settings=settings, table=table)
        order, plan = take_off_first(order, plan, shelves, request, table=table, now=now)
        refund = _new(refund_id, order, plan, request, actor=table.trace.actor, now=now)
        stock = restock_writes(order, plan, shelves, request, table=table, now=now)
        done = Refunded(plan.after, refund)
        along = () if refund.state in OPEN_STATES else remember(done)
        table.write(change_order(order, plan.after), items.put_refund(table.tenant_id, refund), *stock, *along)
        return done, True

    asked, is_new = until_written(attempt)
    if asked.refund.state not in OPEN_STATES:
        return asked
    return carry_out(asked, till=till, now=now, is_new=is_new, remember=remember)


def refund_late(order: Order, paid: Order, *, reason: str, table: Table, now: datetime) -> Refunded:
    """Take note that all money of a cancelled order goes back; `paid` is the order with that money. One transaction.

    Raises:
        WriteRefused: the order has changed since it was read.
    """
    if paid.payment is None:
        raise ValueError("no payment, no money to send back")
    refund_id = f"ref_{order.id.removeprefix('ord_')}"  # there is one such refund of an order
    plan = plan_refund(paid, RefundRequest(reason, amount=paid.payment.refundable), now=now)
    after = replace(plan.after, version=order.version + 1)
    refund = _new(refund_id, paid, plan, RefundRequest(reason), actor=table.trace.actor, now=now)
    table.write(change_order(order, after), items.put_refund(table.tenant_id, refund))
    return Refunded(after, refund)


def carry_out(
    asked: Refunded, *, till: Till, now: datetime, is_new: bool, remember: Remember[Refunded] = forget
) -> Refunded:
    """Ask the provider for a refund that is written down, and write its word; as it was, if there is none.

    One that may have been asked for before (`is_new` False) is looked for first: under its key the provider gives its
    first answer again, whatever became of the refund since, and after a day it has forgotten the key.
    """
    order, refund = asked.order, asked.refund
    if order.payment is None or order.payment.intent_id is None:
        raise ValueError("a refund without an intent")
    try:
        word = _ask(order, refund, order.payment.intent_id, till=till, is_new=is_new)
    except ProviderUnavailable:
        return asked
    except ProviderRefused as refused:
        word = _refusal(refund, refused.provider_code)
    except PaymentDeclined as declined:
        word = _refusal(refund, declined.failure_code)
    return until_written(lambda: _apply(order.id, refund.id, word, table=till.table, now=now, remember=remember))


def _refusal(refund: Refund, code: str) -> ProviderRefund:
    return ProviderRefund("", RefundState.FAILED, refund.amount, code, refund.id)


def _ask(order: Order, refund: Refund, intent_id: str, *, till: Till, is_new: bool) -> ProviderRefund:
    known = None if is_new else till.gateway.find_refund(intent_id, refund_id=refund.id)
    return known or till.gateway.refund(
        payments.RefundRequest(order.tenant_id, order.id, refund.id, intent_id, refund.amount)
    )


def settle_refund(order_id: str, refund_id: str, *, till: Till, now: datetime) -> Refund:
    """Bring a refund to what the provider says of it now: what a webhook or the sweep asks for. Safe to repeat.

    Raises:
        OrderNotFound, RefundNotFound: there is none.
        ProviderUnavailable: it had ended, and whether it failed since cannot be asked now.
    """
    order = get_order(order_id, table=till.table)
    refund = find_refund(order_id, refund_id, table=till.table)
    if refund is None:
        raise RefundNotFound
    if refund.state in OPEN_STATES:
        return carry_out(Refunded(order, refund), till=till, now=now, is_new=False).refund
    intent_id = order.payment.intent_id if order.payment else None
    word = till.gateway.find_refund(intent_id, refund_id=refund_id) if intent_id else None
    if word is None:
        return refund
    return until_written(lambda: _apply(order.id, refund_id, word, table=till.table, now=now, remember=forget)).refund


def _apply(
    order_id: OrderId,
    refund_id: str,
    word: ProviderRefund,
    *,
    table: Table,
    now: datetime,
    remember: Remember[Refunded],
) -> Refunded:
    """Write the provider's word. One that failed stays so: its money was given back to the order."""
    order, refund = get_order(order_id, table=table), find_refund(order_id, refund_id, table=table)
    if refund is None:
        raise RefundNotFound
    if refund.state in _FAILED or (refund.state is word.state and refund.state not in OPEN_STATES):
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
    if after.state in _FAILED:
        given_back = unrefunded(order, refund, now=now)
        writes.append(change_order(order, given_back))
        order = given_back
    done = Refunded(order, after)
    table.write(*writes, *remember(done))
    return done


def find_refund(order_id: str, refund_id: str, *, table: Table) -> Refund | None:
    """The refund as it is now, or None."""
    item = table.get(items.refund_key(table.tenant_id, order_id, refund_id))
    return items.refund_from(item) if item else None


def list_refunds(order_id: OrderId, *, table: Table) -> tuple[Refund, ...]:
    """All refunds of an order, the oldest first."""
    found = table.query(order_pk(table.tenant_id, order_id), prefix=items.SK, consistent=True)
    return tuple(sorted(map(items.refund_from, found), key=lambda refund: (refund.created_at, refund.id)))


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
