"""Serials that are put aside for an order are set free however the order ends, and leave with another one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storekeeper.checkout import RefundRequest
from storekeeper.inventory import Mode, Names
from storekeeper.inventory.tracking.model import Place
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.inventory.tracking.use_cases import name_stock, track
from storekeeper.kernel.attempts import any_version
from storekeeper.orders import Dispatch, Order, OrderStatus, Wanted, fulfill_order
from storekeeper.orders.shipments.assigning import assign_serials
from storekeeper.orders.shipments.setting_free import set_free
from storekeeper.tenancy import load_settings
from tests.table.checkout.shop import NOW, Shop

NUMBERS = ("S1", "S2")


@pytest.fixture
def numbered_shop(shop: Shop) -> Shop:
    """Two of the mugs have serials."""
    track(shop.root, "MUG", Mode.SERIAL, settings=load_settings(shop.root))
    name_stock(shop.root, Place("MUG", shop.locations()[0]), Names(NUMBERS), now=NOW)
    return shop


def put_aside(shop: Shop, order: Order) -> None:
    assign_serials(order.id, "MUG", NUMBERS, table=shop.root, now=NOW, check_version=any_version)


def where(shop: Shop) -> list[tuple[str, str | None]]:
    found = find_serials(shop.root, "MUG", NUMBERS)
    return [(found[number].status.value, found[number].order_id) for number in NUMBERS]


def by_the_merchant(shop: Shop, order: Order, _: str) -> None:
    shop.cancel(order)


def by_the_clock(shop: Shop, *_: object) -> None:
    shop.sweep_for(timedelta(hours=2))


def by_the_shopper(shop: Shop, _: Order, cart_id: str) -> None:
    shop.reopen(cart_id)


@pytest.mark.parametrize("end", [by_the_merchant, by_the_clock, by_the_shopper])
def test_whatever_way_an_order_is_cancelled_its_serials_are_set_free(
    numbered_shop: Shop, end: Callable[[Shop, Order, str], None]
) -> None:
    shop = numbered_shop
    cart_id = shop.cart({"MUG": 2})
    order = shop.order(shop.check_out(cart_id).order)
    put_aside(shop, order)

    end(shop, order, cart_id)
    set_free(order.id, table=shop.root, now=NOW)

    assert shop.order(order).status is OrderStatus.CANCELLED
    assert where(shop) == [("in_stock", None)] * 2


def test_units_that_are_refunded_before_they_leave_set_as_many_serials_free(numbered_shop: Shop) -> None:
    shop = numbered_shop
    order = shop.buy_and_pay({"MUG": 2})
    put_aside(shop, order)

    shop.refund(order, RefundRequest("one too many", lines=(Wanted(1, sku="MUG"),), restock=True))
    set_free(order.id, table=shop.root, now=NOW)

    assert where(shop) == [("reserved", order.id), ("in_stock", None)]


def test_what_was_set_free_leaves_with_another_order(numbered_shop: Shop) -> None:
    shop = numbered_shop
    first, second = shop.buy({"MUG": 2}), shop.buy_and_pay({"MUG": 2})
    put_aside(shop, first)
    shop.cancel(first)
    set_free(first.id, table=shop.root, now=NOW)

    dispatch = Dispatch(names={"MUG": Names(NUMBERS)})
    fulfill_order(second.id, dispatch, table=shop.root, now=NOW, check_version=any_version)

    assert where(shop) == [("sold", second.id)] * 2
