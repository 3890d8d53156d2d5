"""What a cart holds, and what its changes do to that."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from storekeeper.carts import (
    Addition,
    Basket,
    CartConverted,
    CartEmpty,
    CartStore,
    add_item,
    change_item,
    convert_cart,
    create_cart,
    delete_cart,
    hold_cart,
    take_out_item,
)
from storekeeper.inventory import OutOfStock
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.table.carts.shop import put_on_sale

LATER = timedelta(minutes=10)
HELD_FOR = timedelta(minutes=15)


@pytest.fixture
def held(carts: CartStore, now: datetime) -> Basket:
    """A cart of four mugs, held."""
    cart = create_cart(additions=[Addition("MUG", 4)], details={}, carts=carts, now=now).cart
    return hold_cart(cart.id, carts=carts, now=now)


def reserved(carts: CartStore, basket: Basket) -> dict[str, int]:
    """Units reserved of everything that the cart had."""
    found = carts.fill(basket.cart, settings=basket.settings, hold=None)
    return {sku: sum(level.reserved for level in levels) for sku, levels in found.levels.items()}


def test_a_hold_reserves_what_is_in_the_cart_for_as_long_as_the_store_says(
    carts: CartStore, held: Basket, now: datetime
) -> None:
    assert held.hold_expires_at(now) == now + HELD_FOR
    assert reserved(carts, held) == {"MUG": 4}


def test_a_cart_s_own_hold_does_not_stand_in_its_way(carts: CartStore, held: Basket) -> None:
    found = carts.find(held.cart.id)

    assert carts.fill(found.cart, settings=found.settings, hold=found.hold).available == {"MUG": 10}


def test_holding_again_renews_and_adjusts(carts: CartStore, held: Basket, now: datetime) -> None:
    change_item(held.cart.id, held.cart.items[0].id, units=6, carts=carts, now=now)

    again = hold_cart(held.cart.id, carts=carts, now=now + LATER)

    assert again.hold_expires_at(now) == now + LATER + HELD_FOR
    assert reserved(carts, again) == {"MUG": 6}


def test_a_change_renews_the_hold_but_takes_no_more(carts: CartStore, held: Basket, now: datetime) -> None:
    basket = add_item(held.cart.id, Addition("MUG", 3), carts=carts, now=now + LATER)

    assert basket.hold_expires_at(now) == now + LATER + HELD_FOR
    assert carts.find(held.cart.id).hold == basket.hold
    assert reserved(carts, held) == {"MUG": 4}
    assert basket.available == {"MUG": 10}


def test_what_the_cart_no_longer_wants_goes_back_at_once(carts: CartStore, held: Basket, now: datetime) -> None:
    basket = change_item(held.cart.id, held.cart.items[0].id, units=1, carts=carts, now=now)

    assert reserved(carts, held) == {"MUG": 1}
    assert basket.hold is not None
    assert [pick.units for pick in basket.hold.picks] == [1]


def test_a_hold_of_nothing_ends(carts: CartStore, held: Basket, now: datetime) -> None:
    basket = take_out_item(held.cart.id, held.cart.items[0].id, carts=carts, now=now)

    assert (basket.hold, carts.find(held.cart.id).hold) == (None, None)
    assert reserved(carts, held) == {"MUG": 0}


def test_a_hold_that_is_over_is_not_renewed_by_a_change(carts: CartStore, held: Basket, now: datetime) -> None:
    late = now + HELD_FOR
    basket = add_item(held.cart.id, Addition("MUG", 1), carts=carts, now=late)

    assert basket.hold_expires_at(late) is None
    assert carts.find(held.cart.id).hold == held.hold


def test_deleting_a_cart_releases_what_it_held(carts: CartStore, held: Basket, now: datetime) -> None:
    assert delete_cart(held.cart.id, carts=carts, now=now).hold is None
    assert reserved(carts, held) == {"MUG": 0}


def test_too_little_stock_is_named_and_nothing_is_held(
    table: Table, store: Store, carts: CartStore, held: Basket, now: datetime
) -> None:
    put_on_sale(table, store, "PEN", units=1)
    cart = create_cart(additions=[Addition("MUG", 7), Addition("PEN", 1)], details={}, carts=carts, now=now).cart

    with pytest.raises(OutOfStock) as refused:
        hold_cart(cart.id, carts=carts, now=now)

    assert [(one.sku, one.requested, one.available) for one in refused.value.shortages] == [("MUG", 7, 6)]
    assert carts.find(cart.id).hold is None


def test_an_empty_cart_holds_nothing(carts: CartStore, now: datetime) -> None:
    cart = create_cart(details={}, carts=carts, now=now).cart

    with pytest.raises(CartEmpty):
        hold_cart(cart.id, carts=carts, now=now)


def test_a_converted_cart_holds_nothing_more(carts: CartStore, held: Basket, now: datetime) -> None:
    carts.table.write(convert_cart(held.cart, OrderId("ord_1"), now=now))

    with pytest.raises(CartConverted):
        hold_cart(held.cart.id, carts=carts, now=now)


def test_a_change_decided_beside_a_hold_that_changed_is_not_written(
    carts: CartStore, held: Basket, now: datetime
) -> None:
    found = carts.find(held.cart.id)
    basket = carts.fill(found.cart, settings=found.settings, hold=found.hold)
    hold_cart(held.cart.id, carts=carts, now=now + LATER)

    with pytest.raises(WriteRefused):
        carts.delete(basket, now=now)

    assert carts.find(held.cart.id).cart == held.cart


def test_a_cart_that_is_converted_while_it_is_held_holds_nothing(
    carts: CartStore, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cart = create_cart(additions=[Addition("MUG", 4)], details={}, carts=carts, now=now).cart
    fill = carts.fill

    def fill_then_convert(*given: Any, **named: Any) -> Basket:
        monkeypatch.setattr(carts, "fill", fill)
        carts.table.write(convert_cart(cart, OrderId("ord_1"), now=now))
        return fill(*given, **named)

    monkeypatch.setattr(carts, "fill", fill_then_convert)

    with pytest.raises(CartConverted):
        hold_cart(cart.id, carts=carts, now=now)

    assert carts.find(cart.id).hold is None
