"""What shoppers read of a store's collections."""

from typing import Any

import pytest

from local.testing import DataCloud
from storefront import environment
from storekeeper.catalog import Product, ProductStatus
from storekeeper.catalog.collections import picking, use_cases
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.order import Spot
from storekeeper.catalog.images import new_image
from storekeeper.catalog.pictures import OF_COLLECTIONS
from storekeeper.catalog.products.use_cases import change_product
from storekeeper.edge import backend as edge
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.counting import CountingWire
from tests.emulated import MakeStore
from tests.functions.conftest import Api
from tests.functions.storefront.conftest import Cards
from tests.table.catalog.shop import NOW, make_collection, never_stored


def slugs(client: Api, front: str, **query: Any) -> list[str]:
    """The products that are found."""
    reply = client.get(f"{front}/products", query=query)
    assert reply.status == 200, reply.text
    return [card["slug"] for card in reply.json["data"]]


def test_collections_are_listed_in_the_merchants_order(
    client: Api, front: str, table: Table, store: Store, gifts: Collection
) -> None:
    make_collection(store, "Sale", table=table, position=1)
    make_collection(store, "Hidden", table=table, visible=False)

    listed = client.get(f"{front}/collections").json

    assert listed["data"][0] == {
        "id": gifts.id,
        "title": "Gifts",
        "slug": "gifts",
        "description": "Small and welcome.",
        "image": None,
    }
    assert [row["slug"] for row in listed["data"]] == ["gifts", "sale"]
    first = client.get(f"{front}/collections", query={"limit": 1}).json
    rest = client.get(f"{front}/collections", query={"limit": 1, "cursor": first["next_cursor"]}).json
    assert [row["slug"] for row in [*first["data"], *rest["data"]]] == ["gifts", "sale"]
    assert rest["next_cursor"] is None


def test_a_collection_has_a_page(client: Api, front: str, table: Table, store: Store, gifts: Collection) -> None:
    image = new_image(table.tenant_id, gifts.id, content_type="image/png", alt="Ribbons", now=NOW)
    OF_COLLECTIONS.announce(gifts.id, image, shop=store, table=table, now=NOW)
    unready = client.get(f"{front}/collections/gifts").json
    OF_COLLECTIONS.confirm(gifts.id, is_stored=lambda _: True, shop=store, table=table, now=NOW)

    shown = client.get(f"{front}/collections/gifts").json

    assert unready["image"] is None
    assert shown["image"]["alt"] == "Ribbons"
    assert shown == {**unready, "image": shown["image"]}
    assert (shown["title"], shown["seo"]) == ("Gifts", {"title": None, "description": None, "keywords": []})
    assert client.get(f"{front}/collections/none").code == "not_found"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["teapot", "bowl", "mug"]),
        ({"sort": "price_asc"}, ["bowl", "mug", "teapot"]),
        ({"q": "bow"}, ["bowl"]),
        ({"q": "plate"}, []),
        ({"category": "kitchen"}, ["mug"]),
        ({"category": "none"}, []),
        ({"in_stock": "true"}, ["mug"]),
        ({"min_price": "10"}, ["teapot", "mug"]),
    ],
)
def test_a_collections_products_are_found(
    client: Api, front: str, gifts: Collection, query: dict[str, str], found: list[str]
) -> None:
    assert slugs(client, front, collection="gifts", **query) == found
    assert slugs(client, front, collection=gifts.id, **query) == found


@pytest.mark.usefixtures("gifts")
def test_pages_of_a_collection_neither_skip_nor_repeat(client: Api, front: str) -> None:
    seen, cursor = [], None
    while True:
        query = {"collection": "gifts", "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"{front}/products", query=query).json
        seen += [card["slug"] for card in page["data"]]
        if (cursor := page["next_cursor"]) is None:
            break

    assert seen == ["teapot", "bowl", "mug"]


def test_a_change_of_a_collection_holds_at_once(
    client: Api, front: str, table: Table, store: Store, mug: Product, gifts: Collection
) -> None:
    first = slugs(client, front, collection="gifts")
    picking.move_product(gifts.id, mug.id, spot=Spot(place=0), shop=store, table=table, now=NOW)
    moved = slugs(client, front, collection="gifts")
    use_cases.change_collection(
        gifts.id, lambda known: replace(known, slug="presents"), shop=store, table=table, now=NOW
    )
    renamed = slugs(client, front, collection="gifts"), slugs(client, front, collection="presents")
    make_collection(store, "Gifts", table=table)
    taken = slugs(client, front, collection="gifts")
    use_cases.delete_collection(gifts.id, delete_stored=never_stored, shop=store, table=table)

    assert first == ["teapot", "bowl", "mug"]
    assert moved == ["mug", "teapot", "bowl"]
    assert renamed == ([], ["mug", "teapot", "bowl"])
    assert taken == []
    assert slugs(client, front, collection="presents") == []
    assert client.get(f"{front}/collections/presents").status == 404


def test_what_is_not_shown_leaks_nowhere(
    client: Api, front: str, table: Table, store: Store, mug: Product, gifts: Collection, derive_cards: Cards
) -> None:
    change_product(mug.id, lambda known: replace(known, status=ProductStatus.ARCHIVED), table=table, now=NOW)
    derive_cards()
    archived = slugs(client, front, collection="gifts")
    use_cases.change_collection(gifts.id, lambda known: replace(known, visible=False), shop=store, table=table, now=NOW)

    assert archived == ["teapot", "bowl"]
    assert client.get(f"{front}/collections").json["data"] == []
    assert client.get(f"{front}/collections/gifts").status == 404
    assert slugs(client, front, collection="gifts") == []
    assert slugs(client, front, collection=gifts.id) == []


@pytest.mark.usefixtures("gifts")
def test_another_store_does_not_show_it(client: Api, make_store: MakeStore) -> None:
    beside = f"/v1/storefront/{make_store(name='Quay').domains[0]}"

    assert client.get(f"{beside}/collections").json["data"] == []
    assert client.get(f"{beside}/collections/gifts").status == 404
    assert slugs(client, beside, collection="gifts") == []


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("products?collection=gifts", ["batch_get_item", "batch_get_item"]),
        ("products?collection=gifts&sort=title", ["batch_get_item", "batch_get_item"]),
        ("products?collection=gifts&category=kitchen", ["batch_get_item", "batch_get_item"]),
        ("collections", ["batch_get_item"]),
        ("collections/gifts", ["batch_get_item"]),
    ],
)
@pytest.mark.usefixtures("gifts")
def test_a_page_that_was_asked_for_before_takes_few_reads(
    client: Api,
    front: str,
    cloud: DataCloud,
    wire: Any,
    table: Table,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    calls: list[str],
) -> None:
    counting = CountingWire(wire)
    counted = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)
    where, _, query = path.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&")) if query else None
    client.get(f"{front}/{where}", query=asked)
    monkeypatch.setattr(edge.Backend, "table", lambda *_, **__: counted)

    client.get(f"{front}/{where}", query=asked)

    assert [name for name in counting.calls if name != "update_item"] == calls


@pytest.mark.usefixtures("gifts")
def test_nothing_of_collections_is_read_where_none_is_asked_for(
    client: Api, front: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(environment, "_collections", never)

    assert client.get(f"{front}/products").status == 200
