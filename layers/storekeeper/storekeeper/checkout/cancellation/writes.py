"""The transaction that cancels an order and puts its stock back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from storekeeper.checkout.settlement.model import LOOK_AGAIN
from storekeeper.inventory import Cause, SkuPick, SkuRef, release_units, sum_picks
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, OrderStatus, PaymentWindow, change_order, changed, moved, paid_with, window_moved
from storekeeper.payments import FINAL_STATES, Payment

MAX_RELEASES = 90  # a transaction takes 100 items; the order, its cart and a mark come along


def cancelled(
    order: Order, payment: Payment | None, *, reason: str, now: datetime
) -> tuple[Order, tuple[SkuPick, ...]]:
    """The order cancelled, and the picks that go back with it.

    Picks beyond MAX_RELEASES stay the order's own, and so does an intent that the provider could not be asked to give
    up: the window is then `expiring`, and the sweep goes on with both.
    """
    picks = sum_picks(order.picks)
    released, kept = picks[:MAX_RELEASES], picks[MAX_RELEASES:]
    after = moved(order, OrderStatus.CANCELLED, now=now, picks=kept, cancelled_at=now, cancel_reason=reason)
    if payment != order.payment:
        after = paid_with(after, payment, now=now)
    to = PaymentWindow.CLOSED if not kept and _is_settled(payment) else PaymentWindow.EXPIRING
    if to is not after.window:
        due_at = None if to is PaymentWindow.CLOSED else now if kept else now + LOOK_AGAIN
        after = window_moved(after, to, due_at=due_at, now=now)
    return replace(after, version=order.version + 1), released


def _is_settled(payment: Payment | None) -> bool:
    """Whether nothing more can come of the payment by itself."""
    return payment is None or payment.provider == "manual" or payment.state in FINAL_STATES


def cancel_with_stock(
    order: Order,
    payment: Payment | None,
    *,
    reason: str,
    table: Table,
    now: datetime,
    along: Sequence[Write] = (),
    remember: Remember[Order] = forget,
) -> Order:
    """Cancel the order with its payment as it is now, in one transaction with `along`.

    Raises:
        WrongState: the order can no longer be cancelled.
        WriteRefused: it has changed since it was read.
    """
    after, released = cancelled(order, payment, reason=reason, now=now)
    table.write(change_order(order, after), *along, *releases(order, released, reason, table, now), *remember(after))
    return after


def releases(order: Order, picks: Sequence[SkuPick], reason: str, table: Table, now: datetime) -> list[Write]:
    """The picks, back on their shelves."""
    cause = Cause.of_order(order.id, actor=table.trace.actor, at=now, reason=reason)
    return [release_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in picks]


def release_rest(order: Order, *, table: Table, now: datetime) -> Order:
    """Put back more of what a cancelled order still owns; the last of it closes the window if the payment is settled.

    Raises:
        WriteRefused: it has changed since it was read.
    """
    released, kept = order.picks[:MAX_RELEASES], order.picks[MAX_RELEASES:]
    after = changed(order, now=now, picks=kept)
    if not kept and _is_settled(order.payment):
        after = window_moved(after, PaymentWindow.CLOSED, due_at=None, now=now)
    after = replace(after, version=order.version + 1)
    table.write(change_order(order, after), *releases(order, released, order.cancel_reason or "", table, now))
    return after


def closed_after(order: Order, payment: Payment | None, *, now: datetime) -> Order:
    """A cancelled order that owns nothing any more, with its payment as it is now."""
    after = paid_with(order, payment, now=now) if payment != order.payment else changed(order, now=now)
    if _is_settled(payment):
        after = window_moved(after, PaymentWindow.CLOSED, due_at=None, now=now)
    else:
        after = changed(after, now=now, due_at=now + LOOK_AGAIN)
    return replace(after, version=order.version + 1)
