"""A merchant cancels an order of which nothing has left: its payment is given up first, then its stock."""

from datetime import timedelta

import pytest

from storekeeper.checkout import PaymentInProgress
from storekeeper.checkout.cancellation.use_cases import OrderUnderway
from storekeeper.kernel.errors import StaleVersion
from storekeeper.kernel.states import WrongState
from storekeeper.orders import OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState, ProviderUnavailable
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
AT_THE_END = NOW + 30 * MINUTE


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
