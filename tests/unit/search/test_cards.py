"""What a card says, and in which lists it stands."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.catalog import Category, CategoryTree
from storekeeper.catalog.categories.model import CategoryDetails
from storekeeper.kernel.ids import CategoryId, ProductId, StoreId
from storekeeper.kernel.records import replace
from storekeeper.search import Card, Search, Sort
from storekeeper.search.cards.items import order_of
from storekeeper.search.cards.model import places_of
from storekeeper.search.finding.model import place_in

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MUG = Card(
    product_id=ProductId("prd_1"),
    slug="mug",
    title="Müg \ud83c\udf75".encode("utf-16", "surrogatepass").decode("utf-16"),
    currency="JPY",
    prices_minor=(1250, 1400),
    compare_at_minor=None,
    image_key=None,
    image_alt="",
    in_stock=True,
    featured=False,
    promoted=False,
    sort_order=7,
    tags=("tea",),
    words=("mug", "tea"),
    published_at="2026-11-20T12:00:00.000Z",
)


def test_a_card_is_read_as_it_was_kept() -> None:
    assert Card.from_text(MUG.to_text()) == MUG
    assert (str(MUG.price), str(MUG.highest_price), MUG.compare_at) == ("1250", "1400", None)
    assert str(replace(MUG, compare_at_minor=1500).compare_at) == "1500"


@given(one=st.integers(0, 10**9), other=st.integers(0, 10**9))
def test_cards_stand_by_sort_order_as_text_too(one: int, other: int) -> None:
    first, second = (order_of(replace(MUG, sort_order=order)) for order in (one, other))

    assert (first < second) == (one < other)


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        (Sort.DEFAULT, 7),
        (Sort.NEWEST, -1795176000000),
        (Sort.PRICE_ASC, 1250),
        (Sort.PRICE_DESC, -1250),
    ],
)
def test_a_place_in_an_order(sort: Sort, value: int) -> None:
    assert place_in(sort, MUG) == (value, "prd_1")


@pytest.mark.parametrize(
    ("wanted", "is_taken"),
    [
        (Search(), True),
        (Search(min_minor=1400), True),
        (Search(min_minor=1300, max_minor=1350), False),
        (Search(max_minor=1249), False),
        (Search(max_minor=0), False),
        (Search(in_stock=False), False),
        (Search(terms=("te",), in_stock=True), True),
        (Search(terms=("x",)), False),
    ],
)
def test_filters(wanted: Search, is_taken: bool) -> None:
    assert wanted.takes(MUG) is is_taken


def test_a_card_stands_in_its_categories_and_all_above() -> None:
    def category(name: str, parent: str | None) -> Category:
        told = CategoryDetails(name=name, slug=name, parent_id=CategoryId(parent) if parent else None)
        return Category(CategoryId(name), StoreId("s"), told, None, version=1, created_at=NOW, updated_at=NOW)

    made = [category("a", None), category("b", "a"), category("c", "b"), category("d", None)]
    tree = CategoryTree(4, {one.id: one for one in made})

    assert places_of((CategoryId("c"),), tree) == {"a", "b", "c"}
    assert places_of((CategoryId("b"), CategoryId("d"), CategoryId("gone")), tree) == {"a", "b", "d"}
