"""A shopper has a cart back whose order is not paid: once, and never while its payment is under way."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, CartNotFound, CartStatus, add_item
from storekeeper.checkout import PaymentInProgress
from storekeeper.checkout.cancellation.use_cases import OrderPlaced
from storekeeper.orders import OrderStatus
from storekeeper.payments import PaymentState, ProviderUnavailable
from tests.emulated import MakeStore
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
AT_THE_END = NOW + 30 * MINUTE


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
