"""Routes of carts: Lambda event in, whole answer out."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from storekeeper.pricing import Zone
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.checkout.shopper import ADDRESS, Shopper
from tests.functions.conftest import Api
from tests.table.carts.shop import put_on_sale, ship_by, tax_at

KEY = {"Idempotency-Key": "a-key-of-sixteen-characters"}


@pytest.fixture
def shopper(api: Callable[[str], Api], table: Table, store: Store) -> Shopper:
    put_on_sale(table, store, "MUG")
    return Shopper(api, store)


def test_a_cart_answers_exactly_what_the_api_promises(shopper: Shopper, table: Table, store: Store) -> None:
    product_id = put_on_sale(table, store, "MUG-BLUE", units=14)

    reply = shopper("POST", body={"items": [{"sku": "MUG-BLUE", "quantity": 2}]})

    cart = reply.json
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    (item,) = cart.pop("items")
    assert {name: cart.pop(name)[:5] for name in ("id", "created_at", "updated_at")}["id"] == "cart_"
    assert item.pop("id").startswith("itm_")
    assert item == {
        "sku": "MUG-BLUE",
        "product_id": product_id,
        "title": "Mug-Blue",
        "variant_title": None,
        "quantity": 2,
        "unit_price": "12.50",
        "unit_price_shown": None,
        "discount": "0.00",
        "tax": "0.00",
        "total": "25.00",
        "available": 14,
        "availability": "in_stock",
        "sellable": True,
    }
    assert cart == {
        "status": "active",
        "currency": "USD",
        "email": None,
        "shipping_address": None,
        "billing_address": None,
        "shipping_method_id": None,
        "note": None,
        "utm": {},
        "hold_expires_at": None,
        "prices_include_tax": False,
        "totals": {"subtotal": "25.00", "discount": "0.00", "shipping": "0.00", "tax": "0.00", "total": "25.00"},
        "explanation": [],
        "version": 1,
    }


@pytest.mark.parametrize("body", [None, {}])
def test_a_cart_may_be_started_with_nothing(shopper: Shopper, body: dict[str, Any] | None) -> None:
    reply = shopper("POST", body=body)

    assert (reply.status, reply.json["items"], reply.json["totals"]["total"]) == (201, [], "0.00")


def test_the_whole_way_from_item_to_delivery(shopper: Shopper, table: Table, store: Store) -> None:
    tax_at(table, store, 88_750, region="NY", applies_to_shipping=True)
    slow = ship_by(table, store, "5.00", zones=(Zone("US"),), min_days=2, max_days=4)
    fast = ship_by(table, store, "19.00", name="Express")
    ship_by(table, store, "1.00", zones=(Zone("DE"),))
    cart = shopper.a_cart(("MUG", 1))

    shopper("POST", f"/{cart['id']}/items", {"sku": "MUG", "quantity": 1})
    shopper("PATCH", f"/{cart['id']}", {"email": "ada@example.com", "shipping_address": ADDRESS})
    quotes = shopper("GET", f"/{cart['id']}/shipping-methods").json
    chosen = shopper("PATCH", f"/{cart['id']}", {"shipping_method_id": slow.id})

    assert quotes == {
        "data": [
            {
                "id": slow.id,
                "name": "Parcel",
                "amount": "5.00",
                "amount_shown": None,
                "currency": "USD",
                "delivery_days": {"min": 2, "max": 4},
            },
            {
                "id": fast.id,
                "name": "Express",
                "amount": "19.00",
                "amount_shown": None,
                "currency": "USD",
                "delivery_days": {"min": None, "max": None},
            },
        ],
        "next_cursor": None,
    }
    assert (chosen.status, chosen.json["email"], chosen.json["shipping_address"]) == (200, "ada@example.com", ADDRESS)
    assert chosen.json["totals"] == {
        "subtotal": "25.00",
        "discount": "0.00",
        "shipping": "5.00",
        "tax": "2.66",
        "total": "32.66",
    }
    assert [(one["kind"], one["name"], one["amount"]) for one in chosen.json["explanation"]] == [
        ("tax", "Sales tax", "2.22"),
        ("shipping", "Parcel", "5.00"),
        ("tax", "Sales tax", "0.44"),
    ]
    assert shopper("GET", f"/{cart['id']}").json == chosen.json


def test_where_prices_include_tax_net_and_gross_are_shown(
    api: Callable[[str], Api], make_store: MakeStore, table: Table
) -> None:
    store = make_store(currency="EUR", settings={"prices_include_tax": True})
    tax_at(table, store, 190_000, country="DE", applies_to_shipping=True)
    put_on_sale(table, store, "TASSE", price="11.90")
    method = ship_by(table, store, "5.95")
    shopper = Shopper(api, store)

    home = {**ADDRESS, "country": "DE"}
    cart = shopper.a_cart(("TASSE", 2), shipping_address=home, shipping_method_id=method.id)
    (quote,) = shopper("GET", f"/{cart['id']}/shipping-methods").json["data"]

    (item,) = cart["items"]
    assert cart["prices_include_tax"] is True
    assert (item["unit_price"], item["unit_price_shown"], item["tax"], item["total"]) == (
        "10.00",
        "11.90",
        "3.80",
        "23.80",
    )
    assert (quote["amount"], quote["amount_shown"]) == ("5.00", "5.95")
    assert cart["totals"] == {
        "subtotal": "20.00",
        "discount": "0.00",
        "shipping": "5.00",
        "tax": "4.75",
        "total": "29.75",
    }


def test_items_are_changed_and_removed(shopper: Shopper) -> None:
    cart = shopper.a_cart(("MUG", 1))
    path = f"/{cart['id']}/items/{cart['items'][0]['id']}"

    changed = shopper("PATCH", path, {"quantity": 3})
    removed = shopper("DELETE", path)

    assert (changed.status, changed.json["items"][0]["quantity"]) == (200, 3)
    assert (removed.status, removed.json["items"], removed.json["version"]) == (200, [], 3)
    assert shopper("DELETE", path).status == 404


def test_a_hold_is_shown_with_its_end(shopper: Shopper) -> None:
    cart = shopper.a_cart(("MUG", 2))

    held = shopper("POST", f"/{cart['id']}/hold")

    assert held.status == 201
    assert held.json["hold_expires_at"] > cart["updated_at"]
    assert held.json["items"][0]["available"] == 10


def test_a_deleted_cart_is_answered_once_more_and_then_gone(shopper: Shopper) -> None:
    cart = shopper.a_cart(("MUG", 1))

    reply = shopper("DELETE", f"/{cart['id']}")

    assert (reply.status, reply.json) == (200, cart)
    assert shopper("GET", f"/{cart['id']}").status == 404


@pytest.mark.parametrize("path", ["", "/{id}/items", "/{id}/hold"])
def test_a_repeated_post_is_done_once(shopper: Shopper, path: str) -> None:
    cart = shopper.a_cart(("MUG", 1))
    body = {"sku": "MUG", "quantity": 2} if path.endswith("items") else None
    path = path.format(**cart)

    first, again = (shopper("POST", path, body, headers=KEY) for _ in range(2))

    assert again.json == first.json
    assert (first.status, again.status, again.headers["idempotency-replayed"]) == (201, 201, "true")
    assert again.headers["etag"] == first.headers["etag"]
