"""The transaction that cancels an order and puts its stock back."""

from collections.abc import Sequence
from datetime import datetime

from storekeeper.checkout.settlement.model import LOOK_AGAIN, closed_if_over, is_settled
from storekeeper.inventory import Cause, SkuPick, SkuRef, release_units, sum_picks
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, OrderStatus, PaymentWindow, change_order, changed, moved, paid_with, window_moved
from storekeeper.payments import Payment

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
    if kept or not is_settled(payment):
        due_at = now if kept else now + LOOK_AGAIN
        after = _expiring(after, due_at=due_at, now=now)
    return replace(closed_if_over(after, now=now), version=order.version + 1), released


def _expiring(order: Order, *, due_at: datetime, now: datetime) -> Order:
    if order.window is PaymentWindow.EXPIRING:
        return changed(order, now=now, due_at=due_at)
    return window_moved(order, PaymentWindow.EXPIRING, due_at=due_at, now=now)


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
    table.write(change_order(order, after), *along, *_releases(order, released, reason, table, now), *remember(after))
    return after


def release_all(order: Order, *, table: Table, now: datetime) -> Order:
    """Put back at once whatever a cancelled order still owns. What is left when another is faster, that one does."""
    try:
        while order.picks:
            order = release_rest(order, table=table, now=now)
    except WriteRefused:
        pass
    return order


def release_rest(order: Order, *, table: Table, now: datetime) -> Order:
    """Put back more of what a cancelled order still owns; the last of it closes the window if the payment is settled.

    Raises:
        WriteRefused: it has changed since it was read.
    """
    released, kept = order.picks[:MAX_RELEASES], order.picks[MAX_RELEASES:]
    after = closed_if_over(changed(order, now=now, picks=kept), now=now)
    after = replace(after, version=order.version + 1)
    table.write(change_order(order, after), *_releases(order, released, order.cancel_reason or "", table, now))
    return after


def _releases(order: Order, picks: Sequence[SkuPick], reason: str, table: Table, now: datetime) -> list[Write]:
    """The picks, back on their shelves."""
    cause = Cause.of_order(order.id, actor=table.trace.actor, at=now, reason=reason)
    return [release_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in picks]


def closed_after(order: Order, payment: Payment | None, *, now: datetime) -> Order:
    """A cancelled order that owns nothing any more, with its payment as it is now: closed, or looked after later."""
    after = paid_with(order, payment, now=now, due_at=now + LOOK_AGAIN)
    return replace(closed_if_over(after, now=now), version=order.version + 1)
