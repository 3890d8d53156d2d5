"""Decide what an intent, as the provider shows it now, does to its order. Pure.

Every webhook is only a reason to ask: the decision is made from the order and from the intent read after it, so that
duplicated and reordered webhooks come to the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct

from storekeeper.kernel.records import replace
from storekeeper.orders import Order, OrderStatus, PaymentWindow, changed, moved, paid_with, window_moved
from storekeeper.payments import FINAL_STATES, Intent, Payment, PaymentState, update_from_intent

PAYMENT_WINDOW = timedelta(minutes=30)
GRACE = timedelta(minutes=10)  # the stock stays longer than the window, while the provider cannot be asked
LOOKS = (timedelta(minutes=3), timedelta(minutes=10), PAYMENT_WINDOW)  # when a late webhook is not waited for
LOOK_AGAIN = timedelta(minutes=2)
AUTHORIZATION_LOOKS = (timedelta(days=1), timedelta(days=8))  # most cards' authorizations are over after 7 days
AUTHORIZATION_LOOK_AGAIN = timedelta(days=1)

MONEY_ASSURED = frozenset({PaymentState.SUCCEEDED, PaymentState.REQUIRES_CAPTURE})


class Step(Enum):
    """What has to be done beside writing the order."""

    NOTHING = auto()
    """The order is up to date."""
    WRITE = auto()
    """Write `after`."""
    CANCEL = auto()
    """The intent was given up: the order is cancelled and its stock goes back."""
    RETAKE = auto()
    """Money came after the order was given up: take the stock again, or send the money back."""
    VOID = auto()
    """An authorization came after the order was given up: give it up too."""


class Outcome(Struct, frozen=True):
    """The step, and the order as it is after its payment was brought up to date."""

    step: Step
    after: Order


def outcome_of(order: Order, intent: Intent, *, sealed_secret: str | None = None, now: datetime) -> Outcome:
    """What the intent's present state does to the order. `sealed_secret` is kept unless the order has it already."""
    if order.payment is None or order.payment.provider != "stripe":
        return Outcome(Step.NOTHING, order)
    known = replace(order.payment, sealed_secret=order.payment.sealed_secret or sealed_secret)
    payment = update_from_intent(known, intent)
    if order.status is OrderStatus.PENDING:
        return _of_pending(order, payment, now)
    came_late = payment.state in MONEY_ASSURED and order.payment.state not in MONEY_ASSURED
    if order.status is OrderStatus.CANCELLED and came_late:
        step = Step.RETAKE if payment.state is PaymentState.SUCCEEDED else Step.VOID
        return Outcome(step, _followed(order, payment, now))
    if payment == order.payment:
        return Outcome(Step.NOTHING, order)
    return Outcome(Step.WRITE, _followed(order, payment, now))


def _of_pending(order: Order, payment: Payment, now: datetime) -> Outcome:
    if payment.state in MONEY_ASSURED:
        return Outcome(Step.WRITE, accepted(order, payment, now=now))
    if payment.state is PaymentState.CANCELLED:
        return Outcome(Step.CANCEL, one_step(order, paid_with(order, payment, now=now)))
    step = Step.NOTHING if payment == order.payment else Step.WRITE
    return Outcome(step, _followed(order, payment, now))


def _followed(order: Order, payment: Payment, now: datetime) -> Order:
    return one_step(order, closed_if_over(paid_with(order, payment, now=now), now=now))


def closed_if_over(order: Order, *, now: datetime) -> Order:
    """An order of whose payment nothing more can come is looked after no more; a cancelled one, if it owns no units."""
    is_over = (order.status is OrderStatus.CANCELLED and not order.picks) or order.window is PaymentWindow.AUTHORIZED
    if not is_over or order.window is PaymentWindow.CLOSED or not is_settled(order.payment):
        return order
    return window_moved(order, PaymentWindow.CLOSED, due_at=None, now=now)


def is_settled(payment: Payment | None) -> bool:
    """Whether nothing more can come of the payment by itself."""
    return payment is None or payment.provider == "manual" or payment.state in FINAL_STATES


def accepted(order: Order, payment: Payment | None, *, now: datetime) -> Order:
    """The order once its money has come or is assured (None: it costs nothing): it goes to be fulfilled.

    Money that is only assured is looked after on: where nobody takes it, the bank has it back some day.
    """
    after = moved(paid_with(order, payment, now=now), OrderStatus.PROCESSING, now=now)
    if payment and payment.state is PaymentState.REQUIRES_CAPTURE:
        due_at = _next(order, AUTHORIZATION_LOOKS, AUTHORIZATION_LOOK_AGAIN, now)
        after = window_moved(after, PaymentWindow.AUTHORIZED, due_at=due_at, now=now)
    elif order.window is not PaymentWindow.CLOSED:
        after = window_moved(after, PaymentWindow.CLOSED, due_at=None, now=now)
    return one_step(order, after)


def one_step(before: Order, after: Order) -> Order:
    """`after`, reached in one write: several moves at once are one version."""
    return replace(after, version=before.version + 1)


def never_paid(payment: Payment, code: str) -> Payment:
    """The payment after the provider refused, for good, to make an intent for it."""
    return replace(payment, state=PaymentState.CANCELLED, failure_code=code)


def window_end(order: Order) -> datetime:
    """Until when the shopper may pay."""
    return order.placed_at + PAYMENT_WINDOW


def next_look(order: Order, *, now: datetime) -> datetime:
    """When the payment is asked after next, if nothing is heard of it; past the last look, again and again."""
    if order.window is PaymentWindow.AUTHORIZED:
        return _next(order, AUTHORIZATION_LOOKS, AUTHORIZATION_LOOK_AGAIN, now)
    return _next(order, LOOKS, LOOK_AGAIN, now)


def _next(order: Order, looks: Sequence[timedelta], again: timedelta, now: datetime) -> datetime:
    coming = (order.placed_at + look for look in looks)
    return next((at for at in coming if at > now), now + again)


def looked_after(order: Order, *, now: datetime) -> Order:
    """The order, to be looked after again later."""
    return changed(order, now=now, due_at=next_look(order, now=now))
