"""How a cart may be changed, and when no more."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storekeeper.carts import MAX_LINES, MAX_UNITS, Cart, CartConverted, CartExpired, CartStatus
from storekeeper.carts.model import (
    ACTIVE_FOR,
    TERMINAL,
    TRANSITIONS,
    add_units,
    new_cart,
    remove_item,
    set_units,
)
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.ids import OrderId, ProductId, is_id
from storekeeper.kernel.records import replace
from tests.unit.carts.builders import NOW, STORE, TENANT, a_cart, an_item

MUG = ProductId("prd_MUG")


def test_a_sku_that_is_there_gets_more_units() -> None:
    cart = add_units(a_cart(an_item("MUG", 2)), "MUG", MUG, units=3, field="quantity", now=NOW)

    assert cart.items == (an_item("MUG", 5),)


def test_a_new_sku_becomes_the_last_item() -> None:
    cart = add_units(a_cart(an_item("PEN")), "MUG", MUG, units=3, field="quantity", now=NOW)

    assert [(item.sku, item.product_id, item.units) for item in cart.items] == [
        ("PEN", "prd_PEN", 1),
        ("MUG", MUG, 3),
    ]
    assert is_id(cart.items[1].id, "itm")


@pytest.mark.parametrize(
    ("_case", "cart", "units"),
    [
        ("none", a_cart(), 0),
        ("too many at once", a_cart(), MAX_UNITS + 1),
        ("too many together", a_cart(an_item("MUG", MAX_UNITS)), 1),
    ],
)
def test_units_stay_within_bounds_also_after_adding_up(_case: str, cart: Cart, units: int) -> None:
    with pytest.raises(Invalid) as refused:
        add_units(cart, "MUG", MUG, units=units, field="items.0.quantity", now=NOW)

    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("items.0.quantity", "quantity_out_of_range")


def test_a_full_cart_takes_no_other_sku_but_more_of_one() -> None:
    full = a_cart(*(an_item(f"SKU-{n}") for n in range(MAX_LINES)))

    assert len(add_units(full, "SKU-7", MUG, units=1, field="quantity", now=NOW).items) == MAX_LINES
    with pytest.raises(Invalid) as refused:
        add_units(full, "MUG", MUG, units=1, field="quantity", now=NOW)
    assert refused.value.faults[0].code == "too_many_lines"


def test_units_are_set_for_one_item() -> None:
    cart = set_units(a_cart(an_item("MUG"), an_item("PEN")), "itm_MUG", units=9, field="quantity")

    assert cart.items == (an_item("MUG", 9), an_item("PEN"))


def test_an_item_is_taken_out() -> None:
    assert remove_item(a_cart(an_item("MUG"), an_item("PEN")), "itm_MUG").items == (an_item("PEN"),)


@pytest.mark.parametrize("change", [lambda cart: remove_item(cart, "x"), lambda cart: cart.find_item("x")])
def test_an_item_that_is_not_there_is_not_found(change: Callable[[Cart], object]) -> None:
    with pytest.raises(NotFound):
        change(a_cart(an_item("MUG")))


def test_a_cart_expires_by_the_clock() -> None:
    cart = a_cart()

    assert cart.status_at(NOW + ACTIVE_FOR - timedelta(seconds=1)) is CartStatus.ACTIVE
    assert cart.status_at(NOW + ACTIVE_FOR) is CartStatus.EXPIRED
    with pytest.raises(CartExpired):
        cart.check_open(NOW + ACTIVE_FOR)


def test_a_converted_cart_never_expires_and_changes_no_more() -> None:
    cart = a_cart(status=CartStatus.CONVERTED, order_id=OrderId("ord_1"))

    assert cart.status_at(NOW + 9 * ACTIVE_FOR) is CartStatus.CONVERTED
    with pytest.raises(CartConverted):
        cart.check_open(NOW)


def test_an_order_is_named_by_cart_and_attempt_alone() -> None:
    cart = new_cart(TENANT, STORE, now=NOW)

    assert replace(cart, version=9, items=(an_item(),)).next_order_id == cart.next_order_id
    assert replace(cart, attempt=2).next_order_id != cart.next_order_id
    assert cart.id.removeprefix("cart_") not in cart.next_order_id


def test_every_status_is_reached_and_dead_ends_are_meant() -> None:
    reached = set().union(*TRANSITIONS.values()) | {CartStatus.ACTIVE}

    assert set(TRANSITIONS) == set(CartStatus) == reached
    assert {status for status, following in TRANSITIONS.items() if not following} == TERMINAL
