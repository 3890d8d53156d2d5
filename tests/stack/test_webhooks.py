"""Webhooks come twice, late, in the wrong order or not at all: each payment still ends in its one right state."""

import pytest

from local.testing import RunningStack
from tests.stack.ledger import check_ledger
from tests.stack.outcomes import DECLINED, GIVEN_UP, PAID, SENT_BACK, WAITING, comes_to, outcome, stays, timeline
from tests.stack.provider import Provider
from tests.stack.shop import Shop, eventually
from tests.stack.time_travel import age, sweep

pytestmark = pytest.mark.stack

SUCCEEDED = "payment_intent.succeeded"
MANY = 50  # calls: however often the sweep has to begin anew because a webhook changed the order


def test_webhooks_that_come_five_times_count_once(shop: Shop, provider: Provider) -> None:
    provider.webhooks(copies=5)
    sku = shop.put_on_sale(3)
    purchase = shop.bought(sku)

    provider.pay(purchase)

    comes_to(PAID, shop, provider, purchase)
    eventually(lambda: provider.delivered(purchase).count(SUCCEEDED), until=lambda count: count == 5)
    stays(PAID, shop, provider, purchase)
    entries = timeline(shop, purchase, ends_with="order.paid")
    assert entries.count("order.paid") == entries.count("order.processing") == 1
    check_ledger(shop.merchant, sku)


def test_a_late_webhook_settles_the_order_when_it_comes(shop: Shop, provider: Provider) -> None:
    provider.webhooks(delay_s=2.0)
    purchase = shop.bought(shop.put_on_sale(3))

    provider.pay(purchase)

    assert outcome(shop, provider, purchase).status == "pending"
    comes_to(PAID, shop, provider, purchase)


def test_without_webhooks_the_shopper_s_page_asks_and_knows(shop: Shop, provider: Provider) -> None:
    provider.webhooks(missing=True)
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase)
    assert outcome(shop, provider, purchase).payment_status == "pending"

    answer = shop.check_out(purchase.cart_id)

    assert answer.json()["order"]["payment_status"] == "paid"
    stays(PAID, shop, provider, purchase)


@pytest.mark.parametrize("minutes", [4, 11, 31])
def test_without_webhooks_the_sweep_asks_and_knows(
    stack: RunningStack, shop: Shop, provider: Provider, minutes: int
) -> None:
    provider.webhooks(missing=True)
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase)
    age(stack, shop.merchant, purchase.order_id, minutes=minutes)

    sweep(stack)

    stays(PAID, shop, provider, purchase)


def test_webhooks_in_the_wrong_order_come_to_the_same(shop: Shop, provider: Provider) -> None:
    provider.webhooks(paused=True, reorder=100)
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase, "chargeDeclined")
    provider.pay(purchase)
    provider.webhooks(reorder=100)

    provider.control("webhooks/flush")  # newest first: the success arrives before the failure

    comes_to(PAID, shop, provider, purchase)
    eventually(lambda: provider.delivered(purchase), until=lambda kinds: "payment_intent.payment_failed" in kinds)
    stays(PAID, shop, provider, purchase)


def test_a_webhook_that_was_held_over_the_window_s_end_finds_the_money_known(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    provider.webhooks(paused=True)
    sku = shop.put_on_sale(3)
    purchase = shop.bought(sku)
    provider.pay(purchase)
    age(stack, shop.merchant, purchase.order_id, minutes=31)

    sweep(stack)
    stays(PAID, shop, provider, purchase)
    provider.end_faults()

    eventually(lambda: provider.delivered(purchase), until=lambda kinds: SUCCEEDED in kinds)
    stays(PAID, shop, provider, purchase)
    assert provider.refunds(purchase) == []
    check_ledger(shop.merchant, sku)


def give_up_without_the_provider(
    stack: RunningStack, shop: Shop, provider: Provider, purchase_id: str, intent: str
) -> None:
    """The window and its grace are over and the provider cannot be reached: the stock goes back, the intent stays."""
    provider.fail(f"/v1/payment_intents/{intent}/cancel", acts=False, times=MANY)
    age(stack, shop.merchant, purchase_id, minutes=41)
    sweep(stack)
    provider.end_faults()


def test_money_that_comes_after_the_order_was_given_up_makes_it_stand_again(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    sku = shop.put_on_sale(3)
    purchase = shop.bought(sku)
    give_up_without_the_provider(stack, shop, provider, purchase.order_id, purchase.intent_id)
    assert outcome(shop, provider, purchase).status == "cancelled"
    assert shop.merchant.units(sku) == 3

    provider.pay(purchase)

    comes_to(PAID, shop, provider, purchase)
    assert "order.reinstated" in timeline(shop, purchase, ends_with="order.paid")
    check_ledger(shop.merchant, sku)


def test_money_that_comes_after_order_and_stock_are_gone_is_sent_back(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    sku = shop.put_on_sale(1)
    purchase = shop.bought(sku)
    give_up_without_the_provider(stack, shop, provider, purchase.order_id, purchase.intent_id)
    shop.bought(sku, method="manual")

    provider.pay(purchase)

    def seen() -> tuple[str, str]:
        order = shop.merchant.order(purchase.order_id)
        return order["status"], order["payment_status"]

    eventually(seen, until=lambda found: found == (SENT_BACK.status, SENT_BACK.payment_status), within_s=10)
    assert [refund["amount"] for refund in provider.refunds(purchase)] == [1740]
    assert (shop.merchant.units(sku), shop.merchant.units(sku, "reserved")) == (0, 1)
    assert shop.track(purchase)["payment_status"] == "refunded"
    check_ledger(shop.merchant, sku)


def test_what_the_provider_could_not_give_up_is_given_up_later(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    give_up_without_the_provider(stack, shop, provider, purchase.order_id, purchase.intent_id)
    assert provider.intent(purchase)["status"] == "requires_payment_method"
    age(stack, shop.merchant, purchase.order_id, minutes=10)

    sweep(stack)

    stays(GIVEN_UP, shop, provider, purchase)


def test_a_declined_payment_whose_webhook_is_lost_is_seen_by_the_sweep(
    stack: RunningStack, shop: Shop, provider: Provider
) -> None:
    provider.webhooks(missing=True)
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase, "chargeDeclined")
    stays(WAITING, shop, provider, purchase)
    age(stack, shop.merchant, purchase.order_id, minutes=4)

    sweep(stack)

    stays(DECLINED, shop, provider, purchase)


def test_a_forged_webhook_is_refused(shop: Shop, provider: Provider) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    event = {"id": "evt_forged", "type": SUCCEEDED, "data": {"object": {"id": purchase.intent_id}}}

    answer = shop.http.post("/v1/hooks/stripe", json=event, headers={"Stripe-Signature": "t=1795000000,v1=00"})

    assert answer.status_code == 401
    stays(WAITING, shop, provider, purchase)
