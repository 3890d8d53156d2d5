"""An order gets its units: those that its cart holds first, then others, never more than there are."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, add_item, hold_cart
from storekeeper.checkout import InsufficientStock
from storekeeper.kernel.records import replace
from storekeeper.orders import OrderStatus, PaymentStatus
from tests.table.checkout.shop import NOW, Shop


def test_a_checkout_makes_a_pending_order_that_owns_its_units(shop: Shop) -> None:
    placed = shop.check_out(shop.cart({"MUG": 2}))

    order = placed.order
    assert placed.created
    assert (order.number, order.status, order.payment_status) == ("HB-1001", OrderStatus.PENDING, PaymentStatus.PENDING)
    assert (str(order.totals.subtotal), str(order.totals.shipping), str(order.totals.total)) == (
        "25.00",
        "5.00",
        "30.00",
    )
    assert [(line.sku, line.quantity, str(line.total)) for line in order.lines] == [("MUG", 2, "25.00")]
    assert [(pick.sku, pick.units) for pick in order.picks] == [("MUG", 2)]
    assert shop.stock() == (10, 2, 8)
    assert replace(shop.order(order), payment=order.payment) == order  # an intent that only waits is not written down


def test_too_little_stock_names_every_sku_and_writes_nothing(shop: Shop) -> None:
    shop.sell("LAMP", units=1)
    shop.sell("BOWL", units=5)
    cart_id = shop.cart({"MUG": 11, "BOWL": 5, "LAMP": 3})

    with pytest.raises(InsufficientStock) as refused:
        shop.check_out(cart_id)

    assert [dict(fault.facts) for fault in refused.value.faults] == [
        {"sku": "MUG", "requested": 11, "available": 10},
        {"sku": "LAMP", "requested": 3, "available": 1},
    ]
    assert shop.items("order") == []
    assert [shop.stock(sku)[1] for sku in ("MUG", "LAMP", "BOWL")] == [0, 0, 0]


def test_a_checkout_takes_over_what_its_cart_holds(shop: Shop) -> None:
    cart_id = shop.cart({"MUG": 2})
    hold_cart(cart_id, carts=shop.carts, now=NOW)
    before = [item["version"] for item in shop.items("level")]

    order = shop.check_out(cart_id).order

    assert [item["version"] for item in shop.items("level")] == before
    assert (shop.items("hold"), [pick.units for pick in order.picks]) == ([], [2])


def test_a_hold_that_is_over_is_taken_over_too_as_long_as_nobody_has_released_it(shop: Shop) -> None:
    cart_id = shop.cart({"MUG": 10})
    hold_cart(cart_id, carts=shop.carts, now=NOW)

    order = shop.check_out(cart_id, now=NOW + timedelta(hours=1)).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([10], (10, 10, 0))


def test_only_what_a_hold_lacks_or_has_too_much_changes_hands(shop: Shop) -> None:
    shop.sell("LAMP")
    cart_id = shop.cart({"MUG": 2, "LAMP": 3})
    hold_cart(cart_id, carts=shop.carts, now=NOW)
    add_item(cart_id, Addition("MUG", 2), carts=shop.carts, now=NOW)

    order = shop.check_out(cart_id).order

    assert {pick.sku: pick.units for pick in order.picks} == {"MUG": 4, "LAMP": 3}
    assert (shop.stock("MUG"), shop.stock("LAMP")) == ((10, 4, 6), (10, 3, 7))


def test_a_buyer_first_has_holds_released_that_are_over(shop: Shop) -> None:
    hold_cart(shop.cart({"MUG": 10}), carts=shop.carts, now=NOW)
    shop.project_holds()

    order = shop.check_out(shop.cart(), now=NOW + timedelta(hours=1)).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([1], (10, 1, 9))


def test_a_cart_that_changes_while_it_is_checked_out_is_bought_as_it_then_is(shop: Shop) -> None:
    cart_id = shop.cart()
    till = shop.till_interrupted_by(lambda: add_item(cart_id, Addition("MUG", 2), carts=shop.carts, now=NOW))

    order = shop.check_out(cart_id, till=till).order

    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 3)]


def test_of_two_checkouts_of_one_cart_one_makes_the_order(shop: Shop) -> None:
    cart_id = shop.cart()
    till = shop.till_interrupted_by(lambda: shop.check_out(cart_id))

    second = shop.check_out(cart_id, till=till)

    assert (second.created, len(shop.items("order")), shop.stock()) == (False, 1, (10, 1, 9))


def test_units_that_are_bought_meanwhile_are_planned_from_the_other_location(shop: Shop) -> None:
    shop.open_location({"MUG": 5})
    till = shop.till_interrupted_by(lambda: shop.buy({"MUG": 10}))

    order = shop.check_out(shop.cart(), till=till).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([1], (15, 11, 4))
