"""Variants over HTTP."""

from typing import Any

from storekeeper.catalog import sku_key
from storekeeper.kernel.table import Table
from tests.functions.catalog.conftest import Make
from tests.functions.conftest import Api
from tests.table.catalog.shop import mark_as_stocked


def test_a_product_that_had_stock_is_archived_instead(client: Api, table: Table, mug: dict[str, Any]) -> None:
    mark_as_stocked(table, sku_key(table.tenant_id, "MUG-BLUE"))
    path, variant = f"/v1/products/{mug['id']}", mug["variants"][0]["id"]

    refused = [
        client.delete(path),
        client.delete(f"{path}/variants/{variant}"),
        client.patch(f"{path}/variants/{variant}", {"sku": "CUP"}),
    ]

    assert [(reply.status, reply.code) for reply in refused] == [
        (409, "product_in_use"),
        (409, "sku_in_use"),
        (409, "sku_in_use"),
    ]
    assert client.get(path).json == mug
    assert client.patch(path, {"status": "archived"}).json["status"] == "archived"
    assert client.patch(f"{path}/variants/{variant}", {"active": False}).json["active"] is False


def test_variants_are_added_changed_and_deleted(client: Api, mug: dict[str, Any]) -> None:
    path = f"/v1/products/{mug['id']}/variants"

    added = client.post(path, {"sku": "MUG-RED", "options": {"Color": "Red"}, "price": "12.00"})
    changed = client.patch(f"{path}/{added.json['id']}", {"sku": "MUG-GREEN", "options": {"Color": "Green"}})
    shown = client.get(f"{path}/{added.json['id']}")
    listed = client.get(path, query={"limit": 1})
    rest = client.get(path, query={"limit": 1, "cursor": listed.json["next_cursor"]})

    assert (added.status, added.headers["etag"]) == (201, '"2"')
    assert (changed.json["title"], changed.json["price"], changed.json["version"]) == ("Green", "12.00", 3)
    assert shown.json == changed.json
    assert [listed.json["data"][0]["sku"], rest.json["data"][0]["sku"]] == ["MUG-BLUE", "MUG-GREEN"]
    assert rest.json["next_cursor"] is None
    assert client.delete(f"{path}/{added.json['id']}").status == 204
    assert client.get(f"{path}/{added.json['id']}").status == 404


def test_a_variant_without_price_has_its_products(client: Api, make_product: Make) -> None:
    made = make_product(price="9.00", variants=[{"sku": "A"}])
    path = f"/v1/products/{made['id']}"

    refused = client.patch(path, {"price": None})

    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "price_missing")
    assert client.get("/v1/products").json["data"][0]["price"] == "9.00"
