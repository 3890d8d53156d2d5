"""What routes of carts refuse, and how they say it."""

from collections.abc import Callable
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.carts import CartStore, convert_cart
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.table import Table
from storekeeper.tenancy import SealerCache, SettingsCache, Store
from tests.emulated import NOW, MakeStore
from tests.functions.checkout.shopper import Shopper
from tests.functions.conftest import Api
from tests.table.carts.shop import put_on_sale


@pytest.fixture
def shopper(api: Callable[[str], Api], table: Table, store: Store) -> Shopper:
    put_on_sale(table, store, "MUG")
    return Shopper(api, store)


@pytest.mark.parametrize(
    ("_case", "body", "field", "code"),
    [
        ("an unknown SKU", {"items": [{"sku": "NOTHING", "quantity": 1}]}, "items.0.sku", "sku_unknown"),
        ("no units", {"items": [{"sku": "MUG", "quantity": 0}]}, "items.0.quantity", "greater_than_equal"),
        ("10,000 units", {"items": [{"sku": "MUG", "quantity": 10_000}]}, "items.0.quantity", "less_than_equal"),
        (
            "too many together",
            {"items": [{"sku": "MUG", "quantity": 5_000}, {"sku": "MUG", "quantity": 5_000}]},
            "items.1.quantity",
            "quantity_out_of_range",
        ),
        ("units as text", {"items": [{"sku": "MUG", "quantity": "1"}]}, "items.0.quantity", "int_type"),
        ("no e-mail address", {"email": "ada"}, "email", "string_pattern_mismatch"),
        ("a coupon", {"coupon_codes": ["SUMMER"]}, "coupon_codes.0", "code_unknown"),
        ("a gift card", {"gift_card_codes": ["1234"]}, "gift_card_codes.0", "code_unknown"),
        ("an unknown field", {"total": "0.00"}, "total", "extra_forbidden"),
        (
            "an unknown method",
            {"shipping_method_id": "shm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"},
            "shipping_method_id",
            "shipping_method_unavailable",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(
    shopper: Shopper, _case: str, body: Any, field: str, code: str
) -> None:
    reply = shopper("POST", body=body)

    assert reply.status == 422
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [(field, code)]


def test_no_codes_are_fine(shopper: Shopper) -> None:
    cart = shopper.a_cart()

    assert shopper("PATCH", f"/{cart['id']}", {"coupon_codes": [], "gift_card_codes": None}).status == 200


def test_too_little_stock_names_the_sku(shopper: Shopper) -> None:
    cart = shopper.a_cart(("MUG", 11))

    reply = shopper("POST", f"/{cart['id']}/hold")

    assert (reply.status, reply.code) == (409, "insufficient_stock")
    (error,) = reply.json["errors"]
    assert (error["sku"], error["requested"], error["available"]) == ("MUG", 11, 10)


def test_a_stale_if_match_changes_nothing(shopper: Shopper) -> None:
    cart = shopper.a_cart(("MUG", 1))
    shopper("PATCH", f"/{cart['id']}", {"note": "Ring twice"})
    stale = {"headers": {"If-Match": '"1"'}}
    item = f"/{cart['id']}/items/{cart['items'][0]['id']}"

    replies = [
        shopper("PATCH", f"/{cart['id']}", {"note": "x"}, **stale),
        shopper("PATCH", item, {"quantity": 5}, **stale),
        shopper("DELETE", item, **stale),
        shopper("DELETE", f"/{cart['id']}", **stale),
    ]

    assert [reply.status for reply in replies] == [412] * 4
    assert shopper("GET", f"/{cart['id']}").json["version"] == 2


def test_a_converted_cart_refuses_changes(shopper: Shopper, cloud: DataCloud, table: Table, store: Store) -> None:
    cart = shopper.a_cart(("MUG", 1))
    carts = CartStore(table, SettingsCache(), SealerCache(cloud.data_key_arn).of(table), store_id=store.id)
    table.write(convert_cart(carts.find(cart["id"]).cart, OrderId("ord_1"), now=NOW))

    replies = [
        shopper("POST", f"/{cart['id']}/items", {"sku": "MUG", "quantity": 1}),
        shopper("POST", f"/{cart['id']}/hold"),
        shopper("PATCH", f"/{cart['id']}", {"note": "x"}),
        shopper("DELETE", f"/{cart['id']}"),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(409, "cart_converted")] * 4
    assert shopper("GET", f"/{cart['id']}").json["status"] == "converted"


def test_a_cart_is_shown_in_its_own_store_only(
    shopper: Shopper, api: Callable[[str], Api], make_store: MakeStore, other_table: Table
) -> None:
    cart = shopper.a_cart(("MUG", 1))
    next_door, elsewhere = make_store(name="Other"), make_store(table=other_table)

    for store in (next_door, elsewhere):
        other = Shopper(api, store)
        assert [
            other("GET", f"/{cart['id']}").status,
            other("GET", f"/{cart['id']}/shipping-methods").status,
            other("PATCH", f"/{cart['id']}", {"note": "x"}).status,
            other("POST", f"/{cart['id']}/items", {"sku": "MUG", "quantity": 1}).status,
            other("POST", f"/{cart['id']}/hold").status,
            other("DELETE", f"/{cart['id']}").status,
        ] == [404] * 6


@pytest.mark.parametrize("cart_id", ["nonsense", "cart_1", "cart_" + "Z" * 26, "%00", "x" * 300])
def test_what_names_no_cart_is_not_found(shopper: Shopper, cart_id: str) -> None:
    assert shopper("GET", f"/{cart_id}").status == 404
