"""Settle an order: ask the provider how its payment stands, and let the order follow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from storekeeper.carts import cart_key, still_this_order
from storekeeper.checkout.cancellation.writes import cancel_with_stock
from storekeeper.checkout.refunds.use_cases import carry_out, refund_late
from storekeeper.checkout.settlement.model import Step, accepted, outcome_of, recorded
from storekeeper.inventory import Cause, OutOfStock, SkuRef, find_levels, plan_demand, sum_picks, take_units
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders import Order, OrderStatus, PaymentStatus, change_order, get_order, open_contact, paid_with
from storekeeper.payments import Intent, IntentRequest, PaymentGateway, PaymentState
from storekeeper.tenancy import load_settings

SECRET_PURPOSE = "payment"  # noqa: S105 (what it is sealed for, not a secret)
LATE_PAYMENT = "late_payment"


class NothingToCapture(WrongState):
    """No money is authorized for this order."""

    code = "nothing_to_capture"


class NothingToPay(WrongState):
    """The order does not wait for a payment by hand."""

    code = "nothing_to_pay"


@dataclass(frozen=True, slots=True)
class Till:
    """What moving an order's money needs: the tenant's table, the provider, the key to personal data."""

    table: Table
    gateway: PaymentGateway
    sealer: Sealer


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
    if order.payment is None or order.payment.provider != "stripe":
        return order
    intent = till.gateway.find_intent(order.payment.intent_id or intent_id or ask_for_intent(order, till=till).id)
    if intent.order_id != order.id or intent.tenant_id != order.tenant_id:
        return order  # a foreign intent says nothing of this order
    return follow_intent(order, intent, till=till, now=now, remember=remember)


def follow_intent(
    order: Order, intent: Intent, *, till: Till, now: datetime, remember: Remember[Order] = forget
) -> Order:
    """Let the order follow its intent, which must have been read after it.

    Raises:
        WriteRefused: the order has changed since it was read.
    """
    outcome = outcome_of(order, intent, now=now)
    match outcome.step:
        case Step.NOTHING:
            return order
        case Step.WRITE:
            till.table.write(change_order(order, outcome.after), *remember(outcome.after))
            return outcome.after
        case Step.CANCEL:
            return cancel_with_stock(
                order, outcome.after.payment, reason="payment_cancelled", table=till.table, now=now
            )
        case Step.VOID:
            return follow_intent(order, till.gateway.cancel(intent.id, order_id=order.id), till=till, now=now)
        case Step.RETAKE:
            return _retake(order, outcome.after, till=till, now=now)


def _retake(order: Order, paid: Order, *, till: Till, now: datetime) -> Order:
    """Money came after the order was given up: the order stands again if its stock is still there, else the money
    goes back. It never stands again beside another order of its cart."""
    contact = open_contact(order, sealer=till.sealer)
    settings = load_settings(till.table)
    locations = [location.id for location in settings.locations_for(order.store_id)]
    demand: dict[str, int] = {}
    for line in order.lines:
        demand[line.sku] = demand.get(line.sku, 0) + line.unfulfilled
    try:
        picks = plan_demand(find_levels(till.table, demand, locations=locations), demand=demand)
    except OutOfStock:
        return _send_back(order, paid, till=till, now=now)
    after = replace(
        accepted(order, paid.payment, now=now), picks=(*order.picks, *picks), cancelled_at=None, cancel_reason=None
    )
    cause = Cause.of_order(order.id, actor=till.table.trace.actor, at=now, reason=LATE_PAYMENT)
    takes = [take_units(SkuRef(order.tenant_id, pick.sku), pick.pick, cause=cause) for pick in sum_picks(picks)]
    cart = cart_key(order.tenant_id, contact.cart_id) if contact.cart_id else None
    try:
        till.table.write(
            change_order(order, after), *([still_this_order(cart, order_id=order.id)] if cart else []), *takes
        )
    except WriteRefused as refused:
        if cart in refused.old:
            return _send_back(order, paid, till=till, now=now)
        raise
    return after


def _send_back(order: Order, paid: Order, *, till: Till, now: datetime) -> Order:
    asked = refund_late(order, paid, reason=LATE_PAYMENT, table=till.table, now=now)
    return carry_out(asked, table=till.table, gateway=till.gateway, now=now).order


def request_intent(order: Order, *, till: Till, now: datetime) -> Order:
    """Make the intent of an order that has none, and record it. A repeat finds the same intent.

    Raises:
        ProviderUnavailable: it may or may not have been made; ask again.
        ProviderRefused: the provider will never take this payment.
    """
    intent = ask_for_intent(order, till=till)
    secret = intent.client_secret and till.sealer.seal(intent.client_secret, purpose=SECRET_PURPOSE)
    after = recorded(order, intent, sealed_secret=secret, now=now)
    try:
        till.table.write(change_order(order, after))
    except WriteRefused:
        return get_order(order.id, table=till.table)
    return after


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
        check_version(order.version)
        payment = order.payment
        if order.payment_status is not PaymentStatus.AUTHORIZED or payment is None or payment.intent_id is None:
            raise NothingToCapture(f"The payment of this order is {order.payment_status.value}, not authorized.")
        intent = till.gateway.capture(payment.intent_id, order_id=order.id, amount=payment.amount)
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
