"""Orders are given up by their time, their shopper or their merchant: the intent first, then the stock."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, CartNotFound, CartStatus, add_item
from storekeeper.checkout import PaymentInProgress, look_after
from storekeeper.checkout.cancellation.use_cases import OrderPlaced, OrderUnderway
from storekeeper.kernel.errors import StaleVersion
from storekeeper.kernel.states import WrongState
from storekeeper.orders import OrderNotFound, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState, ProviderUnavailable
from tests.emulated import MakeStore
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


def test_an_order_that_is_gone_cannot_be_looked_after(shop: Shop) -> None:
    with pytest.raises(OrderNotFound):
        look_after("ord_00000000000000000000000000", till=shop.till(), now=NOW)


# reopening


def test_a_reopened_cart_can_be_changed_and_bought_as_another_order(shop: Shop) -> None:
    cart_id = shop.cart()
    first = shop.check_out(cart_id).order

    shop.reopen(cart_id)
    add_item(cart_id, Addition("MUG", 1), carts=shop.carts, now=NOW)
    second = shop.check_out(cart_id).order

    assert (shop.order(first).status, shop.order(first).cancel_reason) == (OrderStatus.CANCELLED, "reopened")
    assert (second.id != first.id, second.lines[0].quantity, shop.stock()) == (True, 2, (10, 2, 8))
    assert shop.provider.of(first.id).state is PaymentState.CANCELLED


def test_reopening_an_open_cart_changes_nothing(shop: Shop) -> None:
    cart_id = shop.cart()
    cart = shop.carts.find(cart_id).cart

    shop.reopen(cart_id)

    assert shop.carts.find(cart_id).cart == cart


@pytest.mark.parametrize("state", [PaymentState.SUCCEEDED, PaymentState.PROCESSING])
def test_a_cart_is_not_had_back_while_its_payment_is_under_way(shop: Shop, state: PaymentState) -> None:
    cart_id = shop.cart()
    order = shop.check_out(cart_id).order
    intent = shop.provider.of(order.id)
    intent.state, intent.captured = state, 1750 if state is PaymentState.SUCCEEDED else 0

    with pytest.raises(PaymentInProgress):
        shop.reopen(cart_id)

    assert shop.carts.find(cart_id).cart.status is CartStatus.CONVERTED
    assert shop.stock() == (10, 1, 9)


def test_a_cart_whose_order_is_paid_is_not_had_back(shop: Shop) -> None:
    cart_id = shop.cart()
    order = shop.check_out(cart_id).order
    shop.provider.pay(order.id)
    shop.settle(order)

    with pytest.raises(PaymentInProgress):
        shop.reopen(cart_id)


def test_a_cart_whose_order_is_placed_without_a_card_is_not_had_back(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id, "manual")

    with pytest.raises(OrderPlaced):
        shop.reopen(cart_id)


def test_a_cart_whose_order_expired_can_be_had_back(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)
    shop.sweep(now=AT_THE_END)

    shop.reopen(cart_id, now=AT_THE_END)

    assert shop.carts.find(cart_id).cart.status is CartStatus.ACTIVE
    assert shop.check_out(cart_id, now=AT_THE_END).created


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_a_cart_is_had_back_when_the_provider_answers_again(shop: Shop, after: bool) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)
    shop.provider.fail("cancel", after=after)
    with pytest.raises(ProviderUnavailable):
        shop.reopen(cart_id)
    assert shop.stock() == (10, 1, 9)

    shop.reopen(cart_id)

    assert (shop.carts.find(cart_id).cart.status, shop.stock()) == (CartStatus.ACTIVE, (10, 0, 10))


def test_two_who_reopen_at_once_begin_one_attempt(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)

    shop.reopen(cart_id, till=shop.till_interrupted_by(lambda: shop.reopen(cart_id)))

    assert shop.carts.find(cart_id).cart.attempt == 2


def test_a_cart_of_another_store_is_not_reopened(shop: Shop, make_store: MakeStore) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)
    shop.store = make_store(name="Second")

    with pytest.raises(CartNotFound):
        shop.reopen(cart_id)


@pytest.mark.parametrize("cart_id", ["cart_unknown", "", "ord_00000000000000000000000000"])
def test_what_is_no_cart_is_not_reopened(shop: Shop, cart_id: str) -> None:
    with pytest.raises(CartNotFound):
        shop.reopen(cart_id)


# cancelling


def test_a_merchant_cancels_a_pending_order_and_its_intent(shop: Shop) -> None:
    order = shop.buy()

    after = shop.cancel(order)

    assert (after.status, after.cancel_reason, after.window) == (
        OrderStatus.CANCELLED,
        "no longer wanted",
        PaymentWindow.CLOSED,
    )
    assert (shop.provider.of(order.id).state, shop.stock()) == (PaymentState.CANCELLED, (10, 0, 10))


def test_a_merchant_cancels_a_paid_order_and_its_money_stays_until_it_is_refunded(shop: Shop) -> None:
    order = shop.buy_and_pay()

    after = shop.cancel(order)

    assert (after.status, after.payment_status, shop.stock()) == (
        OrderStatus.CANCELLED,
        PaymentStatus.PAID,
        (10, 0, 10),
    )


def test_cancelling_voids_what_was_only_authorized(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy_and_pay()

    after = shop.cancel(order)

    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.FAILED)
    assert shop.provider.of(order.id).state is PaymentState.CANCELLED


def test_an_order_that_is_paid_while_it_is_cancelled_is_paid(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.meanwhile["cancel"] = lambda: shop.provider.pay(order.id)

    with pytest.raises(PaymentInProgress):
        shop.cancel(order)

    assert (shop.order(order).status, shop.order(order).payment_status) == (
        OrderStatus.PROCESSING,
        PaymentStatus.PAID,
    )


def test_an_order_is_not_cancelled_while_its_bank_is_at_work(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.of(order.id).state = PaymentState.PROCESSING

    with pytest.raises(PaymentInProgress):
        shop.cancel(order)

    assert shop.order(order) == order


def test_an_order_of_which_units_have_left_is_not_cancelled(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})
    shop.ship(order, {"MUG": 1})

    with pytest.raises(OrderUnderway):
        shop.cancel(order)


def test_an_order_is_cancelled_once(shop: Shop) -> None:
    order = shop.buy()
    shop.cancel(order)

    with pytest.raises(WrongState):
        shop.cancel(order)

    assert shop.stock() == (10, 0, 10)


def test_cancelling_an_outdated_version_changes_nothing(shop: Shop) -> None:
    from storekeeper.checkout import cancel_order

    order = shop.buy()

    def stale(_: int) -> None:
        raise StaleVersion

    with pytest.raises(StaleVersion):
        cancel_order(order.id, reason="", till=shop.till(), now=NOW, check_version=stale)

    assert (shop.order(order), "cancel" in shop.provider.calls) == (order, False)


def test_an_order_is_not_cancelled_while_the_provider_is_away(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.fail("cancel")

    with pytest.raises(ProviderUnavailable):
        shop.cancel(order)

    assert shop.order(order) == order


def test_cancelling_beside_a_payment_that_is_just_settled_ends_in_one_state(shop: Shop) -> None:
    """The merchant's cancel was decided from the pending order; by then it is paid, and cancelled as a paid one."""
    order = shop.buy()
    shop.provider.pay(order.id)

    with pytest.raises(PaymentInProgress):
        shop.cancel(order, till=shop.till_interrupted_by(lambda: shop.settle(order)))

    assert (shop.order(order).status, shop.stock()) == (OrderStatus.PROCESSING, (10, 1, 9))
