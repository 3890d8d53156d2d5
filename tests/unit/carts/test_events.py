"""What is published of carts."""

import json

import pytest

from storekeeper.carts import Cart
from storekeeper.carts.events import events_of
from storekeeper.carts.items import as_item, cart_key
from storekeeper.carts.model import CartStatus, Contact
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from tests.unit.carts.builders import CART_ID, NOW, TENANT, a_cart, an_item

SEALER = Sealer(TENANT, bytes(32))
CART = a_cart(an_item("MUG", 2), an_item("PEN"), contact=Contact(email="ada@example.com"))


def a_change(old: Cart | None, new: Cart | None, *, published: bool = True) -> Change:
    was, is_now = (as_item(replace(cart, published=published), sealer=SEALER) if cart else None for cart in (old, new))
    return Change(cart_key(TENANT, CART_ID), was, is_now, "1", NOW)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (None, CART, "cart.created"),
        (CART, CART, "cart.updated"),
        (CART, a_cart(status=CartStatus.ABANDONED), "cart.abandoned"),
        (a_cart(status=CartStatus.ABANDONED), a_cart(status=CartStatus.RECOVERED), "cart.recovered"),
        (CART, a_cart(status=CartStatus.CONVERTED, order_id=OrderId("ord_1")), "cart.converted"),
    ],
)
def test_a_change_is_one_fact(old: Cart | None, new: Cart | None, name: str) -> None:
    assert [event.type for event in events_of(a_change(old, new))] == [name]


def test_an_event_tells_how_much_but_neither_who_nor_how_to_get_in() -> None:
    (event,) = events_of(a_change(None, CART))

    assert event.data == {"status": "active", "lines": 2, "units": 3, "order_id": None}
    text = json.dumps(event.envelope())
    assert CART_ID.removeprefix("cart_") not in text
    assert "ada@example.com" not in text


def test_all_events_of_a_cart_name_it_alike() -> None:
    (created,) = events_of(a_change(None, CART))
    (updated,) = events_of(a_change(CART, CART))

    assert created.entity_id == updated.entity_id


def test_of_a_tenant_that_asked_for_no_events_of_carts_nothing_is_said() -> None:
    assert list(events_of(a_change(None, CART, published=False))) == []


@pytest.mark.parametrize(
    "change", [a_change(CART, None), Change(cart_key(TENANT, CART_ID), None, {"type": "hold"}, "1", NOW)]
)
def test_of_a_removed_cart_or_its_hold_nothing_is_said(change: Change) -> None:
    assert list(events_of(change)) == []
