"""Each condition on a write of the checkout, and what it keeps from happening."""

import pytest

from storekeeper.carts import cart_key, still_this_order
from storekeeper.checkout import RefundRequest, list_refunds
from storekeeper.checkout.refunds.items import change_refund, put_refund
from storekeeper.kernel.ids import CartId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.orders import change_order, changed
from storekeeper.payments import RefundState
from tests.table.checkout.shop import NOW, REFUND_ID, Shop


@pytest.mark.guards("storekeeper.checkout.refunds.items.put_refund", clause="attribute_not_exists(pk)")
def test_a_refund_never_takes_the_place_of_another(shop: Shop) -> None:
    order = shop.buy_and_pay()
    done = shop.refund(order, RefundRequest("All."), refund_id=REFUND_ID)

    with pytest.raises(WriteRefused):
        shop.root.write(put_refund(order.tenant_id, replace(done.refund, state=RefundState.PENDING)))

    assert list_refunds(order.id, table=shop.root) == (done.refund,)


@pytest.mark.guards("storekeeper.checkout.refunds.items.change_refund", clause="version = :version")
def test_an_outdated_word_on_a_refund_is_not_written(shop: Shop) -> None:
    order = shop.buy_and_pay()
    shop.provider.refund_state = RefundState.PENDING
    stale = shop.refund(order, RefundRequest("All.")).refund
    shop.root.write(change_refund(order.tenant_id, replace(stale, version=stale.version + 1)))

    after = replace(stale, state=RefundState.FAILED, version=stale.version + 1)
    with pytest.raises(WriteRefused):
        shop.root.write(change_refund(order.tenant_id, after))

    assert [one.state for one in list_refunds(order.id, table=shop.root)] == [RefundState.PENDING]


@pytest.mark.guards("storekeeper.carts.items.still_this_order", clause="order_id = :order_id")
def test_an_order_does_not_stand_again_once_its_cart_was_reopened(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)
    (item,) = shop.items("order")
    shop.reopen(cart_id)
    order = shop.order(item["id"])

    with pytest.raises(WriteRefused):
        shop.root.write(
            change_order(order, changed(order, now=NOW, tags=("again",))),
            still_this_order(cart_key(order.tenant_id, CartId(cart_id)), order_id=order.id),
        )

    assert shop.order(order) == order
