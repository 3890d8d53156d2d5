"""A card is declined, authenticated, authorized, captured, given up: shopper and merchant see the same right state."""

import pytest

from local.testing import RunningStack
from tests.stack.ledger import check_ledger
from tests.stack.outcomes import AUTHORIZED, DECLINED, GIVEN_UP, PAID, WAITING, comes_to, stays, timeline
from tests.stack.provider import Provider
from tests.stack.shop import Merchant, Shop, open_shop
from tests.stack.time_travel import age, sweep

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def careful_shop(merchant: Merchant) -> Shop:
    """A store that takes authorized money by hand."""
    return open_shop(merchant, capture="manual")


def test_a_card_pays_for_an_order(shop: Shop, provider: Provider) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    stays(WAITING, shop, provider, purchase)

    assert provider.pay(purchase).status_code == 200

    comes_to(PAID, shop, provider, purchase)
    payment = shop.merchant.order(purchase.order_id)["payment"]
    assert (payment["captured"], payment["card_brand"], payment["card_last4"]) == ("17.40", "visa", "4242")
    assert timeline(shop, purchase, ends_with="order.processing") == ["order.created", "order.processing", "order.paid"]


def test_a_declined_card_is_tried_again_on_the_same_intent(shop: Shop, provider: Provider) -> None:
    sku = shop.put_on_sale(3)
    purchase = shop.bought(sku)

    assert provider.pay(purchase, "chargeDeclinedInsufficientFunds").status_code == 402
    comes_to(DECLINED, shop, provider, purchase)
    again = shop.check_out(purchase.cart_id)
    assert again.status_code == 200
    assert again.json()["payment"]["failure_code"] == "insufficient_funds"
    assert again.json()["payment"]["intent_id"] == purchase.intent_id
    assert provider.pay(purchase).status_code == 200

    comes_to(PAID, shop, provider, purchase)
    assert len(provider.intents_of(purchase.order_id)) == 1
    assert timeline(shop, purchase, ends_with="order.paid").count("order.payment_failed") == 1
    check_ledger(shop.merchant, sku)


@pytest.mark.parametrize(("outcome", "expected"), [("succeed", PAID), ("fail", DECLINED)])
def test_three_d_secure_ends_as_the_shopper_ends_it(
    shop: Shop, provider: Provider, outcome: str, expected: object
) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    confirmed = provider.pay(purchase, "threeDSecure2Required").json()
    assert confirmed["status"] == "requires_action"
    assert shop.check_out(purchase.cart_id).json()["payment"]["status"] == "requires_action"

    provider.control("authenticate", payment_intent=purchase.intent_id, outcome=outcome)

    comes_to(PAID if expected is PAID else DECLINED, shop, provider, purchase)


def test_after_failed_three_d_secure_another_card_pays(shop: Shop, provider: Provider) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase, "threeDSecure2Required")
    provider.control("authenticate", payment_intent=purchase.intent_id, outcome="fail")
    comes_to(DECLINED, shop, provider, purchase)

    provider.pay(purchase)

    comes_to(PAID, shop, provider, purchase)


def test_money_that_is_authorized_is_taken_when_the_merchant_says_so(careful_shop: Shop, provider: Provider) -> None:
    purchase = careful_shop.bought(careful_shop.put_on_sale(3))
    provider.pay(purchase)
    comes_to(AUTHORIZED, careful_shop, provider, purchase)
    assert careful_shop.merchant.order(purchase.order_id)["payment"]["captured"] == "0.00"

    careful_shop.merchant.post(f"/v1/orders/{purchase.order_id}/capture")

    stays(PAID, careful_shop, provider, purchase)
    assert provider.intent(purchase)["amount_received"] == 1740


def test_money_that_is_authorized_is_let_go_with_its_order(careful_shop: Shop, provider: Provider) -> None:
    purchase = careful_shop.bought(careful_shop.put_on_sale(3))
    provider.pay(purchase)
    comes_to(AUTHORIZED, careful_shop, provider, purchase)

    careful_shop.merchant.post(f"/v1/orders/{purchase.order_id}/cancel", {"reason": "Out of season."})

    stays(GIVEN_UP, careful_shop, provider, purchase)


def test_a_payment_that_its_bank_is_still_processing_is_waited_for(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase, "processing")
    refused = shop.http.post(f"{shop.path}/carts/{purchase.cart_id}/reopen")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_in_progress")
    age(stack, shop.merchant, purchase.order_id, minutes=31)

    sweep(stack)
    assert shop.merchant.order(purchase.order_id)["status"] == "pending"
    provider.control("settle", payment_intent=purchase.intent_id, outcome="succeed")

    comes_to(PAID, shop, provider, purchase)


def test_an_order_that_is_not_paid_in_its_window_gives_stock_and_intent_back(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    sku = shop.put_on_sale(3)
    purchase = shop.bought(sku)
    age(stack, shop.merchant, purchase.order_id, minutes=31)

    sweep(stack)

    stays(GIVEN_UP, shop, provider, purchase)
    assert shop.merchant.units(sku) == 3
    assert provider.pay(purchase).status_code == 400
    assert shop.merchant.order(purchase.order_id)["cancel_reason"] == "payment_window_over"
    check_ledger(shop.merchant, sku)


def test_an_order_to_be_paid_later_knows_no_window(stack: RunningStack, shop: Shop) -> None:
    purchase = shop.bought(shop.put_on_sale(3), method="manual")
    age(stack, shop.merchant, purchase.order_id, minutes=24 * 60)

    sweep(stack)

    assert shop.merchant.order(purchase.order_id)["status"] == "processing"
    paid = shop.merchant.post(f"/v1/orders/{purchase.order_id}/mark-paid")
    assert (paid["status"], paid["payment_status"]) == ("processing", "paid")


def test_a_shopper_who_reopens_the_cart_buys_other_things_under_another_intent(shop: Shop, provider: Provider) -> None:
    sku = shop.put_on_sale(3)
    first = shop.bought(sku)
    provider.pay(first, "chargeDeclined")
    cart = shop.http.post(f"{shop.path}/carts/{first.cart_id}/reopen")
    assert (cart.status_code, cart.json()["status"]) == (200, "active")
    stays(GIVEN_UP, shop, provider, first)
    item = cart.json()["items"][0]["id"]
    shop.http.patch(f"{shop.path}/carts/{first.cart_id}/items/{item}", json={"quantity": 2})

    answer = shop.check_out(first.cart_id)

    assert answer.status_code == 201
    assert answer.json()["order"]["id"] != first.order_id
    assert answer.json()["payment"]["intent_id"] != first.intent_id
    assert (shop.merchant.units(sku), shop.merchant.units(sku, "reserved")) == (1, 2)
    check_ledger(shop.merchant, sku)


def test_a_paid_order_is_not_had_back_by_reopening_its_cart(shop: Shop, provider: Provider) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase)
    comes_to(PAID, shop, provider, purchase)

    refused = shop.http.post(f"{shop.path}/carts/{purchase.cart_id}/reopen")

    assert (refused.status_code, refused.json()["code"]) == (409, "payment_in_progress")
    stays(PAID, shop, provider, purchase)
