"""A cart becomes an order: once, whole, at our prices."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, CartConverted, CartExpired, CartNotFound, add_item
from storekeeper.checkout import Till
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.table import Table
from storekeeper.orders import open_contact
from tests.emulated import MakeStore
from tests.table.checkout.fakes import SteppedWire, Steps
from tests.table.checkout.shop import EMAIL, HOME, NOW, Shop


def test_what_the_shopper_said_is_kept_with_the_order(shop: Shop) -> None:
    order = shop.check_out(shop.cart(note="Ring twice.")).order

    contact = open_contact(order, sealer=shop.sealer)
    assert (contact.email, contact.shipping_address, contact.billing_address) == (EMAIL, HOME, HOME)
    assert contact.note == "Ring twice."


def test_a_repeated_checkout_is_answered_while_the_provider_is_away(shop: Shop) -> None:
    cart_id = shop.cart()
    known = shop.settle(shop.check_out(cart_id).order)  # as after the first webhook: the order has its intent
    shop.provider.fail("find_intent")

    assert shop.check_out(cart_id).order == known


def test_a_cart_can_be_changed_no_more_once_it_is_an_order(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)

    with pytest.raises(CartConverted):
        add_item(cart_id, Addition("MUG", 1), carts=shop.carts, now=NOW)


def test_everything_that_is_missing_is_named_at_once(shop: Shop) -> None:
    shop.shipping_id = None
    cart_id = shop.cart(email=None, shipping_address=None)

    with pytest.raises(Invalid) as refused:
        shop.check_out(cart_id)

    assert [fault.field for fault in refused.value.faults] == ["email", "shipping_address", "shipping_method_id"]
    assert (shop.items("order"), shop.stock()) == ([], (10, 0, 10))


def test_what_is_not_sent_needs_neither_address_nor_shipping(bare_shop: Shop) -> None:
    bare_shop.sell("SONG", price="1.00", digital=True)

    order = bare_shop.check_out(bare_shop.cart({"SONG": 1}, shipping_address=None)).order

    assert (str(order.totals.total), order.shipping_method) == ("1.00", None)


def test_an_empty_cart_is_no_order(shop: Shop) -> None:
    cart_id = shop.cart({}, shipping_method_id=None)

    with pytest.raises(Invalid) as refused:
        shop.check_out(cart_id)

    assert [fault.code for fault in refused.value.faults] == ["cart_empty"]


def test_a_cart_of_another_store_is_not_found(shop: Shop, make_store: MakeStore) -> None:
    cart_id = shop.cart()
    shop.store = make_store(name="Second")

    with pytest.raises(CartNotFound):
        shop.check_out(cart_id)


def test_a_cart_of_another_tenant_is_not_found(shop: Shop, other_table: Table) -> None:
    cart_id = shop.cart()
    shop.root = other_table

    with pytest.raises(Exception, match="store"):
        shop.check_out(cart_id)


def test_a_cart_that_was_left_alone_too_long_is_not_bought(shop: Shop) -> None:
    cart_id = shop.cart()

    with pytest.raises(CartExpired):
        shop.check_out(cart_id, now=NOW + timedelta(days=30))


def test_placing_takes_two_reads_and_one_transaction(shop: Shop) -> None:
    shop.buy()  # so that a block of numbers is leased, and the settings are known
    cart_id = shop.cart()
    wire = SteppedWire(shop.wire, Steps())
    till = Till(shop.table_on(wire), lambda: shop.provider, shop.sealer)

    shop.check_out(cart_id, "manual", till=till)

    assert wire.calls == ["batch_get_item", "batch_get_item", "transact_write_items"]
