"""What a cart comes to: what the store sells, and what the address says of tax and shipping."""

from datetime import datetime
from typing import Any

import pytest

from storekeeper.carts import Addition, Basket, Cart, CartStore, Details, add_item, change_details
from storekeeper.catalog import listing_key
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Delete
from storekeeper.pricing import Zone
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.carts.shop import HOME, put_on_sale, ship_by, tax_at


@pytest.mark.parametrize(
    ("_case", "sku", "code"),
    [
        ("no such SKU", "NOTHING", "sku_unknown"),
        ("not listed here", "CUP", "sku_unknown"),
        ("hidden", "JAR", "sku_unknown"),
    ],
)
def test_what_the_store_does_not_sell_is_not_added(
    table: Table,
    store: Store,
    make_store: MakeStore,
    carts: CartStore,
    cart: Cart,
    now: datetime,
    _case: str,
    sku: str,
    code: str,
) -> None:
    put_on_sale(table, make_store(name="Other"), "CUP")
    put_on_sale(table, store, "JAR", listing={"visible": False})

    with pytest.raises(Invalid) as refused:
        add_item(cart.id, Addition(sku, 1, "items.3."), carts=carts, now=now)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("items.3.sku", code)]
    assert carts.find(cart.id).cart == cart


def test_what_is_no_longer_sold_stays_but_costs_nothing(
    table: Table, store: Store, carts: CartStore, cart: Cart, now: datetime
) -> None:
    put_on_sale(table, store, "PEN", price="2.00")
    basket = add_item(cart.id, Addition("PEN", 1), carts=carts, now=now)
    table.write(*_unlist(table, store, basket, "MUG"))

    basket = carts.fill(basket.cart, settings=basket.settings, hold=None)

    assert [item.sku for item in basket.unsold_items()] == ["MUG"]
    assert (basket.available["MUG"], str(basket.priced.totals.total)) == (0, "2.00")


def _unlist(table: Table, store: Store, basket: Basket, sku: str) -> list[Delete]:
    product_id = next(item.product_id for item in basket.cart.items if item.sku == sku)
    return [Delete(listing_key(table.tenant_id, store.id, product_id), only_if=PRESENT)]


def test_tax_and_shipping_follow_the_address(
    table: Table, store: Store, carts: CartStore, cart: Cart, now: datetime
) -> None:
    tax_at(table, store, 88_750, region="NY")
    method = ship_by(table, store, "5.00", zones=(Zone("US"),))

    details: Details = {"shipping_address": HOME, "shipping_method_id": method.id}
    totals = change_details(cart.id, details, carts=carts, now=now).priced.totals

    assert [str(one) for one in (totals.subtotal, totals.shipping, totals.tax, totals.total)] == [
        "25.00",
        "5.00",
        "2.22",
        "32.22",
    ]


def test_a_method_that_no_longer_applies_is_dropped(
    table: Table, store: Store, carts: CartStore, cart: Cart, now: datetime
) -> None:
    method = ship_by(table, store, "5.00", zones=(Zone("US"),))
    change_details(cart.id, {"shipping_address": HOME, "shipping_method_id": method.id}, carts=carts, now=now)

    abroad = change_details(cart.id, {"shipping_address": replace(HOME, country="DE")}, carts=carts, now=now)

    assert abroad.cart.shipping_method_id is None
    assert carts.find(cart.id).cart.shipping_method_id is None
    assert str(abroad.priced.totals.shipping) == "0.00"


@pytest.mark.parametrize("terms", [{"zones": (Zone("DE"),)}, {"active": False}])
def test_a_method_that_does_not_apply_cannot_be_chosen(
    table: Table, store: Store, carts: CartStore, cart: Cart, now: datetime, terms: dict[str, Any]
) -> None:
    method = ship_by(table, store, **terms)

    with pytest.raises(Invalid) as refused:
        change_details(cart.id, {"shipping_address": HOME, "shipping_method_id": method.id}, carts=carts, now=now)

    assert refused.value.faults[0].code == "shipping_method_unavailable"
    assert carts.find(cart.id).cart == cart
