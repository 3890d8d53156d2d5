"""The provider does not answer, before or after it has acted: nothing is charged twice, lost, or left unknown."""

import time

import pytest

from local.testing import RunningStack
from tests.stack.outcomes import GIVEN_UP, PAID, WAITING, comes_to, stays
from tests.stack.provider import Provider
from tests.stack.shop import Purchase, Shop, eventually
from tests.stack.time_travel import age, sweep

pytestmark = pytest.mark.stack

before_or_after_acting = pytest.mark.parametrize("acts", [False, True], ids=["before_it_acts", "after_it_acted"])


@before_or_after_acting
def test_an_intent_whose_answer_is_lost_is_made_once(shop: Shop, provider: Provider, acts: bool) -> None:
    sku = shop.put_on_sale(3)
    cart_id = shop.ready_cart(sku)
    provider.fail("/v1/payment_intents", acts=acts)

    lost = shop.check_out(cart_id)
    assert (lost.status_code, lost.json()["code"]) == (503, "payment_provider_unavailable")
    assert shop.merchant.units(sku, "reserved") == 1
    answer = shop.check_out(cart_id)

    assert answer.status_code == 200
    purchase = Purchase(cart_id, answer.json()["order"], answer.json()["payment"], "ada@shop.example")
    assert [intent["id"] for intent in provider.intents_of(purchase.order_id)] == [purchase.intent_id]
    stays(WAITING, shop, provider, purchase)
    provider.pay(purchase)
    comes_to(PAID, shop, provider, purchase)


def test_a_provider_that_hangs_is_not_waited_for_longer_than_promised(shop: Shop, provider: Provider) -> None:
    cart_id = shop.ready_cart(shop.put_on_sale(3))
    provider.fail("/v1/payment_intents", kind="hang", acts=True, seconds=9)

    started = time.monotonic()
    lost = shop.check_out(cart_id)

    assert lost.status_code == 503
    assert time.monotonic() - started < 14
    assert shop.check_out(cart_id).status_code == 200


@before_or_after_acting
def test_an_order_whose_cancelling_is_lost_is_cancelled_by_the_next_try(
    shop: Shop, provider: Provider, acts: bool
) -> None:
    provider.webhooks(paused=True)  # they would tell what the answer did not, even that of an intent just made
    purchase = shop.bought(shop.put_on_sale(3))
    cancel = f"/v1/orders/{purchase.order_id}/cancel"
    provider.fail(f"/v1/payment_intents/{purchase.intent_id}/cancel", acts=acts)

    lost = shop.merchant.call("POST", cancel, {"reason": "Mistake."})
    assert lost.status_code == 503
    assert shop.merchant.order(purchase.order_id)["allocations"]
    shop.merchant.post(cancel, {"reason": "Mistake."})

    stays(GIVEN_UP, shop, provider, purchase)


@before_or_after_acting
def test_at_the_window_s_end_stock_stays_until_the_provider_is_heard(
    stack: RunningStack, shop: Shop, provider: Provider, acts: bool
) -> None:
    provider.webhooks(paused=True)  # they would tell what the answer did not, even that of an intent just made
    purchase = shop.bought(shop.put_on_sale(3))
    provider.fail(f"/v1/payment_intents/{purchase.intent_id}/cancel", acts=acts)
    age(stack, shop.merchant, purchase.order_id, minutes=31)

    sweep(stack)
    assert shop.merchant.order(purchase.order_id)["allocations"]
    age(stack, shop.merchant, purchase.order_id, minutes=3)
    sweep(stack)

    comes_to(GIVEN_UP, shop, provider, purchase)


@before_or_after_acting
def test_a_refund_whose_answer_is_lost_is_made_once(
    stack: RunningStack, shop: Shop, provider: Provider, acts: bool
) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase)
    comes_to(PAID, shop, provider, purchase)
    provider.fail("/v1/refunds", acts=acts)

    refund = shop.merchant.call("POST", f"/v1/orders/{purchase.order_id}/refund", {"amount": "5.00"})
    assert refund.status_code in {201, 503}, refund.text

    def sent_back() -> list[int]:
        sweep_refunds(stack, shop, purchase)
        return [one["amount"] for one in provider.refunds(purchase)]

    assert eventually(sent_back, until=bool, within_s=10) == [500]
    order = shop.merchant.order(purchase.order_id)
    assert (order["payment_status"], order["payment"]["refunded"]) == ("partially_refunded", "5.00")


def sweep_refunds(stack: RunningStack, shop: Shop, purchase: Purchase) -> None:
    """The sweep, with every refund of the order due now."""
    table, name = stack.client("dynamodb"), stack.description["table"]
    found = table.query(
        TableName=name,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :refund)",
        ExpressionAttributeValues={
            ":pk": {"S": f"T#{shop.merchant.tenant_id}#ORDER#{purchase.order_id}"},
            ":refund": {"S": "REFUND#"},
        },
    )
    for item in found["Items"]:
        if "due_sk" in item:
            rest = item["due_sk"]["S"].split("#", 1)[1]
            table.update_item(
                TableName=name,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET due_sk = :due",
                ExpressionAttributeValues={":due": {"S": f"2026-01-01T00:00:00.000Z#{rest}"}},
            )
    sweep(stack)


def test_a_refund_that_the_bank_refuses_leaves_the_money_with_the_merchant(shop: Shop, provider: Provider) -> None:
    purchase = shop.bought(shop.put_on_sale(3))
    provider.pay(purchase, "pendingRefund")
    comes_to(PAID, shop, provider, purchase)
    shop.merchant.post(f"/v1/orders/{purchase.order_id}/refund")
    refund = provider.refunds(purchase)[0]

    provider.control("settle", refund=refund["id"], outcome="fail")

    def payment_status() -> str:
        return str(shop.merchant.order(purchase.order_id)["payment_status"])

    eventually(payment_status, until=lambda status: status == "paid", within_s=10)
    assert shop.track(purchase)["payment_status"] == "paid"
