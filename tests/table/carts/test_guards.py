"""Each condition on a write of a cart, and what it keeps from happening."""

from datetime import datetime

import pytest

from storekeeper.carts import (
    Addition,
    Cart,
    CartStore,
    add_item,
    cart_key,
    change_details,
    convert_cart,
    create_cart,
    reactivate_cart,
)
from storekeeper.carts.items import (
    change_cart_write,
    create_cart_write,
    delete_cart_write,
    still_this_order,
    unchanged_cart_check,
)
from storekeeper.carts.model import CartStatus
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused

ORDER, OTHER_ORDER = OrderId("ord_1"), OrderId("ord_2")


def the_cart(carts: CartStore, cart: Cart) -> Cart:
    return carts.find(cart.id).cart


@pytest.mark.guards("storekeeper.carts.items.create_cart_write", clause="attribute_not_exists(pk)")
def test_a_cart_never_takes_the_place_of_another(carts: CartStore, cart: Cart) -> None:
    with pytest.raises(WriteRefused):
        carts.table.write(create_cart_write(replace(cart, items=()), sealer=carts._sealer))

    assert the_cart(carts, cart) == cart


@pytest.mark.guards("storekeeper.carts.items.change_cart_write", clause="version = :version")
def test_a_change_made_from_a_stale_cart_is_refused(carts: CartStore, cart: Cart, now: datetime) -> None:
    add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    with pytest.raises(WriteRefused):
        carts.table.write(change_cart_write(replace(cart, items=(), version=2), sealer=carts._sealer))

    assert [item.units for item in the_cart(carts, cart).items] == [3]


@pytest.mark.guards("storekeeper.carts.items.delete_cart_write", clause="version = :version")
def test_a_cart_that_changed_since_it_was_read_is_not_deleted(carts: CartStore, cart: Cart, now: datetime) -> None:
    add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    with pytest.raises(WriteRefused):
        carts.table.write(delete_cart_write(cart))

    assert the_cart(carts, cart).version == 2


@pytest.mark.guards("storekeeper.carts.items.unchanged_cart_check", clause="version = :version")
def test_nothing_is_written_beside_a_cart_that_changed_since_it_was_read(
    carts: CartStore, cart: Cart, now: datetime
) -> None:
    other = create_cart(details={}, carts=carts, now=now).cart
    add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    with pytest.raises(WriteRefused):
        carts.table.write(unchanged_cart_check(cart), delete_cart_write(other))

    assert the_cart(carts, other) == other


@pytest.mark.guards("storekeeper.carts.items.convert_cart", clause="version = :version")
def test_a_cart_that_changed_since_it_was_priced_does_not_convert(carts: CartStore, cart: Cart, now: datetime) -> None:
    change_details(cart.id, {"note": "Ring twice"}, carts=carts, now=now)

    with pytest.raises(WriteRefused):
        carts.table.write(convert_cart(cart, ORDER, now=now))

    assert the_cart(carts, cart).status is CartStatus.ACTIVE


@pytest.mark.guards("storekeeper.carts.items.convert_cart", clause="attribute_not_exists(order_id)")
def test_a_cart_that_is_an_order_becomes_no_other(carts: CartStore, cart: Cart, now: datetime) -> None:
    carts.table.write(convert_cart(cart, ORDER, now=now))
    converted = the_cart(carts, cart)

    with pytest.raises(WriteRefused):
        carts.table.write(convert_cart(converted, OTHER_ORDER, now=now))

    assert the_cart(carts, cart) == converted


@pytest.mark.guards("storekeeper.carts.items.reactivate_cart", clause="order_id = :order_id")
def test_only_the_order_that_a_cart_became_gives_it_back(carts: CartStore, cart: Cart, now: datetime) -> None:
    key = cart_key(carts.table.tenant_id, cart.id)
    carts.table.write(convert_cart(cart, ORDER, now=now))

    with pytest.raises(WriteRefused):
        carts.table.write(reactivate_cart(key, order_id=OTHER_ORDER, now=now))

    assert the_cart(carts, cart).order_id == ORDER


@pytest.mark.guards("storekeeper.carts.items.still_this_order", clause="order_id = :order_id")
def test_an_order_whose_cart_was_reopened_does_not_stand_again(carts: CartStore, cart: Cart, now: datetime) -> None:
    key = cart_key(carts.table.tenant_id, cart.id)
    other = create_cart(details={}, carts=carts, now=now).cart
    carts.table.write(convert_cart(cart, ORDER, now=now))
    carts.table.write(reactivate_cart(key, order_id=ORDER, now=now))

    with pytest.raises(WriteRefused):
        carts.table.write(still_this_order(key, order_id=ORDER), delete_cart_write(other))

    assert the_cart(carts, other) == other


def test_a_cart_is_given_back_once_for_its_next_attempt(carts: CartStore, cart: Cart, now: datetime) -> None:
    key = cart_key(carts.table.tenant_id, cart.id)
    carts.table.write(convert_cart(cart, ORDER, now=now))
    carts.table.write(reactivate_cart(key, order_id=ORDER, now=now))

    with pytest.raises(WriteRefused):
        carts.table.write(reactivate_cart(key, order_id=ORDER, now=now))

    reopened = the_cart(carts, cart)
    assert (reopened.status, reopened.order_id, reopened.attempt) == (CartStatus.ACTIVE, None, 2)
    assert reopened.next_order_id != cart.next_order_id
