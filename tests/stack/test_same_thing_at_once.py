"""Twenty calls at one moment that mean the same thing, or change the same thing: one effect, and everybody is told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.stack.buyers import Crowd, Reply, Request
from tests.stack.ledger import check_ledger
from tests.stack.shop import Json, Merchant, Shop, unique

pytestmark = pytest.mark.stack

AT_ONCE = 20
IN_PROGRESS = "idempotency_key_in_use"


@dataclass(frozen=True)
class Keyed:
    """A POST to be sent many times under one key, and how often it had its effect."""

    request: Request
    effects: Callable[[], int]


def keyed_adjustment(shop: Shop) -> Keyed:
    sku = shop.put_on_sale()
    body = {"sku": sku, "type": "restock", "quantity": 7}
    request = Request("POST", "/v1/inventory/adjustments", body, shop.merchant.authorization)
    return Keyed(request, lambda: shop.merchant.units(sku) // 7)


def keyed_product(shop: Shop) -> Keyed:
    sku = unique("SKU").upper()
    body = {"title": "Mug", "slug": sku.lower(), "status": "active", "variants": [{"sku": sku, "price": "3.00"}]}
    request = Request("POST", "/v1/products", body, shop.merchant.authorization)
    return Keyed(request, lambda: len(list(shop.merchant.rows("/v1/products", sku=sku))))


def keyed_item(shop: Shop) -> Keyed:
    sku = shop.put_on_sale(5)
    cart_id = shop.ready_cart(sku, 1)
    cart = f"{shop.path}/carts/{cart_id}"
    request = Request("POST", f"{cart}/items", {"sku": sku, "quantity": 1})
    return Keyed(request, lambda: int(shop.http.get(cart).json()["items"][0]["quantity"]) - 1)


@pytest.mark.parametrize("make", [keyed_adjustment, keyed_product, keyed_item])
def test_one_idempotency_key_sent_twenty_times_at_once_has_one_effect(
    shop: Shop, crowd: Crowd, make: Callable[[Shop], Keyed]
) -> None:
    keyed = make(shop)
    request = keyed.request
    headers = {**request.headers, "Idempotency-Key": unique("key-of-a-race")}
    sent = Request(request.method, request.path, request.body, headers)

    replies = crowd.at_once([sent] * AT_ONCE)

    assert keyed.effects() == 1
    made = [reply for reply in replies if reply.status == 201]
    firsts = [reply for reply in made if "idempotency-replayed" not in reply.headers]
    assert len(firsts) == 1
    assert {reply.content for reply in made} == {firsts[0].content}
    assert {(reply.status, reply.code) for reply in replies if reply.status != 201} <= {(409, IN_PROGRESS)}
    again = shop.http.request(sent.method, sent.path, json=sent.body, headers=dict(headers))
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.content == firsts[0].content
    assert again.headers.get("etag") == firsts[0].headers.get("etag")
    assert keyed.effects() == 1


def test_twenty_additions_to_one_cart_at_once_all_count(shop: Shop, crowd: Crowd) -> None:
    sku = shop.put_on_sale(5)
    cart_id = shop.ready_cart(sku, 1)
    add = Request("POST", f"{shop.path}/carts/{cart_id}/items", {"sku": sku, "quantity": 1})

    replies = crowd.at_once([add] * AT_ONCE)

    assert Counter(reply.status for reply in replies) == {201: AT_ONCE}
    cart = shop.http.get(f"{shop.path}/carts/{cart_id}").json()
    assert [item["quantity"] for item in cart["items"]] == [1 + AT_ONCE]


def test_twenty_adjustments_of_one_level_at_once_all_count(shop: Shop, crowd: Crowd) -> None:
    sku = shop.put_on_sale(100)
    take = {"sku": sku, "type": "damage", "quantity": -1}
    request = Request("POST", "/v1/inventory/adjustments", take, shop.merchant.authorization)

    replies = crowd.at_once([request] * AT_ONCE)

    assert Counter(reply.status for reply in replies) == {201: AT_ONCE}
    assert sorted(reply.body["on_hand"] for reply in replies) == list(range(100 - AT_ONCE, 100))
    check_ledger(shop.merchant, sku)


def product_of(shop: Shop) -> tuple[str, Json, Json]:
    sku = shop.put_on_sale()
    product = next(shop.merchant.rows("/v1/products", sku=sku))
    return f"/v1/products/{product['id']}", {"title": "Another mug"}, shop.merchant.authorization


def cart_of(shop: Shop) -> tuple[str, Json, Json]:
    return f"{shop.path}/carts/{shop.ready_cart(shop.put_on_sale())}", {"note": "Ring twice."}, {}


def order_of(shop: Shop) -> tuple[str, Json, Json]:
    order = shop.bought(shop.put_on_sale(1), method="manual").order
    return f"/v1/orders/{order['id']}", {"tags": ["gift"]}, shop.merchant.authorization


def location_of(merchant: Merchant) -> str:
    return str(merchant.post("/v1/locations", {"name": unique("Shelf")})["id"])


def location(shop: Shop) -> tuple[str, Json, Json]:
    return f"/v1/locations/{location_of(shop.merchant)}", {"name": unique("Shelf")}, shop.merchant.authorization


@pytest.mark.parametrize("make", [product_of, cart_of, order_of, location])
def test_of_changes_to_the_same_version_at_once_one_is_made(
    shop: Shop, crowd: Crowd, make: Callable[[Shop], tuple[str, Json, Json]]
) -> None:
    path, change, headers = make(shop)
    etag = shop.http.get(path, headers=headers).headers["etag"]
    patch = Request("PATCH", path, change, {**headers, "If-Match": etag})

    replies: list[Reply] = crowd.at_once([patch] * AT_ONCE)

    assert Counter((reply.status, reply.code) for reply in replies) == {
        (200, ""): 1,
        (412, "stale_version"): AT_ONCE - 1,
    }
    assert shop.http.get(path, headers=headers).headers["etag"] != etag


def test_a_hold_and_checkouts_of_the_same_last_units_never_exceed_them(
    shop: Shop, crowd: Crowd, merchant: Merchant
) -> None:
    sku = shop.put_on_sale(3)
    cart_ids = [shop.ready_cart(sku) for _ in range(12)]
    actions = [("hold", None) if place % 2 else ("checkout", {"payment_method": "manual"}) for place in range(12)]
    requests = [
        Request("POST", f"{shop.path}/carts/{cart_id}/{action}", body)
        for cart_id, (action, body) in zip(cart_ids, actions, strict=True)
    ]

    replies = crowd.at_once(requests)

    assert Counter(reply.status for reply in replies) == {201: 3, 409: 9}
    assert {reply.code for reply in replies if reply.status == 409} <= {"insufficient_stock", "stock_contended"}
    assert (merchant.units(sku), merchant.units(sku, "reserved")) == (0, 3)
    check_ledger(merchant, sku)
