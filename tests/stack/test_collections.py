"""Collections in the running stack: shoppers see each change at once, and what is listed no longer goes by itself."""

import httpx
import pytest

from local.testing import RunningStack
from tests.stack.shop import Shop, eventually, found, open_shop, unique

pytestmark = pytest.mark.stack


def shown(shop: Shop, slug: str) -> list[str]:
    """The products that shoppers see in a collection."""
    page = shop.http.get(f"{shop.path}/products", params={"collection": slug}).raise_for_status().json()
    return [card["id"] for card in page["data"]]


def test_what_is_listed_no_longer_leaves_its_collections(stack: RunningStack, http: httpx.Client) -> None:
    merchant = found(stack, http, "curator")
    shop = open_shop(merchant)
    stores = f"/v1/stores/{shop.store_id}"
    product_ids = [next(merchant.rows("/v1/products", sku=shop.put_on_sale(1)))["id"] for _ in range(2)]
    collection = merchant.post(f"{stores}/collections", {"title": "Gifts", "slug": unique("gifts")})
    path = f"{stores}/collections/{collection['id']}"
    merchant.post(f"{path}/products", {"product_ids": product_ids})
    eventually(lambda: shown(shop, collection["slug"]), until=lambda seen: seen == product_ids, within_s=15)
    merchant.patch(f"{path}/products/{product_ids[1]}", {"place": 0})
    moved = shown(shop, collection["slug"])
    listing = merchant.get(f"{stores}/listings", product_id=product_ids[0])["data"][0]

    merchant.call("DELETE", f"{stores}/listings/{listing['id']}")
    left = eventually(lambda: merchant.get(path), until=lambda now: now["product_count"] == 1, within_s=15)

    assert moved == product_ids[::-1]
    assert left["version"] == 4
    assert [row["product_id"] for row in merchant.rows(f"{path}/products")] == [product_ids[1]]
    assert merchant.get(f"{stores}/collections", product_id=product_ids[0])["data"] == []
