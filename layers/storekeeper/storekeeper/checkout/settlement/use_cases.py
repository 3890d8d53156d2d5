"""Settle an order: ask the provider how its payment stands, and let the order follow."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from storekeeper.carts import cart_key, reactivate_cart
from storekeeper.checkout.cancellation.writes import cancel_with_stock
from storekeeper.checkout.settlement.late import retake
from storekeeper.checkout.settlement.model import Step, is_settled, never_paid, outcome_of
from storekeeper.checkout.till import SECRET_PURPOSE, Till
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders import Order, OrderStatus, PaymentStatus, change_order, get_order, open_contact, paid_with
from storekeeper.payments import FINAL_STATES, Intent, IntentRequest, PaymentState, ProviderRefused, ProviderUnavailable

PAYMENT_CANCELLED = "payment_cancelled"
PAYMENT_REFUSED = "payment_refused"


class NothingToCapture(WrongState):
    """No money is authorized for this order."""

    code = "nothing_to_capture"


class NothingToPay(WrongState):
    """The order does not wait for a payment by hand."""

    code = "nothing_to_pay"


def settle_payment(
    order_id: str, *, till: Till, now: datetime, intent_id: str | None = None, remember: Remember[Order] = forget
) -> Order:
    """Bring an order to what its payment is now. Safe to call at any time, by any number at once.

    `intent_id`, from a webhook, names the intent where the order does not know it yet (its recording was lost).

    Raises:
        OrderNotFound: no such order.
        ProviderUnavailable: the provider cannot be asked now; nothing was changed.
        Contended: others kept changing the order.
    """
    return until_written(lambda: _settle_once(order_id, intent_id, till=till, now=now, remember=remember))


def _settle_once(
    order_id: str, intent_id: str | None, *, till: Till, now: datetime, remember: Remember[Order]
) -> Order:
    order = get_order(order_id, table=till.table)
    payment = order.payment
    if payment is None or payment.provider != "stripe":
        return order
    known = payment.intent_id or intent_id
    if known is None:
        if is_settled(payment):
            return order  # it was given up before there was an intent
        try:
            known = ask_for_intent(order, till=till).id
        except ProviderRefused as refused:
            return give_up_refused(order, refused, till=till, now=now)
    intent = till.gateway.find_intent(known)
    if intent.order_id != order.id or intent.tenant_id != order.tenant_id:
        return order  # a foreign intent says nothing of this order
    return follow_intent(order, intent, till=till, now=now, remember=remember)


def follow_intent(
    order: Order, intent: Intent, *, till: Till, now: datetime, remember: Remember[Order] = forget
) -> Order:
    """Let the order follow its intent, which must have been read after it.

    Raises:
        WriteRefused: the order has changed since it was read.
        ProviderUnavailable: what has to be given up or sent back could not be.
    """
    outcome = outcome_of(order, intent, sealed_secret=_new_secret(order, intent, till), now=now)
    match outcome.step:
        case Step.NOTHING:
            return order
        case Step.WRITE:
            till.table.write(change_order(order, outcome.after), *remember(outcome.after))
            return outcome.after
        case Step.CANCEL:
            payment = outcome.after.payment
            return cancel_with_stock(order, payment, reason=PAYMENT_CANCELLED, table=till.table, now=now)
        case Step.VOID:
            voided = till.gateway.cancel(intent.id, order_id=order.id)
            if voided.state is PaymentState.REQUIRES_CAPTURE:
                raise ProviderUnavailable
            return follow_intent(order, voided, till=till, now=now)
        case Step.RETAKE:
            return retake(order, outcome.after, till=till, now=now)


def _new_secret(order: Order, intent: Intent, till: Till) -> str | None:
    """The intent's client secret, sealed, unless the order has it, or nobody can pay by it any more."""
    if intent.client_secret is None or order.payment is None or order.payment.sealed_secret:
        return None
    if intent.state in FINAL_STATES:
        return None
    return till.sealer.seal(intent.client_secret, purpose=SECRET_PURPOSE)


def request_intent(order: Order, *, till: Till, now: datetime, is_new: bool) -> Order:
    """Make the intent of an order that knows of none. A repeat (`is_new` False) finds the same one, as it is by now.

    One that only waits to be paid is not written down, which spares each sale a write: under its key anybody is given
    the same one again, and its first webhook names it.

    Raises:
        ProviderUnavailable: it may or may not have been made; ask again.
        ProviderRefused: the provider will never take this payment.
    """
    try:
        intent = ask_for_intent(order, till=till)
    except ProviderRefused as refused:
        give_up_refused(order, refused, till=till, now=now)
        raise
    if not is_new:
        intent = till.gateway.find_intent(intent.id)  # what the key gives is the intent as it was when it was made
    if intent.state is PaymentState.REQUIRES_PAYMENT_METHOD:
        outcome = outcome_of(order, intent, sealed_secret=_new_secret(order, intent, till), now=now)
        return replace(order, payment=outcome.after.payment)
    try:
        return follow_intent(order, intent, till=till, now=now)
    except WriteRefused:
        return settle_payment(order.id, till=till, now=now)


def give_up_refused(order: Order, refused: ProviderRefused, *, till: Till, now: datetime) -> Order:
    """Cancel an order whose payment the provider will never take, and have its cart back if it still stands on it."""
    if order.payment is None:
        raise ValueError("an order that costs nothing asks no provider")
    payment = never_paid(order.payment, refused.provider_code)
    cart_id = open_contact(order, sealer=till.sealer).cart_id
    key = cart_key(order.tenant_id, cart_id) if cart_id else None
    cancel = partial(cancel_with_stock, order, payment, reason=PAYMENT_REFUSED, table=till.table, now=now)
    try:
        again = (reactivate_cart(key, order_id=order.id, now=now),) if key else ()
        return cancel(along=again)
    except WriteRefused as lost:
        if lost.old.keys() == {key}:
            return cancel()
        return get_order(order.id, table=till.table)  # another has given it up, or found it paid


def ask_for_intent(order: Order, *, till: Till) -> Intent:
    """The intent of an order, made if it was not; the same one whoever asks."""
    if order.payment is None:
        raise ValueError("an order without a payment has no intent")
    wanted = IntentRequest(order.tenant_id, order.store_id, order.id, order.payment.amount, order.payment.capture)
    return till.gateway.create_intent(wanted)


def capture_payment(
    order_id: str,
    *,
    till: Till,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Order] = forget,
) -> Order:
    """Take the money that the shopper's bank has authorized: all of it. Safe to repeat.

    Raises:
        OrderNotFound: there is none.
        NothingToCapture: nothing is authorized.
        ProviderRefused: the authorization is over; ProviderUnavailable: try again.
    """

    def attempt() -> Order:
        order = get_order(order_id, table=till.table)
        payment = order.payment
        if payment and payment.capture == "manual" and payment.state is PaymentState.SUCCEEDED:
            return order
        check_version(order.version)
        if order.payment_status is not PaymentStatus.AUTHORIZED or payment is None or payment.intent_id is None:
            raise NothingToCapture(f"The payment of this order is {order.payment_status.value}, not authorized.")
        try:
            intent = till.gateway.capture(payment.intent_id, order_id=order.id, amount=payment.amount)
        except ProviderRefused:
            settled = settle_payment(order.id, till=till, now=now)  # it may be over, or captured elsewhere
            if settled.payment and settled.payment.state is PaymentState.SUCCEEDED:
                return settled
            raise
        return follow_intent(order, intent, till=till, now=now, remember=remember)

    return until_written(attempt)


def mark_paid(
    order_id: str,
    *,
    table: Table,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Order] = forget,
) -> Order:
    """Note that a payment by hand has come in full.

    Raises:
        OrderNotFound: there is none.
        NothingToPay: it has come already, is by card, or the order is cancelled.
    """

    def attempt() -> Order:
        order = get_order(order_id, table=table)
        check_version(order.version)
        payment = order.payment
        is_open = order.status is not OrderStatus.CANCELLED and order.payment_status is PaymentStatus.PENDING
        if payment is None or payment.provider != "manual" or not is_open:
            raise NothingToPay("This order does not wait for a payment by hand.")
        received = replace(payment, state=PaymentState.SUCCEEDED, captured=payment.amount)
        after = paid_with(order, received, now=now)
        table.write(change_order(order, after), *remember(after))
        return after

    return until_written(attempt)
