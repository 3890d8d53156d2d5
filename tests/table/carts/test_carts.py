"""What shoppers do with carts, against emulated DynamoDB."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.carts import (
    Addition,
    Basket,
    Cart,
    CartConverted,
    CartExpired,
    CartNotFound,
    CartStore,
    Details,
    add_item,
    change_details,
    change_item,
    convert_cart,
    create_cart,
    delete_cart,
    load_basket,
    take_out_item,
)
from storekeeper.carts.store import FoundCart
from storekeeper.catalog import listing_key
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import Contended, Invalid, NotFound, StaleVersion
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Delete
from storekeeper.pricing import Zone
from storekeeper.tenancy import SettingsCache, Store
from storekeeper.tenancy.tenants.use_cases import change_tenant
from tests.emulated import MakeStore, all_items
from tests.table.carts.conftest import MakeCarts
from tests.table.carts.shop import put_on_sale, ship_by, tax_at

HOME = Address("US", first_name="Ada", line1="1 Pier", city="New York", region="NY", postal_code="10001")
DETAILS: Details = {
    "email": "ada@example.com",
    "shipping_address": HOME,
    "note": "Ring twice",
    "utm": {"source": "mail"},
}


@pytest.fixture
def cart(carts: CartStore, now: datetime) -> Cart:
    return create_cart(additions=[Addition("MUG", 2)], details={}, carts=carts, now=now).cart


def units_in(basket: Basket) -> dict[str, int]:
    return {item.sku: item.units for item in basket.cart.items}


def test_a_cart_is_read_as_it_was_made(carts: CartStore, now: datetime) -> None:
    made = create_cart(additions=[Addition("MUG", 2)], details=DETAILS, carts=carts, now=now)

    read = load_basket(carts.table, SettingsCache(), carts._sealer, store_id=carts.store_id, cart_id=made.cart.id)

    assert read.cart == made.cart
    assert (read.priced, read.available) == (made.priced, {"MUG": 10})
    assert str(read.priced.totals.total) == "25.00"


def test_what_a_shopper_says_is_sealed_in_the_table(cloud: DataCloud, carts: CartStore, now: datetime) -> None:
    create_cart(details=DETAILS, carts=carts, now=now)

    stored = json.dumps([item for item in all_items(cloud) if item["type"] == "cart"], default=str)

    assert not [said for said in ("ada@example.com", "Ada", "1 Pier", "Ring twice") if said in stored]


def test_adding_takes_no_stock_and_more_than_there_is_is_accepted(carts: CartStore, cart: Cart, now: datetime) -> None:
    basket = add_item(cart.id, Addition("MUG", 40), carts=carts, now=now)

    assert units_in(basket) == {"MUG": 42}
    assert basket.available == {"MUG": 10}
    assert [level.reserved for level in basket.levels["MUG"]] == [0]


def test_items_are_changed_and_taken_out(
    table: Table, store: Store, carts: CartStore, cart: Cart, now: datetime
) -> None:
    put_on_sale(table, store, "PEN", price="2.00")
    mug = cart.items[0].id
    added = add_item(cart.id, Addition("PEN", 1), carts=carts, now=now)
    changed = change_item(cart.id, mug, units=7, carts=carts, now=now)
    left = take_out_item(cart.id, mug, carts=carts, now=now)

    assert [units_in(basket) for basket in (added, changed, left)] == [
        {"MUG": 2, "PEN": 1},
        {"MUG": 7, "PEN": 1},
        {"PEN": 1},
    ]
    assert [basket.cart.version for basket in (added, changed, left)] == [2, 3, 4]


def test_two_additions_at_once_both_count(carts: CartStore, cart: Cart, now: datetime) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: add_item(cart.id, Addition("MUG", 1), carts=carts, now=now), range(4)))

    assert [item.units for item in carts.find(cart.id).cart.items] == [6]


def test_an_addition_that_keeps_losing_says_so_and_adds_nothing(
    carts: CartStore, cart: Cart, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_then_lose(cart_id: str, **asked: Any) -> FoundCart:
        found = find(cart_id, **asked)
        carts.change(
            carts.fill(replace(found.cart, version=found.cart.version + 1), settings=found.settings, hold=None),
            remember=lambda _: (),
            now=now,
        )
        return found

    find = carts.find
    monkeypatch.setattr(carts, "find", find_then_lose)

    with pytest.raises(Contended):
        add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    assert [item.units for item in find(cart.id).cart.items] == [2]


@pytest.mark.parametrize(
    "change",
    [
        lambda cart, **given: add_item(cart.id, Addition("MUG", 1), **given),
        lambda cart, **given: change_item(cart.id, cart.items[0].id, units=5, **given),
        lambda cart, **given: take_out_item(cart.id, cart.items[0].id, **given),
        lambda cart, **given: change_details(cart.id, {"note": "x"}, **given),
        lambda cart, **given: delete_cart(cart.id, **given),
    ],
)
def test_a_converted_cart_changes_no_more(
    carts: CartStore, cart: Cart, now: datetime, change: Callable[..., object]
) -> None:
    carts.table.write(convert_cart(cart, OrderId("ord_1"), now=now))
    before = carts.find(cart.id).cart

    with pytest.raises(CartConverted):
        change(cart, carts=carts, now=now)

    assert carts.find(cart.id).cart == before


def test_a_cart_left_alone_for_too_long_changes_no_more(carts: CartStore, cart: Cart, now: datetime) -> None:
    with pytest.raises(CartExpired):
        add_item(cart.id, Addition("MUG", 1), carts=carts, now=now + timedelta(days=30))


def test_a_change_of_nothing_writes_nothing(carts: CartStore, cart: Cart, now: datetime) -> None:
    basket = change_details(cart.id, {"note": None}, carts=carts, now=now)

    assert basket.cart.version == 1


def test_details_change_one_by_one_and_null_clears(carts: CartStore, now: datetime) -> None:
    cart = create_cart(details=DETAILS, carts=carts, now=now).cart

    contact = change_details(cart.id, {"email": None, "note": "Knock"}, carts=carts, now=now).cart.contact

    assert (contact.email, contact.note, contact.shipping_address) == (None, "Knock", HOME)


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


def test_a_deleted_cart_is_gone(carts: CartStore, cart: Cart, now: datetime) -> None:
    assert delete_cart(cart.id, carts=carts, now=now).cart == cart

    with pytest.raises(CartNotFound):
        carts.find(cart.id)


def test_what_the_caller_expects_is_asked_before_anything_is_written(
    carts: CartStore, cart: Cart, now: datetime
) -> None:
    def expects(version: int) -> None:
        raise StaleVersion(str(version))

    with pytest.raises(StaleVersion):
        change_details(cart.id, {"note": "x"}, carts=carts, now=now, expects=expects)
    with pytest.raises(StaleVersion):
        delete_cart(cart.id, carts=carts, now=now, expects=expects)

    assert carts.find(cart.id).cart == cart


def test_other_stores_other_tenants_and_nonsense_see_no_cart(
    other_table: Table, table: Table, make_store: MakeStore, make_carts: MakeCarts, carts: CartStore, cart: Cart
) -> None:
    elsewhere = make_carts(other_table, make_store(table=other_table))
    next_door = make_carts(table, make_store(name="Other"))

    for asked, cart_id in [(elsewhere, cart.id), (next_door, cart.id), (carts, "nonsense"), (carts, "cart_1")]:
        with pytest.raises(CartNotFound):
            asked.find(cart_id)


def test_an_item_that_is_not_there_is_not_found(carts: CartStore, cart: Cart, now: datetime) -> None:
    with pytest.raises(NotFound):
        change_item(cart.id, "itm_1", units=5, carts=carts, now=now)


def test_reading_takes_two_reads_and_a_change_one_write_more(
    counted: tuple[CartStore, list[str]], cart: Cart, now: datetime
) -> None:
    carts, calls = counted
    load_basket(carts.table, carts._settings, carts._sealer, store_id=carts.store_id, cart_id=cart.id)
    read = list(calls)
    calls.clear()
    add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    assert read == ["batch_get_item"] * 2
    assert calls == ["batch_get_item", "batch_get_item", "put_item"]


def test_a_cart_says_from_its_next_change_on_that_its_tenant_wants_events_of_it(
    carts: CartStore, cart: Cart, now: datetime
) -> None:
    change_tenant(cart_events=True, table=carts.table, now=now)

    changed = add_item(cart.id, Addition("MUG", 1), carts=carts, now=now).cart

    assert (cart.published, changed.published) == (False, True)
    assert create_cart(details={}, carts=carts, now=now).cart.published
