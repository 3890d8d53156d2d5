"""Money that is authorized waits to be captured, for some days; however it ends, the order comes to know."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storekeeper.checkout import capture_payment, look_after
from storekeeper.orders import Order, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState
from tests.table.checkout.shop import NOW, Shop

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def authorized(manual_capture_shop: Shop) -> Order:
    """An order whose card was authorized and not charged."""
    shop = manual_capture_shop
    return shop.settle(shop.buy_and_pay())


def test_an_authorization_is_asked_after_the_next_day_and_when_it_should_be_over(
    manual_capture_shop: Shop, authorized: Order
) -> None:
    till = manual_capture_shop.till()

    due = [look_after(authorized.id, till=till, now=NOW + days * DAY).due_at for days in (0, 1, 8, 9)]

    assert authorized.window is PaymentWindow.AUTHORIZED
    assert due == [NOW + days * DAY for days in (1, 8, 9, 10)]


def test_an_authorization_that_ended_unheard_is_found(manual_capture_shop: Shop, authorized: Order) -> None:
    shop = manual_capture_shop
    shop.provider.of(authorized.id).state = PaymentState.CANCELLED

    shop.sweep_for(2 * DAY)

    after = shop.order(authorized)
    assert (after.status, after.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.FAILED)
    assert (after.window, after.due_at, after.picks) == (PaymentWindow.CLOSED, None, authorized.picks)


def captured(shop: Shop, order: Order) -> Order:
    return capture_payment(order.id, till=shop.till(), now=NOW + MINUTE)


def captured_elsewhere(shop: Shop, order: Order) -> Order:
    intent = shop.provider.of(order.id)
    intent.state, intent.captured = PaymentState.SUCCEEDED, intent.request.amount.minor
    return shop.settle(order)


def cancelled(shop: Shop, order: Order) -> Order:
    return shop.cancel(order)


@pytest.mark.parametrize("ended", [captured, captured_elsewhere, cancelled])
def test_what_is_no_longer_authorized_is_looked_after_no_more(
    manual_capture_shop: Shop, authorized: Order, ended: Callable[[Shop, Order], Order]
) -> None:
    after = ended(manual_capture_shop, authorized)

    assert (after.window, after.due_at) == (PaymentWindow.CLOSED, None)
    manual_capture_shop.check_settled()


def test_a_capture_that_takes_its_time_is_an_authorization_still(manual_capture_shop: Shop, authorized: Order) -> None:
    shop = manual_capture_shop
    shop.provider.of(authorized.id).state = PaymentState.PROCESSING

    after = look_after(authorized.id, till=shop.till(), now=NOW + DAY)
    captured_elsewhere(shop, authorized)

    assert (after.payment_status, after.due_at) == (PaymentStatus.AUTHORIZED, NOW + 8 * DAY)
    assert shop.order(authorized).payment_status is PaymentStatus.PAID


def test_a_provider_that_is_away_is_asked_again(manual_capture_shop: Shop, authorized: Order) -> None:
    shop = manual_capture_shop
    shop.provider.of(authorized.id).state = PaymentState.CANCELLED
    shop.provider.fail("find_intent")

    shop.sweep_for(DAY)
    waiting = shop.order(authorized)
    shop.provider.recover()
    shop.sweep_for(8 * DAY, now=NOW + DAY + MINUTE)

    assert (waiting.window, waiting.due_at) == (PaymentWindow.AUTHORIZED, NOW + 8 * DAY)
    assert shop.order(authorized).payment_status is PaymentStatus.FAILED


def test_an_authorization_may_come_while_its_intent_is_being_given_up(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy()
    shop.provider.fail("cancel")
    shop.sweep(now=NOW + 30 * MINUTE)
    shop.provider.pay(order.id)

    after = shop.settle(order, now=NOW + 31 * MINUTE)

    assert (after.status, after.window) == (OrderStatus.PROCESSING, PaymentWindow.AUTHORIZED)
