"""Routes of carts: Lambda event in, whole answer out."""

import pytest

from storekeeper.carts import CartStore, convert_cart
from storekeeper.kernel.ids import OrderId
from storekeeper.pricing import Zone
from storekeeper.tenancy import SealerCache, SettingsCache
from tests.emulated import NOW
from tests.table.carts.shop import put_on_sale, ship_by, tax_at

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": None,
    "line1": "1 Pier",
    "line2": None,
    "city": "New York",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
    "phone": None,
}
KEY = {"Idempotency-Key": "a-key-of-sixteen-characters"}


class Shopper:
    """Calls the carts of one store."""

    def __init__(self, api, store):
        self._api, self.base = api("checkout"), f"/v1/storefront/{store.default_domain}/carts"

    def __call__(self, method, path="", body=None, **options):
        return self._api(method, self.base + path, body, key=None, **options)

    def a_cart(self, *items, **said):
        made = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
        return self("POST", body={"items": made, **said}).json


@pytest.fixture
def shopper(api, table, store):
    put_on_sale(table, store, "MUG")
    return Shopper(api, store)


def test_a_cart_answers_exactly_what_the_api_promises(shopper, table, store):
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


def test_a_cart_may_be_started_with_nothing(shopper):
    for options in ({}, {"body": {}}):
        reply = shopper("POST", **options)

        assert (reply.status, reply.json["items"], reply.json["totals"]["total"]) == (201, [], "0.00")


def test_the_whole_way_from_item_to_delivery(shopper, table, store):
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


def test_where_prices_include_tax_net_and_gross_are_shown(api, make_store, table):
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
            {"shipping_method_id": "shp_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"},
            "shipping_method_id",
            "shipping_method_unavailable",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(shopper, _case, body, field, code):
    reply = shopper("POST", body=body)

    assert reply.status == 422
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [(field, code)]


def test_no_codes_are_fine(shopper):
    cart = shopper.a_cart()

    assert shopper("PATCH", f"/{cart['id']}", {"coupon_codes": [], "gift_card_codes": None}).status == 200


def test_items_are_changed_and_removed(shopper):
    cart = shopper.a_cart(("MUG", 1))
    path = f"/{cart['id']}/items/{cart['items'][0]['id']}"

    changed = shopper("PATCH", path, {"quantity": 3})
    removed = shopper("DELETE", path)

    assert (changed.status, changed.json["items"][0]["quantity"]) == (200, 3)
    assert (removed.status, removed.json["items"], removed.json["version"]) == (200, [], 3)
    assert shopper("DELETE", path).status == 404


def test_a_hold_is_shown_with_its_end(shopper):
    cart = shopper.a_cart(("MUG", 2))

    held = shopper("POST", f"/{cart['id']}/hold")

    assert held.status == 201
    assert held.json["hold_expires_at"] > cart["updated_at"]
    assert held.json["items"][0]["available"] == 10


def test_too_little_stock_names_the_sku(shopper):
    cart = shopper.a_cart(("MUG", 11))

    reply = shopper("POST", f"/{cart['id']}/hold")

    assert (reply.status, reply.code) == (409, "insufficient_stock")
    (error,) = reply.json["errors"]
    assert (error["sku"], error["requested"], error["available"]) == ("MUG", 11, 10)


def test_a_deleted_cart_is_answered_once_more_and_then_gone(shopper):
    cart = shopper.a_cart(("MUG", 1))

    reply = shopper("DELETE", f"/{cart['id']}")

    assert (reply.status, reply.json) == (200, cart)
    assert shopper("GET", f"/{cart['id']}").status == 404


def test_a_stale_if_match_changes_nothing(shopper):
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


@pytest.mark.parametrize("path", ["", "/{id}/items", "/{id}/hold"])
def test_a_repeated_post_is_done_once(shopper, path):
    cart = shopper.a_cart(("MUG", 1))
    body = {"sku": "MUG", "quantity": 2} if path.endswith("items") else None
    path = path.format(**cart)

    first, again = (shopper("POST", path, body, headers=KEY) for _ in range(2))

    assert again.json == first.json
    assert (first.status, again.status, again.headers["idempotency-replayed"]) == (201, 201, "true")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_converted_cart_refuses_changes(shopper, cloud, table, store):
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


def test_a_cart_is_shown_in_its_own_store_only(shopper, api, make_store, other_table):
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
def test_what_names_no_cart_is_not_found(shopper, cart_id):
    assert shopper("GET", f"/{cart_id}").status == 404
