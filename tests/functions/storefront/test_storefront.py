"""What shoppers read of a store."""

from typing import Any

import pytest

from storekeeper.catalog import Product, ProductStatus
from storekeeper.catalog.products.use_cases import change_product
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store, StoreStatus
from storekeeper.tenancy.stores.use_cases import change_store
from tests.emulated import MakeStore
from tests.functions.conftest import Api
from tests.functions.storefront.conftest import Cards
from tests.table.carts.shop import restock
from tests.table.catalog.shop import EUR, NOW, a_variant, list_in, make_category, make_product, usd


def test_settings_are_what_a_page_needs(client: Api, make_store: MakeStore) -> None:
    shop = make_store(domains=("quay-settings.localhost",), currency="EUR", settings={"prices_include_tax": True})

    reply = client.get("/v1/storefront/QUAY-settings.localhost/settings")

    assert reply.status == 200
    assert reply.json == {
        "store_id": shop.id,
        "name": "Harbour",
        "description": None,
        "domain": "quay-settings.localhost",
        "currency": "EUR",
        "language": "en",
        "time_zone": "UTC",
        "prices_include_tax": True,
        "payment_methods": ["stripe", "manual"],
        "logo_url": None,
        "favicon_url": None,
        "colors": {},
        "contacts": {},
        "social_links": {},
    }


def test_a_page_shows_what_can_be_bought(client: Api, front: str, mug: Product) -> None:
    reply = client.get(f"{front}/products/mug")

    assert reply.status == 200
    shown = reply.json
    categories = shown.pop("categories")
    assert shown == {
        "id": mug.id,
        "slug": "mug",
        "title": "Mug",
        "short_description": None,
        "description": "Holds a third of a liter.",
        "currency": "USD",
        "price": "12.50",
        "compare_at_price": "15.00",
        "on_sale": True,
        "in_stock": True,
        "availability": "in_stock",
        "featured": False,
        "promoted": False,
        "digital": False,
        "tags": ["tea"],
        "options": ["Color"],
        "variants": [
            a_shown_variant(
                mug, 0, price="12.50", compare_at_price="15.00", available=5, in_stock=True, availability="in_stock"
            ),
            a_shown_variant(
                mug, 1, price="14.00", compare_at_price=None, available=0, in_stock=False, availability="out_of_stock"
            ),
        ],
        "images": [],
        "seo": {"title": None, "description": None, "keywords": []},
    }
    (mugs,) = categories
    assert (mugs["slug"], [above["slug"] for above in mugs["breadcrumbs"]]) == ("mugs", ["kitchen"])


def a_shown_variant(product: Product, place: int, **fields: Any) -> dict[str, Any]:
    """A variant without barcode and image, as its page shows it."""
    variant = product.variants[place]
    return {
        "id": variant.id,
        "sku": variant.sku,
        "title": variant.title,
        "options": dict(variant.options),
        "weight_g": 350,
        "barcode": None,
        "image": None,
        **fields,
    }


@pytest.mark.usefixtures("mug")
def test_what_only_the_merchant_knows_is_not_told(client: Api, front: str) -> None:
    told = client.get(f"{front}/products/mug").text + client.get(f"{front}/products").text

    assert not any(secret in told for secret in ("4.44", "cost", "supplier", "MUG-OLD"))


def test_a_page_sees_every_write_that_was_answered(client: Api, front: str, table: Table, mug: Product) -> None:
    client.get(f"{front}/products/mug")

    restock(table, "MUG-RED", 3)
    change_product(mug.id, lambda known: replace(known, title="Cup", slug="cup"), table=table, now=NOW)

    shown = client.get(f"{front}/products/cup").json
    assert (shown["title"], [variant["available"] for variant in shown["variants"]]) == ("Cup", [5, 3])
    assert client.get(f"{front}/products/mug").code == "not_found"


def test_a_listed_card_says_what_the_page_says(client: Api, front: str, mug: Product) -> None:
    assert client.get(f"{front}/products").json == {
        "data": [
            {
                "id": mug.id,
                "slug": "mug",
                "title": "Mug",
                "currency": "USD",
                "price": "12.50",
                "highest_price": "14.00",
                "compare_at_price": "15.00",
                "on_sale": True,
                "in_stock": True,
                "availability": "in_stock",
                "featured": False,
                "promoted": False,
                "tags": ["tea"],
                "image": None,
            }
        ],
        "next_cursor": None,
    }


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({}, True),
        ({"q": "MUG blu"}, True),
        ({"q": "mug-red"}, True),
        ({"q": "te"}, True),
        ({"q": "cup"}, False),
        ({"q": "old"}, False),
        ({"q": ""}, True),
        ({"category": "mugs"}, True),
        ({"category": "kitchen"}, True),
        ({"category": "none"}, False),
        ({"min_price": "14"}, True),
        ({"min_price": "14.01"}, False),
        ({"max_price": "12.50"}, True),
        ({"max_price": "12.49"}, False),
        ({"in_stock": "true"}, True),
        ({"in_stock": "false"}, False),
        ({"q": "mug", "category": "kitchen", "min_price": "10", "max_price": "20", "sort": "price_desc"}, True),
    ],
)
@pytest.mark.usefixtures("mug")
def test_products_are_found(client: Api, front: str, query: dict[str, str], is_found: bool) -> None:
    reply = client.get(f"{front}/products", query=query)

    assert reply.status == 200
    assert [card["slug"] for card in reply.json["data"]] == (["mug"] if is_found else [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "best"}, "sort"),
        ({"min_price": "cheap"}, "min_price"),
        ({"max_price": "1.005"}, "max_price"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "abc"}, "cursor"),
        ({"in_stock": "perhaps"}, "in_stock"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused(client: Api, front: str, query: dict[str, str], field: str) -> None:
    reply = client.get(f"{front}/products", query=query)

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("sort", ["default", "newest", "price_asc", "price_desc", "title"])
def test_pages_neither_skip_nor_repeat(
    client: Api, front: str, table: Table, store: Store, derive_cards: Cards, sort: str
) -> None:
    for number in range(5):
        product = make_product(table, a_variant(f"S{number}", price=usd(f"{number % 3}.00")), title=f"Mug {number}")
        list_in(store, product, table=table, sort_order=number % 2)
    derive_cards()

    seen, cursor = [], None
    while True:
        query = {"limit": 2, "sort": sort, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"{front}/products", query=query).json
        seen += [card["title"] for card in page["data"]]
        if (cursor := page["next_cursor"]) is None:
            break

    assert sorted(seen) == [f"Mug {number}" for number in range(5)]


def test_what_is_not_shown_leaks_nowhere(
    client: Api, front: str, table: Table, store: Store, derive_cards: Cards
) -> None:
    hidden = make_category(store, "Hidden", table=table, visible=False)
    below = make_category(store, "Below", table=table, parent_id=hidden.id)
    shown = make_product(table, a_variant("SHOWN"), slug="shown")
    list_in(store, shown, table=table, category_ids=(below.id,))
    for slug, status, visible in (
        ("draft", ProductStatus.DRAFT, True),
        ("archived", ProductStatus.ARCHIVED, True),
        ("invisible", ProductStatus.ACTIVE, False),
    ):
        product = make_product(table, a_variant(slug.upper()), slug=slug, status=status)
        list_in(store, product, table=table, visible=visible)
    make_product(table, a_variant("UNLISTED"), slug="unlisted")
    derive_cards()

    assert [card["slug"] for card in client.get(f"{front}/products").json["data"]] == ["shown"]
    for slug in ("draft", "archived", "invisible", "unlisted"):
        assert client.get(f"{front}/products/{slug}").status == 404
        assert client.get(f"{front}/products", query={"q": slug}).json["data"] == []
    assert client.get(f"{front}/categories").json["data"] == []
    assert [client.get(f"{front}/categories/{slug}").status for slug in ("hidden", "below")] == [404, 404]
    assert client.get(f"{front}/products", query={"category": "below"}).json["data"] == []
    assert client.get(f"{front}/products/shown").json["categories"] == []


@pytest.mark.usefixtures("mug")
def test_categories_are_a_tree_with_pages(client: Api, front: str, table: Table, store: Store) -> None:
    make_category(store, "Garden", table=table)

    tree = client.get(f"{front}/categories").json
    page = client.get(f"{front}/categories/mugs").json
    top = client.get(f"{front}/categories/kitchen").json

    assert tree["next_cursor"] is None
    assert [(node["slug"], [child["slug"] for child in node["children"]]) for node in tree["data"]] == [
        ("garden", []),
        ("kitchen", ["mugs"]),
    ]
    assert ([above["slug"] for above in page["breadcrumbs"]], page["children"]) == (["kitchen"], [])
    assert (top["description"], [child["slug"] for child in top["children"]]) == ("Pots.", ["mugs"])


@pytest.mark.parametrize("path", ["settings", "products", "products/mug", "categories", "categories/kitchen"])
@pytest.mark.usefixtures("mug")
def test_a_store_is_reached_by_its_own_domains_while_it_is_open(
    client: Api, front: str, store: Store, table: Table, make_store: MakeStore, path: str
) -> None:
    other = make_store(name="Quay").domains[0]

    assert client.get(f"{front}/{path}").status == 200
    assert client.get(f"/v1/storefront/nowhere.localhost/{path}").status == 404
    if "/" in path:
        assert client.get(f"/v1/storefront/{other}/{path}").status == 404
    change_store(store.id, changes={"status": StoreStatus.INACTIVE}, settings={}, table=table, now=NOW)
    closed = client.get(f"{front}/{path}")
    assert (closed.status, closed.code) == (404, "store_unavailable")


def test_every_store_shows_its_own_price(
    client: Api, table: Table, store: Store, make_store: MakeStore, mug: Product
) -> None:
    euro = make_store(name="Hafen", currency="EUR")
    list_in(euro, mug, table=table, price=replace(usd("11.00"), currency=EUR), title="Becher")

    prices = [
        (shown["title"], shown["currency"], shown["price"])
        for shop in (store, euro)
        for shown in [client.get(f"/v1/storefront/{shop.domains[0]}/products/mug").json]
    ]

    assert prices == [("Mug", "USD", "12.50"), ("Becher", "EUR", "11.00")]
