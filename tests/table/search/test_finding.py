"""Shoppers find products: by words, category, price and stock, in any order, page by page."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from storekeeper.catalog import Product
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.table import Table
from storekeeper.search import Card, CardSearch, Search, Sort, TooManyProducts, rebuild, terms_of
from storekeeper.search.finding import cards as finding
from storekeeper.tenancy import Store
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_product, usd

TITLES = ("Mug", "Teapot", "Café au lait bowl", "Plate", "Mug rack")
PRICES = ("12.50", "30.00", "8.00", "12.50", "45.00")


@pytest.fixture
def shelf(table: Table, store: Store) -> Sequence[Product]:
    """Five products in a store, the later ones first in the merchant's order; the first and third have stock."""
    made = []
    for place, (title, price) in enumerate(zip(TITLES, PRICES, strict=True)):
        product = make_product(
            table,
            a_variant(f"SKU-{place}", price=usd(price)),
            title=title,
            tags=("kitchen", "tea") if place < 2 else ("kitchen",),
            now=NOW + timedelta(hours=place),
        )
        list_in(store, product, table=table, sort_order=10 - place)
        made.append(product)
    for place in (0, 2):
        restock(table, f"SKU-{place}", 1)
    rebuild(table, store.id, now=NOW)
    return made


def pages(table: Table, store: Store, wanted: Search, *, limit: int) -> list[list[Card]]:
    """All pages of a search."""
    found, after = [], None
    while True:
        page = CardSearch(table).find(wanted, store_id=store.id, after=after, limit=limit)
        found.append(list(page.entries))
        if (after := page.next_position) is None:
            return found


def titles(table: Table, store: Store, wanted: Search, *, limit: int = 200) -> list[str]:
    """Titles on all pages of a search."""
    return [card.title for page in pages(table, store, wanted, limit=limit) for card in page]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mug", ["Mug rack", "Mug"]),
        ("MUG RA", ["Mug rack"]),
        ("cafe", ["Café au lait bowl"]),
        ("CAFÉ b", ["Café au lait bowl"]),
        ("tea", ["Teapot", "Mug"]),
        ("sku-3", ["Plate"]),
        ("mug, rack!", ["Mug rack"]),
        ("ug", []),
        ("mug teapot", []),
        ("!", []),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_words_and_their_beginnings_are_found(table: Table, store: Store, query: str, found: list[str]) -> None:
    assert titles(table, store, Search(terms=terms_of(query))) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.DEFAULT, ["Mug rack", "Plate", "Café au lait bowl", "Teapot", "Mug"]),
        (Sort.NEWEST, ["Mug rack", "Plate", "Café au lait bowl", "Teapot", "Mug"]),
        (Sort.PRICE_ASC, ["Café au lait bowl", "Mug", "Plate", "Teapot", "Mug rack"]),
        (Sort.PRICE_DESC, ["Mug rack", "Teapot", "Mug", "Plate", "Café au lait bowl"]),
        (Sort.TITLE, ["Café au lait bowl", "Mug", "Mug rack", "Plate", "Teapot"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 5, 200])
@pytest.mark.usefixtures("shelf")
def test_every_order_has_pages_that_neither_skip_nor_repeat(
    table: Table, store: Store, sort: Sort, order: list[str], limit: int
) -> None:
    found = pages(table, store, Search(sort=sort), limit=limit)

    assert [card.title for page in found for card in page] == order
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)


@pytest.mark.parametrize(
    ("_case", "wanted", "found"),
    [
        ("at least", Search(min_minor=1250, sort=Sort.TITLE), ["Mug", "Mug rack", "Plate", "Teapot"]),
        ("at most", Search(max_minor=1250, sort=Sort.TITLE), ["Café au lait bowl", "Mug", "Plate"]),
        ("exactly", Search(min_minor=1250, max_minor=1250, sort=Sort.TITLE), ["Mug", "Plate"]),
        ("nothing between", Search(min_minor=1300, max_minor=1200), []),
        ("in stock", Search(in_stock=True, sort=Sort.TITLE), ["Café au lait bowl", "Mug"]),
        ("out of stock", Search(in_stock=False, sort=Sort.TITLE), ["Mug rack", "Plate", "Teapot"]),
        ("all at once", Search(terms=("mug",), in_stock=True, max_minor=1250), ["Mug"]),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_filters_are_applied_together(table: Table, store: Store, _case: str, wanted: Search, found: list[str]) -> None:
    assert titles(table, store, wanted) == found
    assert titles(table, store, wanted, limit=1) == found


def test_a_price_filter_takes_a_product_if_one_of_its_variants_costs_that(table: Table, store: Store) -> None:
    variants = [a_variant("CHEAP", price=usd("5.00")), a_variant("DEAR", price=usd("50.00"))]
    list_in(store, make_product(table, *variants), table=table)
    rebuild(table, store.id, now=NOW)

    assert titles(table, store, Search(min_minor=4000)) == ["Mug"]
    assert titles(table, store, Search(min_minor=1000, max_minor=2000)) == []


def test_a_category_is_searched_with_those_below_it(table: Table, store: Store) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    mugs = make_category(store, "Mugs", table=table, parent_id=kitchen.id)
    for place, category in enumerate((kitchen, mugs)):
        product = make_product(
            table, a_variant(f"S-{place}"), title=category.details.name, now=NOW + timedelta(hours=place)
        )
        list_in(store, product, table=table, category_ids=(category.id,))
    rebuild(table, store.id, now=NOW)

    assert titles(table, store, Search(category_id=kitchen.id)) == ["Kitchen", "Mugs"]
    assert titles(table, store, Search(category_id=kitchen.id, sort=Sort.TITLE, terms=("mu",))) == ["Mugs"]
    assert titles(table, store, Search(category_id=mugs.id), limit=1) == ["Mugs"]


@pytest.mark.parametrize("position", ["", "x", "[]", "[1]", "{}", "[null, null]", '["a", "b"]', "[1.5, 2]"])
@pytest.mark.usefixtures("shelf")
def test_a_position_of_another_search_is_refused(table: Table, store: Store, position: str) -> None:
    with pytest.raises(Invalid) as refused:
        CardSearch(table).find(Search(sort=Sort.PRICE_ASC), store_id=store.id, after=position, limit=1)

    assert refused.value.faults[0].code == "cursor_unreadable"


@pytest.mark.usefixtures("shelf")
def test_more_cards_than_can_be_sorted_are_refused_and_still_listed(
    table: Table, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MAX_CARDS", 4)

    with pytest.raises(TooManyProducts):
        CardSearch(table).find(Search(sort=Sort.TITLE), store_id=store.id, after=None, limit=1)
    assert titles(table, store, Search(in_stock=True), limit=1) == ["Café au lait bowl", "Mug"]
