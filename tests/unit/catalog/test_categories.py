"""What keeps a store's categories a tree."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.catalog import Category, CategoryTree
from storekeeper.catalog.categories import model
from storekeeper.catalog.categories.model import (
    MAX_DEPTH,
    CategoryDetails,
    CategoryHasChildren,
    with_category,
    without_category,
)
from storekeeper.catalog.errors import SlugTaken
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.ids import CategoryId, StoreId
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMPTY = CategoryTree(0, {})


def a_category(name: str, parent: str | None = None, **fields: object) -> Category:
    parent_id = CategoryId(parent) if parent else None
    told = CategoryDetails(**{"name": name, "slug": name, "parent_id": parent_id, **fields})  # type: ignore[arg-type]
    return Category(CategoryId(name), StoreId("sto_1"), told, None, version=1, created_at=NOW, updated_at=NOW)


def tree_of(*categories: Category) -> CategoryTree:
    tree = EMPTY
    for category in categories:
        tree = with_category(tree, category)
    return tree


def names(categories: object) -> list[str]:
    return [category.id for category in categories]  # type: ignore[attr-defined]


def test_children_stand_by_position_then_name() -> None:
    tree = tree_of(a_category("b"), a_category("a"), a_category("z", position=-1))

    assert names(tree.children(None)) == ["z", "a", "b"]
    assert tree.version == 3


def test_a_path_leads_from_the_root() -> None:
    tree = tree_of(a_category("a"), a_category("b", "a"), a_category("c", "b"))

    assert names(tree.path(CategoryId("c"))) == ["a", "b", "c"]
    assert names(tree.below(CategoryId("a"))) == ["b", "c"]
    assert names(tree.path(CategoryId("gone"))) == []


def test_a_category_is_shown_if_all_above_it_are() -> None:
    tree = tree_of(a_category("a", visible=False), a_category("b", "a"), a_category("c"))

    assert [tree.is_shown(CategoryId(name)) for name in ("a", "b", "c", "gone")] == [False, False, True, False]


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("category_unknown", a_category("x", "gone")),
        ("category_cycle", a_category("l1", "l3")),
        ("category_cycle", a_category("l1", "l1")),
        ("category_too_deep", a_category("x", f"l{MAX_DEPTH}")),
    ],
)
def test_a_place_that_does_not_do_is_refused(code: str, category: Category) -> None:
    chain = [a_category(f"l{n}", f"l{n - 1}" if n > 1 else None) for n in range(1, MAX_DEPTH + 1)]

    with pytest.raises(Invalid) as refused:
        with_category(tree_of(*chain), category)

    assert refused.value.faults[0].code == code


def test_a_subtree_is_not_moved_where_it_would_be_too_deep() -> None:
    chain = [a_category(f"l{n}", f"l{n - 1}" if n > 1 else None) for n in range(1, MAX_DEPTH)]
    tree = tree_of(*chain, a_category("x"), a_category("y", "x"))

    with pytest.raises(Invalid) as refused:
        with_category(tree, a_category("x", f"l{MAX_DEPTH - 1}"))

    assert refused.value.faults[0].code == "category_too_deep"
    assert with_category(tree, a_category("x", f"l{MAX_DEPTH - 2}")).height(CategoryId("l1")) == MAX_DEPTH


def test_a_slug_is_one_categorys() -> None:
    tree = tree_of(a_category("a"))

    with pytest.raises(SlugTaken):
        with_category(tree, a_category("b", slug="a"))
    assert with_category(tree, replace(a_category("a"), version=2)).categories[CategoryId("a")].version == 2


def test_a_store_has_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MAX_CATEGORIES", 2)
    tree = tree_of(a_category("a"), a_category("b"))

    with pytest.raises(Invalid) as refused:
        with_category(tree, a_category("c"))

    assert refused.value.faults[0].code == "too_many_categories"
    assert with_category(tree, a_category("a", "b")).version == 3


def test_only_a_leaf_is_taken_away() -> None:
    tree = tree_of(a_category("a"), a_category("b", "a"))

    with pytest.raises(CategoryHasChildren):
        without_category(tree, CategoryId("a"))
    assert names(without_category(tree, CategoryId("b")).categories.values()) == ["a"]


moves = st.lists(st.tuples(st.integers(0, 7), st.none() | st.integers(0, 7)), max_size=40)


@given(moves=moves)
def test_whatever_is_moved_where_it_stays_a_tree(moves: list[tuple[int, int | None]]) -> None:
    tree = EMPTY
    for name, parent in moves:
        try:
            tree = with_category(tree, a_category(str(name), None if parent is None else str(parent)))
        except StorekeeperError:
            continue

    for category_id in tree.categories:
        path = tree.path(category_id)
        assert path[0].details.parent_id is None
        assert len(path) == len({one.id for one in path}) <= MAX_DEPTH
