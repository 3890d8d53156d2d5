"""An order follows its payment: declined, authenticated, paid; told once, twice, late, in disorder or never."""

from datetime import timedelta

import pytest

from storekeeper.checkout import PaymentInProgress, mark_paid
from storekeeper.checkout.settlement.use_cases import NothingToCapture, NothingToPay, capture_payment
from storekeeper.kernel.errors import StaleVersion, StorekeeperError
from storekeeper.orders import OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import PaymentState, ProviderRefused, ProviderUnavailable
from tests.table.checkout.shop import NOW, Shop

SOON = NOW + timedelta(minutes=2)


def test_a_paid_order_goes_to_be_fulfilled(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.pay(order.id)

    after = shop.settle(order, now=SOON)

    assert (after.status, after.payment_status, after.window) == (
        OrderStatus.PROCESSING,
        PaymentStatus.PAID,
        PaymentWindow.CLOSED,
    )
    assert after.payment is not None
    assert (str(after.payment.captured), after.payment.card_brand, after.payment.card_last4) == (
        "17.50",
        "visa",
        "4242",
    )
    assert (after.due_at, shop.order(order)) == (None, after)


def test_news_that_come_again_change_nothing(shop: Shop) -> None:
    order = shop.buy_and_pay()

    assert [shop.settle(order, now=SOON).version for _ in range(3)] == [order.version] * 3


def test_two_who_hear_the_same_news_at_once_write_it_once(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.pay(order.id)
    till = shop.till_interrupted_by(lambda: shop.settle(order))

    after = shop.settle(order, till=till)

    assert (after.status, after.version) == (OrderStatus.PROCESSING, order.version + 1)


def test_a_declined_card_leaves_the_order_waiting_for_another(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.decline(order.id)

    after = shop.settle(order)

    assert after.payment is not None
    assert (after.status, after.payment_status, after.payment.failure_code) == (
        OrderStatus.PENDING,
        PaymentStatus.FAILED,
        "insufficient_funds",
    )
    assert shop.stock() == (10, 1, 9)


def test_after_a_declined_card_another_pays_the_same_intent(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.decline(order.id)
    shop.settle(order)
    shop.provider.pay(order.id)

    after = shop.settle(order)

    assert after.payment is not None
    assert (after.payment_status, after.payment.failure_code) == (PaymentStatus.PAID, None)


def test_a_payment_that_waits_for_3_d_secure_is_shown_as_such(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.of(order.id).state = PaymentState.REQUIRES_ACTION

    after = shop.settle(order)

    assert after.payment is not None
    assert (after.status, after.payment_status) == (OrderStatus.PENDING, PaymentStatus.PENDING)
    assert after.payment.state is PaymentState.REQUIRES_ACTION


def test_old_news_after_new_news_change_nothing(shop: Shop) -> None:
    """A webhook is a reason to ask; what it says is not believed."""
    order = shop.buy()
    shop.provider.decline(order.id)
    shop.provider.pay(order.id)
    paid = shop.settle(order)

    assert shop.settle(order).version == paid.version


def test_a_webhook_that_never_comes_is_not_waited_for(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.pay(order.id)

    shop.sweep(now=NOW + timedelta(minutes=3))

    assert shop.order(order).payment_status is PaymentStatus.PAID


def test_an_unpaid_order_is_looked_at_less_and_less_often(shop: Shop) -> None:
    order = shop.buy()
    looks = []

    for minute in range(30):
        shop.provider.calls.clear()
        shop.sweep(now=NOW + timedelta(minutes=minute))
        looks += [minute] if "find_intent" in shop.provider.calls else []

    assert looks == [3, 10]
    assert shop.order(order).status is OrderStatus.PENDING


def test_a_look_that_gets_no_answer_comes_again(shop: Shop) -> None:
    order = shop.buy()
    shop.provider.fail("find_intent")
    shop.sweep(now=NOW + timedelta(minutes=3))
    shop.provider.pay(order.id)

    shop.sweep(now=NOW + timedelta(minutes=10))

    assert shop.order(order).payment_status is PaymentStatus.PAID


def test_a_webhook_that_overtakes_the_checkout_finds_its_order_s_intent(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.provider.fail("create_intent", after=True)
    with pytest.raises(ProviderUnavailable):
        shop.check_out(cart_id)
    (item,) = shop.items("order")

    shop.provider.pay(item["id"])
    after = shop.settle(shop.order(item["id"]))

    assert (after.status, after.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.PAID)


def test_the_intent_of_another_order_says_nothing(shop: Shop) -> None:
    order, other = shop.settle(shop.buy()), shop.buy()
    shop.provider.pay(other.id)
    shop.provider.intents[f"pi_{order.id}"] = shop.provider.of(other.id)

    after = shop.settle(order)

    assert after.payment_status is PaymentStatus.PENDING


def test_a_manual_capture_waits_for_the_merchant(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy()
    shop.provider.pay(order.id)

    after = shop.settle(order)

    assert (after.status, after.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.AUTHORIZED)
    assert after.payment is not None
    assert str(after.payment.captured) == "0.00"


def test_what_was_authorized_is_captured_once(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy_and_pay()

    after = capture_payment(order.id, till=shop.till(), now=NOW)
    again = capture_payment(order.id, till=shop.till(), now=NOW)

    assert after.payment is not None
    assert (after.payment_status, str(after.payment.captured)) == (PaymentStatus.PAID, "17.50")
    assert (again, shop.provider.calls.count("capture")) == (after, 1)


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_a_capture_that_timed_out_is_repeated(manual_capture_shop: Shop, after: bool) -> None:
    shop = manual_capture_shop
    order = shop.buy_and_pay()
    shop.provider.fail("capture", after=after)
    with pytest.raises(ProviderUnavailable):
        capture_payment(order.id, till=shop.till(), now=NOW)

    captured = capture_payment(order.id, till=shop.till(), now=NOW)

    assert captured.payment_status is PaymentStatus.PAID
    assert shop.provider.of(order.id).captured == 1750


def test_an_authorization_that_is_over_is_seen_when_it_is_captured(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy_and_pay()
    shop.provider.of(order.id).state = PaymentState.CANCELLED

    with pytest.raises(ProviderRefused):
        capture_payment(order.id, till=shop.till(), now=NOW)

    assert shop.order(order).payment_status is PaymentStatus.FAILED


def test_a_capture_beside_another_answers_what_that_did(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    order = shop.buy_and_pay()
    shop.provider.meanwhile["capture"] = lambda: capture_payment(order.id, till=shop.till(), now=NOW)

    after = capture_payment(order.id, till=shop.till(), now=NOW)

    assert (after.payment_status, after.version) == (PaymentStatus.PAID, order.version + 1)


def test_nothing_is_captured_of_an_order_that_is_paid_at_once(shop: Shop) -> None:
    order = shop.buy()

    with pytest.raises(NothingToCapture):
        capture_payment(order.id, till=shop.till(), now=NOW)

    assert "capture" not in shop.provider.calls


def test_a_payment_by_hand_is_noted_once(shop: Shop) -> None:
    order = shop.check_out(shop.cart(), "manual").order

    after = mark_paid(order.id, table=shop.root, now=SOON)

    assert after.payment is not None
    assert (after.payment_status, str(after.payment.captured)) == (PaymentStatus.PAID, "17.50")
    with pytest.raises(NothingToPay):
        mark_paid(order.id, table=shop.root, now=SOON)


def test_a_card_order_is_not_marked_as_paid_by_hand(shop: Shop) -> None:
    order = shop.buy()

    with pytest.raises(NothingToPay):
        mark_paid(order.id, table=shop.root, now=SOON)

    assert shop.order(order) == order


def test_what_was_meant_for_another_version_is_refused(shop: Shop) -> None:
    order = shop.check_out(shop.cart(), "manual").order

    def expects_2(version: int) -> None:
        if version != 2:
            raise StaleVersion

    with pytest.raises(StaleVersion):
        mark_paid(order.id, table=shop.root, now=SOON, check_version=expects_2)

    assert shop.order(order) == order


def test_no_refusal_says_who_the_shopper_is(shop: Shop) -> None:
    order = shop.buy()

    with pytest.raises(StorekeeperError) as refused:
        mark_paid(order.id, table=shop.root, now=SOON)

    assert "anna" not in f"{refused.value} {PaymentInProgress()}".lower()
