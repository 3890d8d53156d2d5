"""What becomes of a refund at the provider, and what that does to its order."""

import pytest

from storekeeper.checkout import RefundNotFound, RefundRequest, list_refunds, settle_refund
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.orders import PaymentStatus
from storekeeper.payments import PaymentDeclined, ProviderRefused, ProviderUnavailable, RefundState
from tests.table.checkout.shop import NOW, REFUND_ID, Shop


def test_a_repeat_under_the_same_id_is_the_same_refund(shop: Shop) -> None:
    order = shop.buy_and_pay()
    request = RefundRequest("Half.", amount=Money.parse("5.00", shop.store.currency))
    first = shop.refund(order, request, refund_id=REFUND_ID)

    again = shop.refund(order, request, refund_id=REFUND_ID)

    assert (again, shop.provider.of(order.id).refunded) == (first, 500)


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_a_refund_that_timed_out_is_pending_until_it_is_asked_again(shop: Shop, after: bool) -> None:
    order = shop.buy_and_pay()
    shop.provider.fail("refund", after=after)
    first = shop.refund(order, RefundRequest("All."), refund_id=REFUND_ID)

    again = shop.refund(order, RefundRequest("All."), refund_id=REFUND_ID)

    assert (first.refund.state, again.refund.state) == (RefundState.PENDING, RefundState.SUCCEEDED)
    assert shop.provider.of(order.id).refunded == 1750
    shop.check_settled()


def test_a_refund_that_was_begun_long_ago_is_looked_for_before_it_is_asked_for(shop: Shop) -> None:
    """A provider forgets idempotency keys: to ask again could send the money twice."""
    from datetime import timedelta

    order = shop.buy_and_pay()
    shop.provider.fail("refund", after=True)
    shop.refund(order, RefundRequest("All."), refund_id=REFUND_ID)
    shop.provider.calls.clear()

    shop.sweep(now=NOW + timedelta(days=2))

    assert shop.provider.calls == ["find_refund"]
    shop.check_settled()


def test_a_refund_whose_answer_was_lost_and_that_failed_since_is_not_taken_for_done(shop: Shop) -> None:
    """Under its key a provider gives its first answer again, whatever became of the refund."""
    order = shop.buy_and_pay()
    shop.provider.fail("refund", after=True)
    shop.refund(order, RefundRequest("All."), refund_id=REFUND_ID)
    shop.provider.settle_refund(order.id, REFUND_ID, RefundState.FAILED)
    shop.provider.calls.clear()

    refund = settle_refund(order.id, REFUND_ID, till=shop.till(), now=NOW)

    assert (refund.state, shop.provider.calls) == (RefundState.FAILED, ["find_refund"])
    assert shop.order(order).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize(
    "error", [ProviderRefused("charge_already_refunded"), PaymentDeclined("card_declined")], ids=["refused", "declined"]
)
def test_a_refund_that_the_provider_refuses_leaves_the_money_with_the_merchant(shop: Shop, error: Exception) -> None:
    order = shop.buy_and_pay()
    shop.provider.fail("refund", error=error)

    done = shop.refund(order, RefundRequest("All."))

    assert (done.refund.state, done.order.payment_status) == (RefundState.FAILED, PaymentStatus.PAID)
    assert done.refund.failure_code in ("charge_already_refunded", "card_declined")
    assert [line.refunded for line in done.order.lines] == [0]


def test_a_refund_that_failed_is_refunded_again_without_its_goods_coming_back_twice(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})
    shop.provider.fail("refund", error=ProviderRefused("expired"))
    shop.refund(order, RefundRequest("All.", restock=True))

    done = shop.refund(order, RefundRequest("All.", restock=True))

    assert (done.refund.state, done.order.lines[0].cancelled, shop.stock()) == (RefundState.SUCCEEDED, 2, (10, 0, 10))


def test_a_pending_refund_follows_its_bank(shop: Shop) -> None:
    order = shop.buy_and_pay()
    shop.provider.refund_state = RefundState.PENDING
    done = shop.refund(order, RefundRequest("All."))
    shop.provider.settle_refund(order.id, done.refund.id, RefundState.SUCCEEDED)

    settle_refund(order.id, done.refund.id, till=shop.till(), now=NOW)

    (refund,) = list_refunds(order.id, table=shop.root)
    assert (done.refund.state, refund.state) == (RefundState.PENDING, RefundState.SUCCEEDED)


@pytest.mark.parametrize("first", [RefundState.PENDING, RefundState.SUCCEEDED])
def test_a_refund_that_fails_in_the_end_gives_its_money_back_to_the_order_once(shop: Shop, first: RefundState) -> None:
    order = shop.buy_and_pay()
    shop.provider.refund_state = first
    done = shop.refund(order, RefundRequest("All."))
    shop.provider.settle_refund(order.id, done.refund.id, RefundState.FAILED)

    for _ in range(2):
        settle_refund(order.id, done.refund.id, till=shop.till(), now=NOW)

    assert (shop.order(order).payment_status, shop.order(order).version) == (PaymentStatus.PAID, done.order.version + 1)


def test_a_refund_that_failed_stays_failed(shop: Shop) -> None:
    order = shop.buy_and_pay()
    shop.provider.refund_state = RefundState.FAILED
    done = shop.refund(order, RefundRequest("All."))
    shop.provider.settle_refund(order.id, done.refund.id, RefundState.SUCCEEDED)

    assert settle_refund(order.id, done.refund.id, till=shop.till(), now=NOW).state is RefundState.FAILED


def test_a_refund_of_nobody_is_not_settled(shop: Shop) -> None:
    order = shop.buy_and_pay()

    with pytest.raises(RefundNotFound):
        settle_refund(order.id, REFUND_ID, till=shop.till(), now=NOW)


def test_settling_is_told_when_the_provider_cannot_be_asked(shop: Shop) -> None:
    order = shop.buy_and_pay()
    done = shop.refund(order, RefundRequest("All."))
    shop.provider.fail("find_refund")

    with pytest.raises(ProviderUnavailable):
        settle_refund(order.id, done.refund.id, till=shop.till(), now=NOW)

    assert replace(done.refund) == list_refunds(order.id, table=shop.root)[0]
