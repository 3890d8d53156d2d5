"""Shoppers see a collection's products: in its order, filtered and sorted as any other list, page by page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.catalog import Product, ProductStatus
from storekeeper.catalog.collections.order import ProductOrder
from storekeeper.catalog.listings.model import listing_id
from storekeeper.catalog.listings.use_cases import change_listing, delete_listing
from storekeeper.catalog.products.use_cases import change_product
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import ProductId, StoreId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.search import CardSearch, Search, Sort, rebuild, terms_of
from storekeeper.search.finding import picked
from storekeeper.tenancy import Store
from tests.counting import CountingWire
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_product, usd

TITLES = ("Mug", "Teapot", "Bowl", "Plate", "Jug")
PRICES = ("12.50", "30.00", "8.00", "12.50", "45.00")


@pytest.fixture
def shelf(table: Table, store: Store) -> Sequence[Product]:
    """Five products; the mug and the bowl are in stock, the mug and the jug in a category."""
    kitchen = make_category(store, "Kitchen", table=table)
    made = []
    for place, (title, price) in enumerate(zip(TITLES, PRICES, strict=True)):
        sold = a_variant(f"SKU-{place}", price=usd(price))
        made.append(make_product(table, sold, title=title, now=NOW + timedelta(hours=place)))
        categories = (kitchen.id,) if title in {"Mug", "Jug"} else ()
        list_in(store, made[-1], table=table, category_ids=categories, sort_order=place)
    for place in (0, 2):
        restock(table, f"SKU-{place}", 1)
    rebuild(table, store.id, now=NOW)
    return made


@pytest.fixture
def order(shelf: Sequence[Product]) -> ProductOrder:
    """Jug, Bowl, Mug, Teapot: the plate is not picked."""
    return tuple(shelf[place].id for place in (4, 2, 0, 1))


def titles(table: Table, store_id: StoreId, wanted: Search, *, limit: int = 200) -> list[list[str]]:
    """Titles on each page of a search."""
    found: list[list[str]] = []
    after: str | None = None
    while True:
        page = CardSearch(table).find(wanted, store_id=store_id, after=after, limit=limit)
        found.append([card.title for card in page.entries])
        if (after := page.next_position) is None:
            return found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Jug", "Bowl", "Mug", "Teapot"]),
        ({"sort": Sort.NEWEST}, ["Jug", "Bowl", "Teapot", "Mug"]),
        ({"sort": Sort.PRICE_ASC}, ["Bowl", "Mug", "Teapot", "Jug"]),
        ({"sort": Sort.TITLE}, ["Bowl", "Jug", "Mug", "Teapot"]),
        ({"terms": terms_of("mug")}, ["Mug"]),
        ({"terms": terms_of("plate")}, []),
        ({"in_stock": True}, ["Bowl", "Mug"]),
        ({"min_minor": 1_000, "max_minor": 3_000}, ["Mug", "Teapot"]),
        ({"in_stock": True, "sort": Sort.PRICE_DESC}, ["Mug", "Bowl"]),
    ],
)
def test_what_was_picked_is_found_in_its_order(
    table: Table, store: Store, order: ProductOrder, filters: dict[str, Any], found: list[str]
) -> None:
    assert titles(table, store.id, Search(among=order, **filters)) == [found]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_neither_skip_nor_repeat(
    table: Table, store: Store, order: ProductOrder, sort: Sort, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picked, "SPARE", 1)
    (whole,) = titles(table, store.id, Search(among=order, sort=sort))

    pages = titles(table, store.id, Search(among=order, sort=sort), limit=limit)

    assert [title for page in pages for title in page] == whole
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert len(pages) == -(-len(whole) // limit)


def test_a_filter_that_takes_little_reads_on(
    table: Table, store: Store, order: ProductOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picked, "FILTERED_LOOK", 1)

    assert titles(table, store.id, Search(among=order, terms=terms_of("tea")), limit=1) == [["Teapot"]]
    assert titles(table, store.id, Search(among=order, in_stock=True), limit=1) == [["Bowl"], ["Mug"]]


def test_a_collection_is_searched_within_a_category(
    table: Table, store: Store, shelf: Sequence[Product], order: ProductOrder
) -> None:
    category_id = make_category(store, "Garden", table=table).id
    change_listing(
        listing_id(store.id, shelf[1].id),
        lambda known: replace(known, category_ids=(category_id,)),
        shop=store,
        table=table,
        now=NOW,
    )
    rebuild(table, store.id, now=NOW)

    assert titles(table, store.id, Search(among=order, category_id=category_id)) == [["Teapot"]]
    assert titles(table, store.id, Search(among=order[:3], category_id=category_id)) == [[]]


def test_what_shoppers_may_not_know_of_is_left_out(
    table: Table, store: Store, shelf: Sequence[Product], order: ProductOrder
) -> None:
    mug, teapot, bowl, *_ = shelf
    change_product(mug.id, lambda known: replace(known, status=ProductStatus.ARCHIVED), table=table, now=NOW)
    hidden = listing_id(store.id, teapot.id)
    change_listing(hidden, lambda known: replace(known, visible=False), shop=store, table=table, now=NOW)
    delete_listing(listing_id(store.id, bowl.id), shop=store, table=table)
    rebuild(table, store.id, now=NOW)

    for sort in Sort:
        assert titles(table, store.id, Search(among=(*order, ProductId("prd_none")), sort=sort)) == [["Jug"]]


def test_a_page_that_has_hidden_ones_is_filled_from_those_that_follow(
    table: Table, store: Store, shelf: Sequence[Product], order: ProductOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picked, "SPARE", 0)
    delete_listing(listing_id(store.id, shelf[2].id), shop=store, table=table)
    rebuild(table, store.id, now=NOW)

    assert titles(table, store.id, Search(among=order), limit=2) == [["Jug", "Mug"], ["Teapot"]]


def test_the_cards_of_another_store_or_tenant_are_not_found(
    table: Table, other_table: Table, store: Store, order: ProductOrder
) -> None:
    assert titles(table, StoreId("sto_other"), Search(among=order)) == [[]]
    assert titles(other_table, store.id, Search(among=order)) == [[]]


def test_a_page_is_one_round_of_reads(
    table: Table, store: Store, order: ProductOrder, cloud: DataCloud, wire: Any
) -> None:
    counting = CountingWire(wire)
    counted = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)

    CardSearch(counted).find(Search(among=order), store_id=store.id, after=None, limit=50)

    assert counting.calls == ["batch_get_item"]


@pytest.mark.parametrize("sort", [Sort.DEFAULT, Sort.TITLE])
def test_a_position_of_something_else_is_refused(table: Table, store: Store, order: ProductOrder, sort: Sort) -> None:
    with pytest.raises(Invalid) as refused:
        CardSearch(table).find(Search(among=order, sort=sort), store_id=store.id, after="x", limit=1)

    assert refused.value.faults[0].code == "cursor_unreadable"
