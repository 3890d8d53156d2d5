"""Products, variants and images over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from tests.functions.catalog.conftest import MUG, Make
from tests.functions.conftest import Api, MakeSecret


def test_a_product_is_answered_as_it_was_described(client: Api) -> None:
    reply = client.post("/v1/products", MUG)

    assert reply.status == 201
    assert reply.headers["etag"] == '"1"'
    made = reply.json
    variant = made["variants"][0]
    assert made == {
        **MUG,
        "id": made["id"],
        "currency": "USD",
        "short_description": None,
        "price": None,
        "compare_at_price": None,
        "cost": None,
        "weight_g": None,
        "dimensions": None,
        "barcode": None,
        "tax_category": "standard",
        "tags": [],
        "custom_fields": {},
        "seo": {"title": None, "description": None, "keywords": []},
        "featured": False,
        "digital": False,
        "download_limit": None,
        "download_days": None,
        "published_at": made["created_at"],
        "images": [],
        "variants": [
            {
                **MUG["variants"][0],
                "id": variant["id"],
                "title": "Blue",
                "compare_at_price": None,
                "barcode": None,
                "image_id": None,
                "active": True,
                "download_limit": None,
                "download_days": None,
                "version": 1,
            }
        ],
        "version": 1,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert client.get(f"/v1/products/{made['id']}").json == made


def test_every_field_is_kept(make_product: Make, client: Api) -> None:
    given = {
        "short_description": "A mug.",
        "price": "10.00",
        "compare_at_price": "12.00",
        "cost": "3.50",
        "weight_g": 400,
        "dimensions": {"length": "9", "width": "9.5", "height": "11.25", "unit": "cm"},
        "barcode": "4006381333931",
        "tax_category": "reduced",
        "tags": ["kitchen", "tea"],
        "custom_fields": {"glaze": "matt"},
        "seo": {"title": "Mugs", "description": "Buy mugs.", "keywords": ["mug"]},
        "featured": True,
        "digital": True,
        "download_limit": 5,
        "download_days": 30,
        "published_at": "2026-01-01T00:00:00.000Z",
    }

    made = make_product(**given)

    assert {name: made[name] for name in given} == given
    assert client.get(f"/v1/products/{made['id']}").json == made


@pytest.mark.parametrize(
    ("_case", "fields", "code", "field"),
    [
        ("a title that is too long", {"title": "x" * 256}, "string_too_long", "title"),
        ("no title", {"title": None}, "string_type", "title"),
        ("a title of blanks", {"title": "  "}, "string_too_short", "title"),
        ("a description over 64 KiB", {"description": "é" * 32_769}, "value_error", "description"),
        ("a slug that is none", {"slug": "Mug!"}, "string_pattern_mismatch", "slug"),
        ("a status that is none", {"status": "sold"}, "literal_error", "status"),
        ("an unknown currency", {"currency": "XXX"}, "currency_unknown", "currency"),
        ("an unknown member", {"colour": "blue"}, "extra_forbidden", "colour"),
        ("a price as a number", {"price": 12.5}, "string_type", "price"),
        ("a negative price", {"price": "-1.00"}, "string_pattern_mismatch", "price"),
        ("half a cent", {"price": "1.005"}, "amount_malformed", "price"),
        (
            "half a cent of a variant",
            {"variants": [{"sku": "A", "price": "1.005"}]},
            "amount_malformed",
            "variants.0.price",
        ),
        ("a yen has no decimals", {"currency": "JPY", "price": "1.5"}, "amount_malformed", "price"),
        ("a SKU twice", {"variants": [{"sku": "A", "price": "1"}] * 2}, "sku_repeated", "variants.0.sku"),
        (
            "a SKU with a line break",
            {"variants": [{"sku": "A\n", "price": "1"}]},
            "string_pattern_mismatch",
            "variants.0.sku",
        ),
        ("a negative weight", {"weight_g": -1}, "greater_than_equal", "weight_g"),
        (
            "46 variants",
            {"options": [], "variants": [{"sku": f"S{n}", "price": "1"} for n in range(46)]},
            "too_many_variants",
            "variants",
        ),
        (
            "an image of nothing",
            {"variants": [{"sku": "A", "price": "1", "image_id": "img_1"}]},
            "image_unknown",
            "variants.0.image_id",
        ),
        ("published in the future", {"published_at": "2999-01-01T00:00:00Z"}, "published_at_future", "published_at"),
        ("a time without its zone", {"published_at": "2026-01-01T00:00:00"}, "timezone_aware", "published_at"),
        ("four options", {"options": ["A", "B", "C", "D"]}, "too_long", "options"),
    ],
)
def test_a_product_that_cannot_be_meant_is_refused(
    client: Api, _case: str, fields: dict[str, Any], code: str, field: str
) -> None:
    reply = client.post("/v1/products", {**MUG, **fields})

    assert reply.status == 422, reply.text
    assert (reply.json["errors"][0]["code"], reply.json["errors"][0]["field"]) == (code, field)
    assert client.get("/v1/products").json["data"] == []


def test_the_greatest_description_is_kept(make_product: Make) -> None:
    text = "x" * 65_536

    assert make_product(description=text)["description"] == text


def test_an_idempotent_repeat_makes_one_product(client: Api) -> None:
    headers = {"idempotency-key": "a-key-of-sixteen-or-more"}

    first, again = (client.post("/v1/products", MUG, headers=headers) for _ in range(2))

    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status, again.json, again.headers["etag"]) == (201, first.json, '"1"')
    assert len(client.get("/v1/products").json["data"]) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"slug": "other"}, "sku_taken"),
        ({"variants": [{"sku": "OTHER", "price": "1"}]}, "slug_taken"),
    ],
)
@pytest.mark.usefixtures("mug")
def test_what_is_taken_is_refused(client: Api, fields: dict[str, Any], code: str) -> None:
    reply = client.post("/v1/products", {**MUG, **fields})

    assert (reply.status, reply.code) == (409, code)
    assert len(client.get("/v1/products").json["data"]) == 1


def test_a_patch_changes_what_it_names(client: Api, make_product: Make) -> None:
    mug = make_product(
        custom_fields={"glaze": "matt", "made_in": "PT"}, seo={"title": "Mugs", "description": "Buy."}, price="10.00"
    )

    reply = client.patch(
        f"/v1/products/{mug['id']}",
        {
            "title": "Cup",
            "description": None,
            "price": "9.00",
            "custom_fields": {"glaze": None, "volume": "0.33 l"},
            "seo": {"title": None},
        },
    )

    assert reply.status == 200
    assert reply.headers["etag"] == '"2"'
    assert reply.json == {
        **mug,
        "title": "Cup",
        "description": None,
        "price": "9.00",
        "custom_fields": {"made_in": "PT", "volume": "0.33 l"},
        "seo": {"title": None, "description": "Buy.", "keywords": []},
        "variants": [{**mug["variants"][0], "version": 2}],
        "version": 2,
        "updated_at": reply.json["updated_at"],
    }
    assert client.get(f"/v1/products/{mug['id']}").json == reply.json


@pytest.mark.parametrize(
    ("body", "field"), [({"variants": []}, "variants"), ({"title": None}, "title"), ({"currency": "EUR"}, "currency")]
)
def test_what_is_not_patched_is_refused(client: Api, mug: dict[str, Any], body: dict[str, Any], field: str) -> None:
    reply = client.patch(f"/v1/products/{mug['id']}", body)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    assert client.get(f"/v1/products/{mug['id']}").json == mug


def test_a_stale_if_match_changes_nothing(client: Api, mug: dict[str, Any]) -> None:
    path, variant = f"/v1/products/{mug['id']}", f"/v1/products/{mug['id']}/variants/{mug['variants'][0]['id']}"
    stale = {"if-match": '"7"'}

    replies = [
        client.patch(path, {"title": "Cup"}, headers=stale),
        client.delete(path, headers=stale),
        client.patch(variant, {"price": "1.00"}, headers=stale),
        client.delete(variant, headers=stale),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(412, "stale_version")] * 4
    assert client.get(path).json == mug
    assert client.patch(path, {"title": "Cup"}, headers={"if-match": '"1"'}).status == 200


def test_a_deleted_product_is_gone(client: Api, mug: dict[str, Any]) -> None:
    path = f"/v1/products/{mug['id']}"

    assert client.delete(path).status == 204
    assert [client.get(path).status, client.delete(path).status, client.patch(path, {}).status] == [404] * 3


def test_products_are_listed_page_by_page(client: Api, make_product: Make) -> None:
    for number in range(3):
        make_product(title=f"Mug {number}", slug=None, variants=[{"sku": f"S{number}", "price": "1"}], tags=["tea"])

    first = client.get("/v1/products", query={"limit": 2, "tag": "tea"}).json
    second = client.get("/v1/products", query={"limit": 2, "tag": "tea", "cursor": first["next_cursor"]}).json
    other = client.get("/v1/products", query={"limit": 2, "cursor": first["next_cursor"]})

    titles = sorted(row["title"] for row in [*first["data"], *second["data"]])
    assert titles == ["Mug 0", "Mug 1", "Mug 2"]
    assert second["next_cursor"] is None
    assert (other.status, other.json["errors"][0]["code"]) == (422, "cursor_unreadable")


def test_a_foreign_tenant_sees_nothing(
    client: Api, mug: dict[str, Any], make_secret: MakeSecret, other_table: Table
) -> None:
    foreign = make_secret(table=other_table)
    path = f"/v1/products/{mug['id']}"
    variant = f"{path}/variants/{mug['variants'][0]['id']}"

    replies = [
        client.get(path, key=foreign),
        client.patch(path, {"title": "Mine"}, key=foreign),
        client.delete(path, key=foreign),
        client.post(f"{path}/variants", {"sku": "X", "price": "1"}, key=foreign),
        client.get(variant, key=foreign),
        client.post(f"{path}/images", {"content_type": "image/png"}, key=foreign),
    ]

    assert [reply.status for reply in replies] == [404] * len(replies)
    assert client.get("/v1/products", key=foreign).json["data"] == []
    assert client.get("/v1/products", query={"sku": "MUG-BLUE"}, key=foreign).json["data"] == []
    assert client.get(path).json == mug


def test_reading_does_not_allow_changing(client: Api, mug: dict[str, Any], make_secret: MakeSecret) -> None:
    reader = make_secret("catalog:read")

    assert client.get(f"/v1/products/{mug['id']}", key=reader).status == 200
    assert client.delete(f"/v1/products/{mug['id']}", key=reader).status == 403
    assert client.get("/v1/products", key=make_secret("orders:read")).status == 403


@pytest.mark.parametrize("product_id", ["mug", "prd_1", "prd_%23", "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "x" * 2000])
def test_what_is_no_id_is_not_found(client: Api, product_id: str) -> None:
    for path in ("", "/variants", "/variants/v", "/images"):
        assert client.get(f"/v1/products/{product_id}{path}").status == 404


def test_ids_are_opaque_and_in_order(make_product: Make) -> None:
    ids = [make_product(slug=None, variants=[{"sku": f"S{n}", "price": "1"}])["id"] for n in range(3)]

    assert all(identifier.startswith("prd_") for identifier in ids)
    assert sorted(identifier[:14] for identifier in ids) == [identifier[:14] for identifier in ids]


def test_a_function_of_its_own_answers(api: Callable[[str], Api]) -> None:
    reply = api("catalog").get("/v1/products/none/none")

    assert (reply.status, reply.code) == (404, "route_unknown")
