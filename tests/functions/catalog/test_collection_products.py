"""The products of a collection over HTTP: added, moved, arranged, removed, listed."""

from typing import Any

import pytest

from storekeeper.tenancy import Store
from tests.functions.catalog.conftest import Make
from tests.functions.conftest import Api

KEY = {"idempotency-key": "a-key-of-sixteen-or-more"}
NOBODY = "prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RE"


def titles(client: Api, collections: str, collection: dict[str, Any]) -> str:
    """The titles of the collection's products, in order."""
    listed = client.get(f"{collections}/{collection['id']}/products").json
    assert listed["next_cursor"] is None
    return "".join(row["title"] for row in listed["data"])


def test_products_are_added_moved_arranged_and_removed(
    client: Api, collections: str, make_collection: Make, shelf: list[dict[str, Any]]
) -> None:
    a, b, c, d = (product["id"] for product in shelf)
    made = make_collection()
    url, seen = f"{collections}/{made['id']}", []

    added = client.post(f"{url}/products", {"product_ids": [a, b]})
    seen.append(titles(client, collections, made))
    client.post(f"{url}/products", {"product_ids": [c, a], "before": b})
    seen.append(titles(client, collections, made))
    moved = client.patch(f"{url}/products/{b}", {"place": 0})
    seen.append(titles(client, collections, made))
    client.post(f"{url}/products", {"product_ids": [d], "after": b})
    seen.append(titles(client, collections, made))
    arranged = client.put(f"{url}/order", {"product_ids": [a, d]})
    seen.append(titles(client, collections, made))
    removed = client.delete(f"{url}/products/{d}")
    seen.append(titles(client, collections, made))

    assert seen == ["AB", "ACB", "BAC", "BDAC", "ADBC", "ABC"]
    assert (added.status, added.headers["etag"], added.json["product_count"]) == (200, '"2"', 2)
    assert (moved.status, moved.json["version"]) == (200, 4)
    assert (arranged.status, arranged.headers["etag"]) == (200, '"6"')
    assert removed.status == 204
    assert client.get(url).json["product_count"] == 3
    assert client.delete(f"{url}/products/{d}").status == 404
    assert client.patch(f"{url}/products/{d}", {"place": 0}).status == 404


def test_a_products_row_says_whether_shoppers_see_it(
    client: Api, store: Store, collections: str, make_collection: Make, mug: dict[str, Any], make_listing: Make
) -> None:
    listing = make_listing(mug, title="Our mug", visible=False)
    made = make_collection(mug)

    assert client.get(f"{collections}/{made['id']}/products").json == {
        "data": [
            {
                "product_id": mug["id"],
                "listing_id": listing["id"],
                "place": 0,
                "title": "Our mug",
                "slug": "mug",
                "status": "active",
                "visible": False,
                "image_url": None,
            }
        ],
        "next_cursor": None,
    }


def test_products_are_listed_page_by_page(
    client: Api, collections: str, make_collection: Make, shelf: list[dict[str, Any]]
) -> None:
    a, b, *_ = (product["id"] for product in shelf)
    made = make_collection(*shelf)
    url = f"{collections}/{made['id']}"

    first = client.get(f"{url}/products", query={"limit": 2}).json
    client.delete(f"{url}/products/{b}")
    client.patch(f"{url}/products/{a}", {"place": 9})
    rest = client.get(f"{url}/products", query={"limit": 3, "cursor": first["next_cursor"]}).json

    assert [row["title"] for row in first["data"]] == ["A", "B"]
    assert [(row["title"], row["place"]) for row in rest["data"]] == [("D", 1), ("A", 2)]
    assert client.get(f"{url}/products", query={"cursor": "x"}).status == 422


def test_adding_twice_is_no_fault_and_a_keyed_repeat_is_answered_as_the_first(
    client: Api, collections: str, make_collection: Make, shelf: list[dict[str, Any]]
) -> None:
    made = make_collection()
    url, body = f"{collections}/{made['id']}/products", {"product_ids": [shelf[0]["id"]]}

    first = client.post(url, body, headers=KEY)
    twice = client.post(url, body)
    client.delete(f"{url}/{shelf[0]['id']}")
    again = client.post(url, body, headers=KEY)

    assert (twice.status, twice.json) == (200, first.json)
    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert titles(client, collections, made) == ""


def test_what_the_store_does_not_list_is_refused_by_name(
    client: Api, collections: str, make_collection: Make, make_product: Make, shelf: list[dict[str, Any]]
) -> None:
    unlisted = make_product(slug=None, variants=[{"sku": "X", "price": "1"}])["id"]
    made = make_collection()

    reply = client.post(f"{collections}/{made['id']}/products", {"product_ids": [shelf[0]["id"], unlisted, NOBODY]})

    assert reply.status == 422
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [
        ("product_ids.1", "product_not_listed"),
        ("product_ids.2", "product_not_listed"),
    ]
    assert unlisted in reply.json["errors"][0]["detail"]
    assert titles(client, collections, made) == ""


@pytest.mark.parametrize(
    ("method", "below", "body", "code"),
    [
        ("POST", "products", {"product_ids": []}, "too_short"),
        ("POST", "products", {"product_ids": [NOBODY] * 91}, "too_long"),
        ("POST", "products", {"product_ids": ["MUG"]}, "string_pattern_mismatch"),
        ("POST", "products", {"product_ids": ["{a}"], "before": NOBODY, "after": NOBODY}, "place_ambiguous"),
        ("POST", "products", {"product_ids": ["{b}"], "before": NOBODY}, "not_in_collection"),
        ("PATCH", "products/{a}", {}, "place_missing"),
        ("PATCH", "products/{a}", {"before": NOBODY, "place": 0}, "place_ambiguous"),
        ("PATCH", "products/{a}", {"after": NOBODY}, "not_in_collection"),
        ("PATCH", "products/{a}", {"place": -1}, "greater_than_equal"),
        ("PUT", "order", {"product_ids": ["{a}", NOBODY]}, "not_in_collection"),
        ("PUT", "order", {"product_ids": [NOBODY] * 1_001}, "too_long"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(
    client: Api,
    collections: str,
    make_collection: Make,
    shelf: list[dict[str, Any]],
    method: str,
    below: str,
    body: dict[str, Any],
    code: str,
) -> None:
    made = make_collection(shelf[0])
    known = {"{a}": shelf[0]["id"], "{b}": shelf[1]["id"]}
    if "product_ids" in body:
        body = {**body, "product_ids": [known.get(one, one) for one in body["product_ids"]]}

    reply = client(method, f"{collections}/{made['id']}/{below.replace('{a}', known['{a}'])}", body)

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, code)
    assert client.get(f"{collections}/{made['id']}").json == made


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("PATCH", "products/{a}", {"place": 0}),
        ("PUT", "order", {"product_ids": ["{a}"]}),
        ("DELETE", "products/{a}", None),
    ],
)
def test_who_names_an_older_version_changes_nothing(
    client: Api,
    collections: str,
    make_collection: Make,
    shelf: list[dict[str, Any]],
    method: str,
    below: str,
    body: dict[str, Any] | None,
) -> None:
    made = make_collection(*shelf)
    last = shelf[-1]["id"]
    if body and "product_ids" in body:
        body = {"product_ids": [last]}

    reply = client(
        method, f"{collections}/{made['id']}/{below.replace('{a}', last)}", body, headers={"if-match": '"1"'}
    )

    assert (reply.status, reply.code) == (412, "stale_version")
    assert titles(client, collections, made) == "ABCD"


def test_what_the_store_lists_no_longer_is_shown_no_longer(
    client: Api, store: Store, collections: str, make_collection: Make, shelf: list[dict[str, Any]]
) -> None:
    made = make_collection(*shelf)
    listing = client.get(f"/v1/stores/{store.id}/listings", query={"product_id": shelf[1]["id"]}).json["data"][0]

    client.delete(f"/v1/stores/{store.id}/listings/{listing['id']}")
    client.delete(f"/v1/products/{shelf[2]['id']}")

    assert titles(client, collections, made) == "AD"
