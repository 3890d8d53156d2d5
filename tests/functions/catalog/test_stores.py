"""Listings and categories of a store over HTTP."""

from typing import Any

import httpx
import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.catalog.conftest import Make
from tests.functions.conftest import Api, MakeSecret


def test_a_listing_is_answered_as_it_was_described(
    client: Api, store: Store, mug: dict[str, Any], make_category: Make
) -> None:
    category = make_category()
    given = {
        "product_id": mug["id"],
        "visible": True,
        "promoted": True,
        "sort_order": 5,
        "title": "Our mug",
        "short_description": "Ours.",
        "description": "Our own.",
        "seo": {"title": "Ours", "description": None, "keywords": []},
        "tags": ["own"],
        "category_ids": [category["id"]],
        "image_ids": [],
        "markup_bp": 500,
        "price": "11.00",
        "compare_at_price": "12.00",
        "variant_prices": {"MUG-BLUE": {"price": "10.00", "compare_at_price": None}},
    }

    reply = client.post(f"/v1/stores/{store.id}/listings", given)

    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    stamps = {name: reply.json[name] for name in ("id", "created_at", "updated_at")}
    assert reply.json == {**given, **stamps, "store_id": store.id, "currency": "USD", "version": 1}
    assert client.get(f"/v1/stores/{store.id}/listings/{reply.json['id']}").json == reply.json


def test_a_listing_is_made_once_and_repeated_safely(client: Api, store: Store, mug: dict[str, Any]) -> None:
    path, body = f"/v1/stores/{store.id}/listings", {"product_id": mug["id"], "visible": True}
    headers = {"idempotency-key": "a-key-of-sixteen-or-more"}

    first, again = (client.post(path, body, headers=headers) for _ in range(2))
    second = client.post(path, body)

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert (second.status, second.code) == (409, "listing_exists")


def test_a_patch_changes_what_it_names(client: Api, store: Store, mug: dict[str, Any], make_listing: Make) -> None:
    prices = {"MUG-BLUE": {"price": "10.00", "compare_at_price": None}}
    listing = make_listing(mug, title="Our mug", variant_prices=prices, seo={"title": "A", "description": "B"})
    path = f"/v1/stores/{store.id}/listings/{listing['id']}"

    changed = client.patch(path, {"title": None, "visible": False, "seo": {"title": None}, "variant_prices": {}}).json
    cleared = client.patch(path, {"variant_prices": {"MUG-BLUE": None}, "tags": ["x"]}).json

    assert changed == {
        **listing,
        "title": None,
        "visible": False,
        "seo": {"title": None, "description": "B", "keywords": []},
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert (cleared["variant_prices"], cleared["tags"], cleared["version"]) == ({}, ["x"], 3)
    assert client.patch(path, {"title": "X"}, headers={"if-match": '"1"'}).status == 412
    assert client.delete(path, headers={"if-match": '"3"'}).status == 204
    assert client.get(path).status == 404


def test_a_store_of_another_currency_needs_its_own_price(
    client: Api, make_store: MakeStore, mug: dict[str, Any]
) -> None:
    path = f"/v1/stores/{make_store(name='Hafen', currency='KWD').id}/listings"

    refused = client.post(path, {"product_id": mug["id"]})
    malformed = client.post(path, {"product_id": mug["id"], "price": "1.2345"})
    made = client.post(path, {"product_id": mug["id"], "price": "1.250"})

    assert (refused.status, refused.code) == (422, "price_missing")
    assert malformed.status == 422
    assert (made.status, made.json["currency"], made.json["price"]) == (201, "KWD", "1.250")


@pytest.mark.parametrize(
    ("_case", "fields", "code"),
    [
        ("an unknown product", {"product_id": "prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, "product_unknown"),
        ("an unknown category", {"category_ids": ["cat_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"]}, "category_unknown"),
        ("an unknown image", {"image_ids": ["img_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"]}, "image_unknown"),
        ("an unknown SKU", {"variant_prices": {"NONE": {"price": "1.00"}}}, "sku_unknown"),
        ("half a cent", {"price": "1.005"}, "amount_malformed"),
        ("less than nothing", {"markup_bp": -10_001}, "greater_than_equal"),
        ("nine categories", {"category_ids": ["cat_1"] * 9}, "too_long"),
    ],
)
def test_a_listing_that_cannot_be_meant_is_refused(
    client: Api, store: Store, mug: dict[str, Any], _case: str, fields: dict[str, Any], code: str
) -> None:
    reply = client.post(f"/v1/stores/{store.id}/listings", {"product_id": mug["id"], **fields})

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, code)
    assert client.get(f"/v1/stores/{store.id}/listings").json["data"] == []


def test_listings_are_listed_and_filtered(client: Api, store: Store, make_product: Make, make_listing: Make) -> None:
    made = []
    for number in range(3):
        product = make_product(slug=None, variants=[{"sku": f"S{number}", "price": "1"}])
        made.append(make_listing(product, visible=number != 1))
    path = f"/v1/stores/{store.id}/listings"

    first = client.get(path, query={"limit": 2}).json
    rest = client.get(path, query={"limit": 2, "cursor": first["next_cursor"]}).json
    hidden = client.get(path, query={"visible": "false"}).json
    one = client.get(path, query={"product_id": made[2]["product_id"]}).json

    assert sorted(row["id"] for row in [*first["data"], *rest["data"]]) == sorted(row["id"] for row in made)
    assert rest["next_cursor"] is None
    assert [row["id"] for row in hidden["data"]] == [made[1]["id"]]
    assert [row["id"] for row in one["data"]] == [made[2]["id"]]


def test_what_is_another_stores_or_tenants_is_not_found(
    client: Api,
    store: Store,
    make_store: MakeStore,
    other_table: Table,
    make_secret: MakeSecret,
    mug: dict[str, Any],
    make_listing: Make,
    make_category: Make,
) -> None:
    listing, category = make_listing(mug), make_category()
    beside, foreign = make_store(name="Quay").id, make_secret(table=other_table)
    for store_id, key in ((beside, ""), (store.id, foreign), ("sto_1", ""), ("x", "")):
        for path in (f"listings/{listing['id']}", f"categories/{category['id']}"):
            url = f"/v1/stores/{store_id}/{path}"
            replies = [client.get(url, key=key), client.patch(url, {}, key=key), client.delete(url, key=key)]

            assert [reply.status for reply in replies] == [404] * 3

    assert client.get(f"/v1/stores/{store.id}/listings", key=foreign).status == 404
    assert client.post(f"/v1/stores/{store.id}/categories", {"name": "X"}, key=foreign).status == 404
    assert client.get(f"/v1/stores/{store.id}/listings/{listing['id']}").json == listing


def test_a_category_is_made_moved_and_deleted(client: Api, store: Store, make_category: Make) -> None:
    path = f"/v1/stores/{store.id}/categories"
    kitchen = make_category(description="Pots.", position=2, seo={"keywords": ["pot"]})
    mugs = make_category(name="Mugs", parent_id=kitchen["id"])
    garden = make_category(name="Garden", slug="outside", visible=False)

    moved = client.patch(f"{path}/{mugs['id']}", {"parent_id": garden["id"]}, headers={"if-match": '"1"'})
    below = client.get(path, query={"parent_id": garden["id"]}).json
    refused = client.delete(f"{path}/{garden['id']}")
    cycle = client.patch(f"{path}/{garden['id']}", {"parent_id": mugs["id"]})
    top = client.patch(f"{path}/{mugs['id']}", {"parent_id": None})

    assert (kitchen["slug"], kitchen["seo"]["keywords"], kitchen["version"]) == ("kitchen", ["pot"], 1)
    assert (moved.status, moved.json["parent_id"], moved.headers["etag"]) == (200, garden["id"], '"2"')
    assert [row["id"] for row in below["data"]] == [mugs["id"]]
    assert (refused.status, refused.code) == (409, "category_has_children")
    assert (cycle.status, cycle.json["errors"][0]["code"]) == (422, "category_cycle")
    assert top.json["parent_id"] is None
    assert client.delete(f"{path}/{garden['id']}").status == 204
    assert client.get(f"{path}/{garden['id']}").status == 404


def test_categories_are_listed_page_by_page(client: Api, store: Store, make_category: Make) -> None:
    made = [make_category(name=f"C{number}", visible=number != 1)["id"] for number in range(3)]
    path = f"/v1/stores/{store.id}/categories"

    first = client.get(path, query={"limit": 2}).json
    rest = client.get(path, query={"limit": 2, "cursor": first["next_cursor"]}).json

    assert sorted(row["id"] for row in [*first["data"], *rest["data"]]) == sorted(made)
    assert [row["id"] for row in client.get(path, query={"visible": "false"}).json["data"]] == [made[1]]
    assert [row["id"] for row in client.get(path, query={"slug": "c2"}).json["data"]] == [made[2]]


def test_a_slug_is_one_categorys(client: Api, store: Store, make_category: Make) -> None:
    make_category()

    given = client.post(f"/v1/stores/{store.id}/categories", {"name": "Other", "slug": "kitchen"})

    assert (given.status, given.code) == (409, "slug_taken")
    assert make_category()["slug"] == "kitchen-2"


def test_a_category_has_an_image(client: Api, store: Store, make_category: Make) -> None:
    category = make_category()
    path = f"/v1/stores/{store.id}/categories/{category['id']}"
    announced = client.post(f"{path}/image", {"content_type": "image/webp", "alt": "Pots"}).json
    form = announced["upload"]
    early = client.post(f"{path}/image/confirm")

    httpx.post(form["url"], data=form["fields"], files={"file": ("pots.webp", b"webp", "image/webp")})
    confirmed = client.post(f"{path}/image/confirm")

    assert (early.status, early.code) == (409, "not_uploaded")
    assert (confirmed.json["image"]["status"], confirmed.json["version"]) == ("ready", 3)
    assert httpx.get(confirmed.json["image"]["url"]).content == b"webp"
    assert client.delete(f"{path}/image").status == 204
    assert client.get(path).json["image"] is None
    assert client.post(f"{path}/image/confirm").status == 404
