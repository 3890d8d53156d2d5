"""Refunds: whole or in part, with or without the goods, and never more than was captured."""

import pytest

from storekeeper.checkout import RefundRequest, settle_refund
from storekeeper.checkout.refunds.model import RefundTooLarge
from storekeeper.kernel.errors import Invalid, StaleVersion
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Money
from storekeeper.orders import FulfillmentStatus, OrderStatus, PaymentStatus, Wanted
from storekeeper.payments import RefundState
from tests.emulated import MakeStore
from tests.table.checkout.shop import NOW, REFUND_ID, Shop


def usd(shop: Shop, text: str) -> Money:
    return Money.parse(text, shop.store.currency)


def test_a_full_refund_sends_everything_back_and_keeps_the_goods_where_they_are(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})

    done = shop.refund(order, RefundRequest("Broken."))

    assert (str(done.refund.amount), done.refund.state) == ("30.00", RefundState.SUCCEEDED)
    assert (done.order.payment_status, done.order.status) == (PaymentStatus.REFUNDED, OrderStatus.PROCESSING)
    assert [line.refunded for line in done.order.lines] == [2]
    assert (shop.provider.of(order.id).refunded, shop.stock()) == (3000, (10, 2, 8))


def test_a_full_refund_with_restock_ends_an_order_that_never_left(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})

    done = shop.refund(order, RefundRequest("Changed mind.", restock=True))

    assert (done.order.status, done.order.cancel_reason, done.order.picks) == (OrderStatus.CANCELLED, "refunded", ())
    assert shop.stock() == (10, 0, 10)


def test_an_amount_is_refunded_without_naming_lines(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})

    done = shop.refund(order, RefundRequest("Late.", amount=usd(shop, "3.01")))

    assert done.order.payment is not None
    assert (done.order.payment_status, str(done.order.payment.refundable)) == (
        PaymentStatus.PARTIALLY_REFUNDED,
        "26.99",
    )


@pytest.mark.parametrize("named", ["sku", "line_id"])
def test_lines_cost_what_they_cost_and_come_back_to_stock(shop: Shop, named: str) -> None:
    order = shop.buy_and_pay({"MUG": 3})
    name = {"sku": "MUG"} if named == "sku" else {"line_id": order.lines[0].id}

    done = shop.refund(order, RefundRequest("Two too many.", lines=(Wanted(2, **name),), restock=True))

    assert (str(done.refund.amount), done.order.lines[0].cancelled, done.order.lines[0].refunded) == ("25.00", 2, 2)
    assert ([pick.units for pick in done.order.picks], shop.stock()) == ([1], (10, 1, 9))


def test_what_has_left_comes_back_to_a_shelf(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"MUG": 2}))

    done = shop.refund(order, RefundRequest("Returned.", lines=(Wanted(1, sku="MUG"),), restock=True))

    assert (done.order.lines[0].returned, done.order.status) == (1, OrderStatus.SHIPPED)
    assert shop.stock() == (9, 0, 9)


def test_what_has_left_comes_back_to_the_location_that_is_named(shop: Shop) -> None:
    west = shop.open_location({"MUG": 1})
    order = shop.ship(shop.buy_and_pay({"MUG": 2}))

    shop.refund(order, RefundRequest("Returned.", restock=True, return_to=west))

    on_hand = {level["location_id"]: level["on_hand"] for level in shop.items("level")}
    assert on_hand[west] == 3


def test_nothing_comes_back_to_a_location_that_does_not_keep_it(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"MUG": 2}))
    elsewhere = shop.open_location({})

    with pytest.raises(Invalid) as refused:
        shop.refund(order, RefundRequest("Returned.", restock=True, return_to=elsewhere))

    assert refused.value.faults[0].code == "sku_not_kept_there"
    assert (shop.items("refund"), shop.provider.of(order.id).refunded) == ([], 0)


@pytest.mark.parametrize("restock", [True, False])
@pytest.mark.parametrize("shipped", [True, False])
def test_nothing_is_refunded_to_a_location_that_is_not_there(shop: Shop, restock: bool, shipped: bool) -> None:
    """Also where nothing would be put there: whoever names a location means that something comes back."""
    order = shop.buy_and_pay({"MUG": 2})
    order = shop.ship(order) if shipped else order
    nowhere = LocationId("loc_00000000000000000000000000")

    with pytest.raises(Invalid) as refused:
        shop.refund(order, RefundRequest("Returned.", restock=restock, return_to=nowhere))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("location_id", "location_unknown")]
    assert (shop.items("refund"), shop.provider.of(order.id).refunded) == ([], 0)


def test_a_line_of_which_some_has_left_comes_back_whole(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"MUG": 3}), {"MUG": 2})

    done = shop.refund(order, RefundRequest("All back.", restock=True))

    line = done.order.lines[0]
    assert (line.refunded, line.cancelled, line.returned) == (3, 1, 2)
    assert (done.order.fulfillment_status, shop.stock()) == (FulfillmentStatus.FULFILLED, (10, 0, 10))
    assert str(done.refund.amount) == "42.50"


def test_a_part_of_a_line_of_which_some_has_left_comes_back_from_both(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"MUG": 3}), {"MUG": 2})

    done = shop.refund(order, RefundRequest("Two back.", lines=(Wanted(2, sku="MUG"),), restock=True))

    line = done.order.lines[0]
    assert (line.refunded, line.cancelled, line.returned, str(done.refund.amount)) == (2, 1, 1, "25.00")
    assert shop.stock() == (9, 0, 9)


def test_all_parts_of_a_line_add_up_to_its_total(shop: Shop, make_store: MakeStore) -> None:
    shop.sell("TRIO", price="3.33", units=3)
    order = shop.buy_and_pay({"TRIO": 3})

    amounts = [
        str(shop.refund(order, RefundRequest("One.", lines=(Wanted(1, sku="TRIO"),))).refund.amount) for _ in range(3)
    ]

    assert amounts == ["3.33", "3.33", "3.33"]
    assert str(shop.refund(order, RefundRequest("And its shipping.")).refund.amount) == "5.00"


def test_no_more_than_was_captured_goes_back(shop: Shop) -> None:
    order = shop.buy_and_pay()
    shop.refund(order, RefundRequest("Half.", amount=usd(shop, "10.00")))

    with pytest.raises(RefundTooLarge) as refused:
        shop.refund(order, RefundRequest("Half again.", amount=usd(shop, "10.00")))

    assert dict(refused.value.faults[0].facts) == {"refundable": "7.50"}
    assert shop.provider.of(order.id).refunded == 1000


def test_of_two_refunds_at_once_no_more_than_was_captured_goes_back(shop: Shop) -> None:
    order = shop.buy_and_pay()
    till = shop.till_interrupted_by(lambda: shop.refund(order, RefundRequest("First.", amount=usd(shop, "10.00"))))

    with pytest.raises(RefundTooLarge):
        shop.refund(order, RefundRequest("Second.", amount=usd(shop, "10.00")), till=till)

    assert shop.provider.of(order.id).refunded == 1000


@pytest.mark.parametrize("method", ["stripe", "manual"])
def test_nothing_goes_back_of_what_was_not_captured(shop: Shop, method: str) -> None:
    order = shop.check_out(shop.cart(), method).order  # type: ignore[arg-type]

    with pytest.raises(RefundTooLarge):
        shop.refund(order, RefundRequest("Too early."))

    assert shop.items("refund") == []


def test_lines_and_units_that_are_not_there_are_all_named(shop: Shop) -> None:
    order = shop.buy_and_pay({"MUG": 2})

    with pytest.raises(Invalid) as refused:
        shop.refund(order, RefundRequest("?", lines=(Wanted(1, sku="LAMP"), Wanted(3, sku="MUG"))))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("lines.0", "line_unknown"),
        ("lines.1.quantity", "units_exceeded"),
    ]


def test_nothing_is_no_refund(shop: Shop) -> None:
    order = shop.buy_and_pay()

    with pytest.raises(Invalid):
        shop.refund(order, RefundRequest("?", amount=usd(shop, "0.00")))


def test_what_was_paid_by_hand_goes_back_by_hand(shop: Shop) -> None:
    from storekeeper.checkout import mark_paid

    order = mark_paid(shop.check_out(shop.cart(), "manual").order.id, table=shop.root, now=NOW)

    done = shop.refund(order, RefundRequest("All."))

    assert (done.refund.state, done.order.payment_status) == (RefundState.SUCCEEDED, PaymentStatus.REFUNDED)
    assert shop.provider.calls == []
    assert settle_refund(order.id, done.refund.id, till=shop.till(), now=NOW) == done.refund


def test_a_cancelled_order_is_refunded_without_its_stock_coming_back_twice(shop: Shop) -> None:
    order = shop.cancel(shop.buy_and_pay({"MUG": 2}))

    done = shop.refund(order, RefundRequest("All.", restock=True))

    assert (done.order.status, done.order.payment_status, shop.stock()) == (
        OrderStatus.CANCELLED,
        PaymentStatus.REFUNDED,
        (10, 0, 10),
    )


def test_a_refund_meant_for_another_version_sends_nothing(shop: Shop) -> None:
    from storekeeper.checkout import refund_order

    order = shop.buy_and_pay()

    def stale(_: int) -> None:
        raise StaleVersion

    with pytest.raises(StaleVersion):
        refund_order(
            order.id,
            RefundRequest("All."),
            refund_id=REFUND_ID,
            till=shop.till(),
            settings=shop.settings.fresh(shop.root),
            now=NOW,
            check_version=stale,
        )

    assert shop.provider.of(order.id).refunded == 0


def test_digital_units_of_a_shipped_order_are_taken_off_it(shop: Shop) -> None:
    shop.sell("SONG", price="1.00", digital=True)
    order = shop.ship(shop.buy_and_pay({"MUG": 1, "SONG": 1}), {"MUG": 1})
    assert order.status is OrderStatus.SHIPPED

    done = shop.refund(order, RefundRequest("No song.", lines=(Wanted(1, sku="SONG"),), restock=True))

    assert (done.order.picks, shop.stock("SONG")) == ((), (10, 0, 10))
