"""Give an order up: `cancel_order` by the merchant, `reopen_cart` by the shopper, `look_after` by the clock.

Money first: the intent is given up at the provider before the stock goes back, so that a payment can never succeed for
units that somebody else has bought since.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from storekeeper.carts import CartNotFound, cart_key, reactivate_cart
from storekeeper.checkout.cancellation.writes import cancel_with_stock, closed_after, release_all, release_rest
from storekeeper.checkout.errors import PaymentInProgress
from storekeeper.checkout.settlement.model import (
    GRACE,
    LOOK_AGAIN,
    MONEY_ASSURED,
    accepted,
    is_settled,
    looked_after,
    never_paid,
    one_step,
    window_end,
)
from storekeeper.checkout.settlement.use_cases import ask_for_intent, settle_payment
from storekeeper.checkout.till import Till
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CartId, StoreId, is_id
from storekeeper.kernel.states import WrongState, move
from storekeeper.orders import (
    ORDER_TRANSITIONS,
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentStatus,
    PaymentWindow,
    change_order,
    changed,
    get_order,
    paid_with,
    still_as_read,
    window_moved,
)
from storekeeper.payments import Payment, PaymentState, ProviderRefused, ProviderUnavailable, update_from_intent

WINDOW_OVER = "payment_window_over"
REOPENED = "reopened"
PROCESSING_LOOK = timedelta(minutes=30)  # how often a payment that its bank is still processing is asked after
_MONEY_CAME = frozenset({PaymentStatus.AUTHORIZED, PaymentStatus.PAID, PaymentStatus.PARTIALLY_PAID})


class OrderUnderway(WrongState):
    """Units of it have left: what is left to do is a refund or a return."""

    code = "order_underway"

    def __init__(self) -> None:
        super().__init__("Units of this order have left; refund it instead.")


class OrderPlaced(WrongState):
    """The order no longer waits for a payment, so that its cart cannot be had back."""

    code = "order_placed"

    def __init__(self) -> None:
        super().__init__("This order is placed; ask the store to cancel it.")


def cancel_order(
    order_id: str,
    *,
    reason: str,
    till: Till,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Order] = forget,
) -> Order:
    """Cancel an order of which nothing has left, and put its stock back. Money that was captured stays: refund it.

    Raises:
        OrderNotFound: there is none.
        WrongState: it is cancelled already; or OrderUnderway.
        PaymentInProgress: the provider is just taking the payment, or has just taken it.
        ProviderUnavailable: the payment cannot be given up now; nothing was changed.
    """

    def attempt() -> Order:
        order = get_order(order_id, table=till.table)
        check_version(order.version)
        if order.fulfillment_status is not FulfillmentStatus.UNFULFILLED:
            raise OrderUnderway
        move(order.status, OrderStatus.CANCELLED, ORDER_TRANSITIONS)
        payment = give_up_payment(order, till=till)
        if payment and payment.state is PaymentState.PROCESSING:
            raise PaymentInProgress
        if order.status is OrderStatus.PENDING and payment and payment.state in MONEY_ASSURED:
            settle_payment(order.id, till=till, now=now)  # it was paid just now, which whoever asked could not know
            raise PaymentInProgress
        return cancel_with_stock(order, payment, reason=reason, table=till.table, now=now, remember=remember)

    return until_written(attempt)


def reopen_cart(cart_id: str, *, store_id: StoreId, till: Till, now: datetime) -> None:
    """Give the pending order of a cart up, so that the cart can be changed again. Nothing happens to an open cart.

    Raises:
        CartNotFound: no such cart in this store.
        PaymentInProgress: a payment is being processed or has succeeded.
        OrderPlaced: the order waits for no payment.
        ProviderUnavailable: the payment cannot be given up now; nothing was changed.
    """
    if not is_id(cart_id, "cart"):
        raise CartNotFound
    key = cart_key(till.table.tenant_id, CartId(cart_id))

    def attempt() -> None:
        item = till.table.get(key)
        if item is None or item["store_id"] != store_id:
            raise CartNotFound
        if (order_id := item.get("order_id")) is None:
            return
        again = reactivate_cart(key, order_id=order_id, now=now)
        order = get_order(order_id, table=till.table)
        if order.status is OrderStatus.CANCELLED:
            till.table.write(still_as_read(order), again)
            return
        if order.status is not OrderStatus.PENDING:
            raise PaymentInProgress if order.payment_status in _MONEY_CAME else OrderPlaced
        payment = give_up_payment(order, till=till)
        if payment and payment.state is not PaymentState.CANCELLED:
            raise PaymentInProgress
        after = cancel_with_stock(order, payment, reason=REOPENED, table=till.table, now=now, along=(again,))
        release_all(after, table=till.table, now=now)  # the cart will want these units again at once

    until_written(attempt)


def look_after(order_id: str, *, till: Till, now: datetime) -> Order:
    """What the sweep does when an order is due: ask how its payment stands, end the payment window, tidy up.

    Safe at any time and twice at once: what is not due, or no longer, is left alone.
    """
    begun = False

    def attempt() -> Order:
        nonlocal begun
        order = get_order(order_id, table=till.table)
        # Begun here, it is due later only in case this ends half-way: a webhook that came between is no reason to wait.
        if order.due_at is None or (order.due_at > now and not begun):
            return order
        begun = True
        if order.status is OrderStatus.CANCELLED:
            return _tidy_up(order, till=till, now=now)
        if order.window is PaymentWindow.AUTHORIZED or now < window_end(order):
            return _look(order, till=till, now=now)
        return _end_window(order, till=till, now=now)

    return until_written(attempt)


def give_up_payment(order: Order, *, till: Till) -> Payment | None:
    """The order's payment after the provider was asked to give it up: look at its state, it may have succeeded.

    An intent that the order does not know of is asked for first, as it may have been made without being recorded; one
    that the provider will not even make is as good as given up.

    Raises:
        ProviderUnavailable: it could not be asked.
        ProviderRefused: it will not say.
    """
    payment = order.payment
    if payment is None or is_settled(payment):
        return payment
    try:
        intent_id = payment.intent_id or ask_for_intent(order, till=till).id
    except ProviderRefused as refused:
        return never_paid(payment, refused.provider_code)
    return update_from_intent(payment, till.gateway.cancel(intent_id, order_id=order.id))


def _look(order: Order, *, till: Till, now: datetime) -> Order:
    try:
        settled = settle_payment(order.id, till=till, now=now)
    except (ProviderUnavailable, ProviderRefused):
        settled = order
    if settled.due_at is None or settled.due_at > now:
        return settled
    later = looked_after(settled, now=now)
    till.table.write(change_order(settled, later))
    return later


def _end_window(order: Order, *, till: Till, now: datetime) -> Order:
    ending = _ending(order, now=now)
    till.table.write(change_order(order, ending))
    try:
        payment = give_up_payment(ending, till=till)
    except (ProviderUnavailable, ProviderRefused):
        if now < window_end(order) + GRACE:
            return ending
        return cancel_with_stock(ending, ending.payment, reason=WINDOW_OVER, table=till.table, now=now)
    if payment is None or payment.state is PaymentState.CANCELLED:
        return cancel_with_stock(ending, payment, reason=WINDOW_OVER, table=till.table, now=now)
    if payment.state in MONEY_ASSURED:
        after = accepted(ending, payment, now=now)
    else:  # being processed: only waiting is right
        paid = paid_with(ending, payment, now=now)
        after = window_moved(paid, PaymentWindow.OPEN, due_at=now + PROCESSING_LOOK, now=now)
    after = one_step(ending, after)
    till.table.write(change_order(ending, after))
    return after


def _ending(order: Order, *, now: datetime) -> Order:
    """The intent is about to be given up; should that be interrupted, the sweep comes again."""
    again = now + LOOK_AGAIN
    if order.window is PaymentWindow.EXPIRING:
        return changed(order, now=now, due_at=again)
    return window_moved(order, PaymentWindow.EXPIRING, due_at=again, now=now)


def _tidy_up(order: Order, *, till: Till, now: datetime) -> Order:
    """Go on with what the cancellation left: units in parts, and an intent that could not be given up."""
    while order.picks:
        order = release_rest(order, table=till.table, now=now)
    if order.window is PaymentWindow.CLOSED:
        return order
    try:
        payment = give_up_payment(order, till=till)
        if payment and payment.state in MONEY_ASSURED:
            return settle_payment(order.id, till=till, now=now)
    except (ProviderUnavailable, ProviderRefused):
        payment = order.payment
    after = closed_after(order, payment, now=now)
    till.table.write(change_order(order, after))
    return after
