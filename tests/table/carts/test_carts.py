"""What shoppers do with carts, against emulated DynamoDB."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from storekeeper.carts.items import cart_key
from storekeeper.carts.store import FoundCart
from storekeeper.kernel.errors import Contended, NotFound, StaleVersion
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Put
from storekeeper.tenancy import SettingsCache, Store
from storekeeper.tenancy.tenants.use_cases import change_tenant
from tests.emulated import MakeStore, all_items
from tests.table.carts.conftest import MakeCarts
from tests.table.carts.shop import HOME, put_on_sale

DETAILS: Details = {
    "email": "ada@example.com",
    "shipping_address": HOME,
    "note": "Ring twice",
    "utm": {"source": "mail"},
}


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


def test_a_cart_of_the_first_schema_is_read_changed_and_brought_up(carts: CartStore, cart: Cart, now: datetime) -> None:
    key = cart_key(carts.table.tenant_id, cart.id)
    stored = carts.table.get(key) or {}
    older = {name: value for name, value in stored.items() if name != "published"} | {"schema": 1}
    carts.table.write(Put(key, older, only_if=PRESENT))

    changed = add_item(cart.id, Addition("MUG", 1), carts=carts, now=now)

    assert (units_in(changed), changed.cart.published) == ({"MUG": 3}, False)
    assert (carts.table.get(key) or {})["schema"] == 2
