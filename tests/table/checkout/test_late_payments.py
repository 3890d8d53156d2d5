"""Money that comes after its order was given up: the order stands again, or the money goes back. Never neither."""

from datetime import timedelta

import pytest

from storekeeper.inventory import take_units
from storekeeper.orders import Order, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState, RefundState
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
LATER = NOW + 45 * MINUTE


@pytest.fixture
def given_up(shop: Shop) -> Order:
    """An order of two mugs whose window ended while the provider could not be asked."""
    order = shop.buy({"MUG": 2})
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    assert shop.order(order).status is OrderStatus.CANCELLED
    assert shop.stock() == (10, 0, 10)
    return order


def test_an_order_stands_again_while_its_stock_is_there(shop: Shop, given_up: Order) -> None:
    shop.provider.pay(given_up.id)

    after = shop.settle(given_up, now=LATER)

    assert (after.status, after.payment_status, after.window) == (
        OrderStatus.PROCESSING,
        PaymentStatus.PAID,
        PaymentWindow.CLOSED,
    )
    assert (after.cancelled_at, after.cancel_reason, shop.stock()) == (None, None, (10, 2, 8))
    shop.check_settled()


def test_money_goes_back_when_the_stock_is_gone(shop: Shop, given_up: Order) -> None:
    shop.buy_and_pay({"MUG": 9})
    shop.provider.pay(given_up.id)

    after = shop.settle(given_up, now=LATER)

    (refund,) = shop.items("refund")
    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert (refund["state"], refund["amount"], refund["reason"]) == ("succeeded", 3000, "late_payment")
    assert (shop.provider.of(given_up.id).refunded, shop.stock()) == (3000, (10, 9, 1))
    shop.check_settled()


def test_money_goes_back_when_the_cart_has_moved_on(shop: Shop) -> None:
    cart_id = shop.cart()
    order = shop.check_out(cart_id).order
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    shop.reopen(cart_id, now=LATER)
    second = shop.check_out(cart_id, now=LATER).order
    shop.provider.pay(order.id)

    after = shop.settle(order, now=LATER)

    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert (shop.order(second).status, shop.stock()) == (OrderStatus.PENDING, (10, 1, 9))
    shop.check_settled()


def test_the_sweep_finds_late_money_that_no_webhook_told(shop: Shop, given_up: Order) -> None:
    shop.provider.pay(given_up.id)

    shop.sweep(now=LATER)

    assert shop.order(given_up).status is OrderStatus.PROCESSING
    shop.check_settled()


def test_late_money_is_told_again_without_effect(shop: Shop, given_up: Order) -> None:
    shop.buy_and_pay({"MUG": 9})
    shop.provider.pay(given_up.id)
    after = shop.settle(given_up, now=LATER)

    again = shop.settle(given_up, now=LATER)
    shop.sweep_for(30 * MINUTE, now=LATER)

    assert (again, shop.order(given_up), len(shop.items("refund"))) == (after, after, 1)


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_a_late_refund_that_timed_out_is_carried_out_by_the_sweep(shop: Shop, given_up: Order, after: bool) -> None:
    shop.buy_and_pay({"MUG": 9})
    shop.provider.pay(given_up.id)
    shop.provider.fail("refund", after=after)
    shop.settle(given_up, now=LATER)

    shop.sweep(now=LATER + 10 * MINUTE)

    assert shop.provider.of(given_up.id).refunded == 3000
    shop.check_settled()


def test_late_money_beside_the_last_buyer_ends_in_one_state(shop: Shop, given_up: Order) -> None:
    """The units were there when they were planned, and gone when they were to be taken."""
    shop.provider.pay(given_up.id)

    after = shop.settle(given_up, now=LATER, till=shop.till_interrupted_by(lambda: shop.buy_and_pay({"MUG": 9})))

    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    shop.check_settled()


def test_an_order_does_not_stand_again_beside_a_cart_that_is_reopened_meanwhile(shop: Shop) -> None:
    cart_id = shop.cart()
    order = shop.check_out(cart_id).order
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    shop.provider.pay(order.id)

    after = shop.settle(order, now=LATER, till=shop.till_interrupted_by(lambda: shop.reopen(cart_id, now=LATER)))

    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert shop.carts.find(cart_id).cart.order_id is None
    shop.check_settled()


def test_an_authorization_that_comes_late_is_voided(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy()
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    shop.provider.pay(order.id)

    after = shop.settle(order, now=LATER)

    assert (after.status, after.window) == (OrderStatus.CANCELLED, PaymentWindow.CLOSED)
    assert shop.provider.of(order.id).state is PaymentState.CANCELLED
    shop.check_settled()


def test_a_late_refund_that_the_bank_refuses_is_the_merchant_s_to_see(shop: Shop, given_up: Order) -> None:
    shop.buy_and_pay({"MUG": 9})
    shop.provider.pay(given_up.id)
    shop.provider.refund_state = RefundState.FAILED

    after = shop.settle(given_up, now=LATER)

    assert (after.status, after.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.PAID)
    assert [one["state"] for one in shop.items("refund")] == ["failed"]


def test_units_that_were_never_put_back_are_not_taken_twice(shop: Shop, given_up: Order) -> None:
    """As when a large order is put back in parts: it owns one of its mugs still."""
    from storekeeper.inventory import Cause, SkuPick, SkuRef
    from storekeeper.kernel.records import replace
    from storekeeper.orders import change_order

    before = shop.order(given_up)
    one = SkuPick("MUG", shop.locations()[0], 0, 1)
    shop.root.write(
        change_order(before, replace(before, picks=(one,), version=before.version + 1)),
        take_units(
            SkuRef(shop.root.tenant_id, "MUG"),
            one.pick,
            cause=Cause.of_order(given_up.id, actor=shop.root.trace.actor, at=NOW),
        ),
    )
    shop.provider.pay(given_up.id)

    after = shop.settle(given_up, now=LATER)

    assert ([pick.units for pick in after.picks], shop.stock()) == ([2], (10, 2, 8))
