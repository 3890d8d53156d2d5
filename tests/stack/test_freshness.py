"""What reads show right after a write was answered, and what follows within five seconds."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import httpx
import pytest

from tests.stack.shop import Json, Merchant, Shop, eventually, unique

pytestmark = pytest.mark.stack

ROUNDS = 15  # several environments answer in turn, each with caches of its own


def shows(title: str, page: httpx.Response) -> bool:
    return bool(page.json()["title"] == title)


def test_a_product_is_read_as_it_was_just_written_and_its_page_follows(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(1)
    product = next(merchant.rows("/v1/products", sku=sku))

    for count in range(ROUNDS):
        title = f"Title {count}"
        merchant.patch(f"/v1/products/{product['id']}", {"title": title})
        assert merchant.get(f"/v1/products/{product['id']}")["title"] == title
        shown = partial(shop.http.get, f"{shop.path}/products/{sku.lower()}")
        eventually(shown, until=partial(shows, title))


def test_a_level_is_read_as_it_was_just_written(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale()

    for count in range(1, ROUNDS):
        assert merchant.restock(sku, 1)["on_hand"] == count
        assert merchant.units(sku, "on_hand") == count


def test_a_cart_is_read_as_it_was_just_written(shop: Shop) -> None:
    sku = shop.put_on_sale(100)
    cart_id = shop.ready_cart(sku)
    cart = f"{shop.path}/carts/{cart_id}"
    item = shop.http.get(cart).json()["items"][0]["id"]

    for count in range(1, ROUNDS):
        shop.http.patch(f"{cart}/items/{item}", json={"quantity": count})
        seen = shop.http.get(cart).json()
        assert (seen["items"][0]["quantity"], seen["items"][0]["available"]) == (count, 100)


def test_a_cart_knows_prices_and_settings_as_they_were_just_written(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(100)
    cart = f"{shop.path}/carts/{shop.ready_cart(sku)}"
    product = next(merchant.rows("/v1/products", sku=sku))
    variant = merchant.get(f"/v1/products/{product['id']}/variants")["data"][0]
    method = f"/v1/stores/{shop.store_id}/shipping-methods/{shop.shipping_method_id}"

    for count in range(1, ROUNDS):
        price = f"{count}.50"
        merchant.patch(f"/v1/products/{product['id']}/variants/{variant['id']}", {"price": price})
        merchant.patch(method, {"rate": {"kind": "flat", "amount": price}})
        totals = shop.http.get(cart).json()["totals"]
        assert (totals["subtotal"], totals["shipping"]) == (price, price)
    merchant.patch(method, {"rate": {"kind": "flat", "amount": "4.90"}})


def test_an_order_is_read_as_it_was_just_written(shop: Shop, merchant: Merchant) -> None:
    purchase = shop.bought(shop.put_on_sale(1), method="manual")

    for count in range(ROUNDS):
        merchant.patch(f"/v1/orders/{purchase.order_id}", {"tags": [f"tag-{count}"]})
        assert merchant.order(purchase.order_id)["tags"] == [f"tag-{count}"]
    found = merchant.get("/v1/orders", number=purchase.number)["data"]
    assert purchase.order_id in [order["id"] for order in found]  # other tests' stores count alike


def test_stock_is_listed_within_five_seconds(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(2)
    levels, movements = "/v1/inventory/levels", "/v1/inventory/movements"

    for path, query in (
        (levels, {"location_id": merchant.locations[0]}),
        (levels, {"status": "critical"}),
        (movements, {"type": "restock"}),
        (movements, {"sku": sku}),
    ):
        eventually(partial(values, merchant.rows, "sku", path, **query), until=lambda seen: sku in seen)


def test_products_are_listed_and_found_within_five_seconds(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(2)
    slug = sku.lower()

    eventually(partial(values, merchant.rows, "slug", "/v1/products"), until=lambda seen: slug in seen)
    for query in ({"q": sku}, {"q": sku[:-3]}, {"q": sku, "in_stock": "true"}):
        eventually(partial(values, storefront, "slug", shop, **query), until=lambda seen: slug in seen)


def values(listed: Callable[..., Iterable[Json]], member: str, *where: Any, **query: str) -> set[str]:
    """One member of every row of a list."""
    return {row[member] for row in listed(*where, **query)}


def storefront(shop: Shop, **query: str) -> list[Json]:
    """What shoppers find."""
    answer = shop.http.get(f"{shop.path}/products", params={"limit": "200", **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


def test_orders_are_listed_within_five_seconds(shop: Shop, merchant: Merchant) -> None:
    email = f"{unique('ada')}@shop.example"
    purchase = shop.bought(shop.put_on_sale(1), method="manual", email=email)

    for query in ({"store_id": shop.store_id}, {"email": email}, {"status": "processing"}):
        ids = partial(values, merchant.rows, "id", "/v1/orders", **query)
        eventually(ids, until=lambda seen: purchase.order_id in seen)
