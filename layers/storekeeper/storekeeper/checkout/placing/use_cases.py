"""Place an order: two reads, one decision, one transaction; and again, when the decision was overtaken."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from storekeeper.carts import Basket, convert_cart, load_basket
from storekeeper.checkout.placing.holding import MAX_MOVES, hold_first
from storekeeper.checkout.placing.model import InsufficientStock, check_complete, contact_of, order_of, plan_order
from storekeeper.checkout.settlement.use_cases import request_intent, settle_payment
from storekeeper.checkout.till import Till
from storekeeper.inventory import (
    SCALE,
    Cause,
    Leases,
    Level,
    SkuPick,
    SkuRef,
    StockContended,
    difference,
    drop_hold,
    lease_units,
    levels_together,
    release_expired_holds_of,
    release_units,
    report_conflicts,
    take_units,
)
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, OrderStatus, get_order, place_order_write, seal_contact
from storekeeper.payments import PaymentState, Provider, ProviderUnavailable
from storekeeper.tenancy import NumberLease, SettingsCache

MAX_PLANS = 16  # each is made from fresh figures; the pauses between them come to over two seconds


class Placed(Struct, frozen=True):
    """The order of a cart; `created` False: it was there already."""

    order: Order
    created: bool


def check_out(
    cart_id: str,
    *,
    store_id: StoreId,
    method: Provider,
    till: Till,
    settings: SettingsCache,
    numbers: NumberLease,
    leases: Leases | None = None,
    now: datetime,
) -> Placed:
    """Make an order of a cart, and the means to pay it. Safe to repeat: a cart gives one order until it is reopened.

    `numbers` and `leases` are the environment's: order numbers, and units of hot SKUs to sell from.

    Raises:
        CartNotFound: the store has no such cart.
        CartExpired: it was left alone for too long.
        Invalid: something is missing; every fault at once.
        InsufficientStock: names every SKU that is short; nothing was written.
        StockContended: others kept taking the same levels; there may be stock left.
        ProviderRefused: the payment will never be taken; the cart can be changed again.
        ProviderUnavailable: the order is placed, its payment could not be prepared: the same call tries again.
    """
    placed = place_order(
        cart_id,
        store_id=store_id,
        method=method,
        till=till,
        settings=settings,
        numbers=numbers,
        leases=leases,
        now=now,
    )
    order = placed.order
    if order.status is not OrderStatus.PENDING or order.payment is None:
        return placed
    if order.payment.state is PaymentState.PENDING:
        return replace(placed, order=request_intent(order, till=till, now=now, is_new=placed.created))
    try:
        return replace(placed, order=settle_payment(order.id, till=till, now=now))
    except ProviderUnavailable:
        return placed  # as it was last known: enough to pay with


def place_order(
    cart_id: str,
    *,
    store_id: StoreId,
    method: Provider,
    till: Till,
    settings: SettingsCache,
    numbers: NumberLease,
    leases: Leases | None = None,
    now: datetime,
) -> Placed:
    """The order alone, without its payment's preparation; raises as `check_out` does."""
    for plan in range(MAX_PLANS):
        till.table.pause_before(plan)
        basket = load_basket(till.table, settings, till.sealer, store_id=store_id, cart_id=cart_id, leases=leases)
        if basket.cart.order_id:
            return Placed(get_order(basket.cart.order_id, table=till.table), created=False)
        basket.cart.check_open(now)
        check_complete(basket, method=method)
        if leases and not basket.hold:
            basket = _leased(basket, leases, till, now)
        throw = till.table.throw(SCALE)
        try:
            picks = plan_order(basket, throw=throw)
        except InsufficientStock as short:
            if release_expired_holds_of(till.table, short.wanted, now=now):
                continue
            picks = plan_order(_seen_together(basket, short.wanted, till), throw=throw)
        if placed := _write(basket, picks, method=method, till=till, numbers=numbers, now=now):
            return Placed(placed, created=True)
    raise StockContended("Others are buying the same things; try again.")


def _leased(basket: Basket, leases: Leases, till: Till, now: datetime) -> Basket:
    """The basket with the environment's own leases of hot SKUs, filled if need be, in place of what all sell from."""
    levels: Mapping[str, tuple[Level, ...]] = basket.levels
    return replace(basket, levels=lease_units(till.table, leases, levels, demand=basket.demand(), now=now))


def _seen_together(basket: Basket, short: Mapping[str, int], till: Till) -> Basket:
    """The basket with what is left of hot SKUs as it was at one moment: only that may tell that they are sold out."""
    locations = [location.id for location in basket.settings.locations_for(basket.store.id)]
    return replace(basket, levels=levels_together(till.table, basket.levels, short=short, locations=locations))


def _write(
    basket: Basket, picks: tuple[SkuPick, ...], *, method: Provider, till: Till, numbers: NumberLease, now: datetime
) -> Order | None:
    """The order, written; None if what it was decided from has changed since."""
    moves = difference(basket.hold.picks if basket.hold else (), picks)
    if len(moves) > MAX_MOVES:
        hold_first(basket, table=till.table, now=now)
        return None
    store = basket.store
    order = order_of(
        basket,
        picks,
        number=numbers.next_number(till.table, store_id=store.id, prefix=store.settings.order_prefix),
        sealed_contact=seal_contact(contact_of(basket), sealer=till.sealer),
        email_hash=till.sealer.blind(basket.cart.contact.email or ""),
        method=method,
        now=now,
    )
    cause = Cause.of_order(order.id, actor=till.table.trace.actor, at=now)
    writes: list[Write] = [place_order_write(order), convert_cart(basket.cart, order.id, now=now)]
    writes += [_move(till, move, cause) for move in moves]
    if basket.hold:
        writes.append(drop_hold(till.table.tenant_id, basket.hold))
    try:
        till.table.write(*writes)
    except WriteRefused:
        return None
    except Contended as contended:
        raise StockContended("Others are buying the same things; try again.") from contended
    finally:
        report_conflicts(till.table, picks, now=now)
    return order


def _move(till: Till, pick: SkuPick, cause: Cause) -> Write:
    ref = SkuRef(till.table.tenant_id, pick.sku)
    if pick.units > 0:
        return take_units(ref, pick.pick, cause=cause)
    return release_units(ref, pick.reversed.pick, cause=cause)
