"""The time to pay ends: the intent is given up first, then the stock; a payment that came is never lost."""

from datetime import timedelta

import pytest

from storekeeper.checkout import look_after
from storekeeper.orders import OrderNotFound, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
AT_THE_END = NOW + 30 * MINUTE


def test_at_the_end_of_the_window_intent_and_stock_are_given_up(shop: Shop) -> None:
    order = shop.buy()

    shop.sweep(now=AT_THE_END)

    after = shop.order(order)
    assert (after.status, after.cancel_reason) == (OrderStatus.CANCELLED, "payment_window_over")
    assert (after.payment_status, after.window) == (PaymentStatus.FAILED, PaymentWindow.CLOSED)
    assert shop.provider.of(order.id).state is PaymentState.CANCELLED
    assert shop.stock() == (10, 0, 10)


def test_an_order_that_costs_nothing_or_is_paid_by_hand_never_expires(shop: Shop) -> None:
    order = shop.check_out(shop.cart(), "manual").order

    shop.sweep_for(2 * 60 * MINUTE)

    assert shop.order(order) == order


def test_a_payment_that_came_just_in_time_is_found_at_the_end(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.meanwhile["cancel"] = lambda: shop.provider.pay(order.id)

    shop.sweep(now=AT_THE_END)

    assert (shop.order(order).status, shop.order(order).window) == (OrderStatus.PROCESSING, PaymentWindow.CLOSED)
    shop.check_settled()


def test_a_payment_that_its_bank_is_processing_is_waited_for(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.of(order.id).state = PaymentState.PROCESSING
    shop.sweep_for(40 * MINUTE)
    waiting = shop.order(order)
    shop.provider.pay(order.id)

    shop.sweep_for(60 * MINUTE, now=NOW + 40 * MINUTE)

    assert (waiting.status, waiting.window) == (OrderStatus.PENDING, PaymentWindow.OPEN)
    assert shop.order(order).status is OrderStatus.PROCESSING


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_an_intent_that_cannot_be_given_up_is_tried_again_before_the_stock_goes(shop: Shop, after: bool) -> None:
    order = shop.buy()
    shop.provider.fail("cancel", after=after)
    shop.sweep(now=AT_THE_END)
    ending = shop.order(order)

    shop.sweep(now=AT_THE_END + 2 * MINUTE)

    assert (ending.status, ending.window) == (OrderStatus.PENDING, PaymentWindow.EXPIRING)
    assert (shop.order(order).status, shop.stock()) == (OrderStatus.CANCELLED, (10, 0, 10))
    shop.check_settled()


def test_stock_does_not_wait_for_a_provider_that_stays_away(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)

    shop.sweep_for(41 * MINUTE)

    after = shop.order(order)
    assert (after.status, after.window, shop.stock()) == (
        OrderStatus.CANCELLED,
        PaymentWindow.EXPIRING,
        (10, 0, 10),
    )
    shop.provider.recover()
    shop.sweep_for(5 * MINUTE, now=NOW + 42 * MINUTE)
    assert shop.order(order).window is PaymentWindow.CLOSED
    shop.check_settled()


def test_an_order_that_is_not_due_is_left_alone(shop: Shop) -> None:
    order = shop.buy()

    assert look_after(order.id, till=shop.till(), now=NOW + MINUTE) == order


def test_two_sweeps_at_once_cancel_once(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.meanwhile["cancel"] = lambda: look_after(order.id, till=shop.till(), now=AT_THE_END + 5 * MINUTE)

    look_after(order.id, till=shop.till(), now=AT_THE_END)

    assert (shop.order(order).status, shop.stock()) == (OrderStatus.CANCELLED, (10, 0, 10))
    shop.check_settled()


def test_news_of_the_payment_that_comes_while_the_window_ends_does_not_put_the_end_off(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.meanwhile["cancel"] = lambda: shop.settle(order, now=AT_THE_END)  # and what it sees is written

    shop.sweep(now=AT_THE_END)

    assert (shop.order(order).status, shop.stock()) == (OrderStatus.CANCELLED, (10, 0, 10))
    shop.check_settled()


def test_an_order_that_is_gone_cannot_be_looked_after(shop: Shop) -> None:
    with pytest.raises(OrderNotFound):
        look_after("ord_00000000000000000000000000", till=shop.till(), now=NOW)
