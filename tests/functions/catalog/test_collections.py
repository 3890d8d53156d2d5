"""Collections of a store over HTTP."""

from typing import Any

import httpx
import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.catalog.conftest import Make
from tests.functions.conftest import Api, MakeSecret

KEY = {"idempotency-key": "a-key-of-sixteen-or-more"}


def test_a_collection_is_answered_as_it_was_described(client: Api, collections: str) -> None:
    given = {
        "title": "Gifts under 30",
        "slug": "gifts",
        "description": "Small and welcome.",
        "position": 2,
        "visible": False,
        "seo": {"title": "Gifts", "description": None, "keywords": ["gift"]},
    }

    reply = client.post(collections, given)

    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    stamps = {name: reply.json[name] for name in ("id", "created_at", "updated_at")}
    assert reply.json == {**given, **stamps, "image": None, "product_count": 0, "version": 1}
    assert client.get(f"{collections}/{reply.json['id']}").json == reply.json


def test_a_collection_is_made_once_and_repeated_safely(client: Api, collections: str) -> None:
    first, again = (client.post(collections, {"title": "Gifts"}, headers=KEY) for _ in range(2))
    taken = client.post(collections, {"title": "Other", "slug": "gifts"})

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert (taken.status, taken.code) == (409, "slug_taken")
    assert client.post(collections, {"title": "Gifts"}).json["slug"] == "gifts-2"


def test_a_patch_changes_what_it_names(client: Api, collections: str, make_collection: Make) -> None:
    made = make_collection(description="Small.", seo={"title": "A", "description": "B"})
    url = f"{collections}/{made['id']}"

    changed = client.patch(url, {"title": "Presents", "description": None, "seo": {"title": None}}).json

    assert changed == {
        **made,
        "title": "Presents",
        "description": None,
        "seo": {"title": None, "description": "B", "keywords": []},
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert client.patch(url, {"title": "X"}, headers={"if-match": '"1"'}).status == 412
    assert client.delete(url, headers={"if-match": '"1"'}).status == 412
    assert client.delete(url, headers={"if-match": '"2"'}).status == 204
    assert client.get(url).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "X", "slug": "Not a slug"}, "slug"),
        ({"title": "X", "position": -1}, "position"),
        ({"title": "X", "visible": "yes"}, "visible"),
        ({"title": "X", "product_ids": []}, "product_ids"),
    ],
)
def test_a_collection_that_cannot_be_meant_is_refused(
    client: Api, collections: str, body: dict[str, Any], field: str
) -> None:
    reply = client.post(collections, body)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    assert client.get(collections).json["data"] == []


def test_collections_are_listed_filtered_and_sorted(
    client: Api, collections: str, make_collection: Make, shelf: list[dict[str, Any]]
) -> None:
    make_collection(shelf[0], title="Winter sale", position=2)
    make_collection(shelf[1], title="Gifts", position=1, visible=False)
    make_collection(shelf[0], title="Autumn sale", position=3)

    def found(**query: Any) -> list[str]:
        return [row["title"] for row in client.get(collections, query=query).json["data"]]

    assert found() == ["Gifts", "Winter sale", "Autumn sale"]
    assert found(sort="title") == ["Autumn sale", "Gifts", "Winter sale"]
    assert found(visible="false") == ["Gifts"]
    assert found(q="SALE wint") == ["Winter sale"]
    assert found(slug="autumn-sale") == ["Autumn sale"]
    assert found(product_id=shelf[0]["id"]) == ["Winter sale", "Autumn sale"]
    assert found(product_id=shelf[0]["id"], q="winter") == ["Winter sale"]
    assert found(product_id=shelf[3]["id"]) == []
    assert client.get(collections, query={"sort": "best"}).status == 422
    first = client.get(collections, query={"limit": 2, "sort": "newest"}).json
    rest = client.get(collections, query={"limit": 2, "sort": "newest", "cursor": first["next_cursor"]}).json
    assert sorted(row["title"] for row in [*first["data"], *rest["data"]]) == ["Autumn sale", "Gifts", "Winter sale"]
    assert rest["next_cursor"] is None


def test_what_is_another_stores_or_tenants_is_not_found(
    client: Api,
    store: Store,
    make_store: MakeStore,
    other_table: Table,
    make_secret: MakeSecret,
    collections: str,
    make_collection: Make,
    shelf: list[dict[str, Any]],
) -> None:
    made, one = make_collection(shelf[0]), shelf[0]["id"]
    beside, foreign = make_store(name="Quay").id, make_secret(table=other_table)
    for store_id, key in ((beside, ""), (store.id, foreign), ("sto_1", ""), ("x", "")):
        url = f"/v1/stores/{store_id}/collections/{made['id']}"
        replies = [
            client.get(url, key=key),
            client.patch(url, {}, key=key),
            client.delete(url, key=key),
            client.get(f"{url}/products", key=key),
            client.post(f"{url}/products", {"product_ids": [one]}, key=key),
            client.patch(f"{url}/products/{one}", {"place": 0}, key=key),
            client.delete(f"{url}/products/{one}", key=key),
            client.put(f"{url}/order", {"product_ids": [one]}, key=key),
            client.post(f"{url}/image", {"content_type": "image/png"}, key=key),
            client.post(f"{url}/image/confirm", key=key),
            client.delete(f"{url}/image", key=key),
        ]

        assert [reply.status for reply in replies] == [404] * len(replies)

    assert client.get(f"/v1/stores/{beside}/collections").json["data"] == []
    assert client.get(f"{collections}/{made['id']}").json == made
    assert client.get(f"{collections}/col_x").status == 404


def test_each_store_has_its_own(client: Api, collections: str, make_store: MakeStore, make_collection: Make) -> None:
    beside = f"/v1/stores/{make_store(name='Quay').id}/collections"
    make_collection()

    there = client.post(beside, {"title": "Gifts"}).json

    assert there["slug"] == "gifts"
    assert [row["id"] for row in client.get(beside).json["data"]] == [there["id"]]


def test_a_collection_has_an_image(client: Api, collections: str, make_collection: Make) -> None:
    made = make_collection()
    url = f"{collections}/{made['id']}"
    form = client.post(f"{url}/image", {"content_type": "image/webp", "alt": "Ribbons"}).json["upload"]
    early = client.post(f"{url}/image/confirm")

    httpx.post(form["url"], data=form["fields"], files={"file": ("gifts.webp", b"webp", "image/webp")})
    confirmed = client.post(f"{url}/image/confirm")

    assert (early.status, early.code) == (409, "not_uploaded")
    assert (confirmed.json["image"]["status"], confirmed.json["version"]) == ("ready", 3)
    assert httpx.get(confirmed.json["image"]["url"]).content == b"webp"
    assert client.delete(f"{url}/image").status == 204
    assert client.get(url).json["image"] is None
    assert client.post(f"{url}/image/confirm").status == 404


def test_a_deleted_collection_takes_its_image_along(client: Api, collections: str, make_collection: Make) -> None:
    made = make_collection()
    url = f"{collections}/{made['id']}"
    form = client.post(f"{url}/image", {"content_type": "image/webp"}).json["upload"]
    httpx.post(form["url"], data=form["fields"], files={"file": ("gifts.webp", b"webp", "image/webp")})
    shown = client.post(f"{url}/image/confirm").json["image"]["url"]

    client.delete(url)

    assert httpx.get(shown).status_code == 404
