"""A file from the merchant's upload to the buyer's disk, through the gateway, with every function's own role."""

import httpx
import pytest

from tests.stack.furnishing import attach
from tests.stack.provider import Provider
from tests.stack.shop import Json, Purchase, Shop, eventually, unique

pytestmark = pytest.mark.stack

CONTENT = b"Over, under, through.\n"
PAID_S = 30.0  # a webhook, its queue and the stream, on a busy machine


@pytest.fixture
def ebook(shop: Shop) -> str:
    """The SKU of a handbook that may be fetched once for each unit, with its file."""
    sku = unique("EBOOK").upper()
    body = {
        "title": "Handbook",
        "slug": sku.lower(),
        "status": "active",
        "digital": True,
        "download_limit": 1,
        "variants": [{"sku": sku, "price": "9.00"}],
    }
    product = shop.merchant.post("/v1/products", body)
    shop.merchant.post(f"/v1/stores/{shop.store_id}/listings", {"product_id": product["id"], "visible": True})
    shop.merchant.restock(sku, 10)
    attach(shop, f"/v1/products/{product['id']}", CONTENT)
    return sku


def buy(shop: Shop, sku: str, method: str) -> Purchase:
    """A purchase that names neither an address nor a way to send it."""
    email = "ada@shop.example"
    cart = {"items": [{"sku": sku, "quantity": 1}], "email": email}
    made = shop.http.post(f"{shop.path}/carts", json=cart).json()
    answer = shop.check_out(made["id"], method)
    assert answer.status_code == 201, answer.text
    return Purchase(made["id"], answer.json()["order"], answer.json()["payment"], email)


def fetch(shop: Shop, bought: Purchase) -> httpx.Response:
    download: Json = shop.track(bought)["downloads"][0]
    path = f"{shop.path}/orders/{bought.number}/downloads/{download['id']}"
    return shop.http.post(path, json={"email": bought.email})


def test_a_download_is_paid_by_card_handed_over_and_out_of_stock(shop: Shop, ebook: str, provider: Provider) -> None:
    bought = buy(shop, ebook, "stripe")
    refused = fetch(shop, bought)
    assert provider.pay(bought).status_code == 200
    eventually(lambda: shop.track(bought)["payment_status"], until=lambda status: status == "paid", within_s=PAID_S)

    given = fetch(shop, bought)
    again = fetch(shop, bought)

    url = given.json()["url"]
    with httpx.Client(trust_env=False) as browser:
        handed_over = browser.get(url)
        bare = browser.get(url.partition("?")[0])
        forged = browser.get(url.replace("X-Amz-Expires=300", "X-Amz-Expires=900"))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_paid")
    assert (handed_over.status_code, handed_over.content) == (200, CONTENT)
    assert handed_over.headers["content-disposition"].startswith("attachment;")
    assert (again.status_code, again.json()["code"]) == (409, "no_downloads_left")
    assert {bare.status_code, forged.status_code} == {403}
    order = eventually(
        lambda: shop.merchant.order(bought.order_id), until=lambda one: not one["allocations"], within_s=PAID_S
    )
    assert (order["status"], order["fulfillment_status"]) == ("shipped", "fulfilled")
    assert (shop.merchant.units(ebook, "on_hand"), shop.merchant.units(ebook, "reserved")) == (9, 0)
