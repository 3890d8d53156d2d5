"""What keeps a store's collections apart."""

from datetime import UTC, datetime

import pytest

from storekeeper.catalog.collections.finding import CollectionFilter
from storekeeper.catalog.collections.model import (
    MAX_COLLECTIONS,
    Collection,
    CollectionDetails,
    Collections,
    revised,
    with_collection,
    without_collection,
)
from storekeeper.catalog.errors import SlugTaken
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import CollectionId, StoreId
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NONE = Collections(0, {})


def a_collection(name: str, **fields: object) -> Collection:
    told = CollectionDetails(**{"title": name, "slug": name, **fields})  # type: ignore[arg-type]
    return Collection(CollectionId(f"col_{name}"), StoreId("sto_1"), told, None, 0, 1, NOW, NOW)


def all_of(*collections: Collection) -> Collections:
    known = NONE
    for collection in collections:
        known = with_collection(known, collection)
    return known


def test_shoppers_see_the_visible_ones_by_position_the_oldest_first() -> None:
    known = all_of(
        a_collection("b", position=1),
        a_collection("a", position=1),
        a_collection("z"),
        a_collection("hidden", visible=False),
    )

    assert [one.details.slug for one in known.shown] == ["z", "a", "b"]
    assert known.version == 4


def test_a_collection_is_named_by_its_slug_or_its_id() -> None:
    known = all_of(a_collection("gifts"))

    assert known.named("gifts") == known.named("col_gifts") == known.by_slug("gifts")
    assert (known.named("none"), known.by_slug("col_gifts")) == (None, None)


def test_a_slug_is_one_collections() -> None:
    known = all_of(a_collection("gifts"), a_collection("sale"))
    renamed = a_collection("sale", slug="gifts")

    with pytest.raises(SlugTaken):
        with_collection(known, renamed)

    assert with_collection(without_collection(known, CollectionId("col_gifts")), renamed).version == 4


def test_a_store_has_a_bounded_number_of_collections() -> None:
    full = all_of(*(a_collection(f"c{number}") for number in range(MAX_COLLECTIONS)))

    with pytest.raises(Invalid) as refused:
        with_collection(full, a_collection("more"))

    assert refused.value.faults[0].code == "too_many_collections"
    assert with_collection(full, a_collection("c0", title="Changed")).version == MAX_COLLECTIONS + 1


def test_each_change_is_a_version() -> None:
    later = NOW.replace(hour=13)

    changed = revised(a_collection("gifts"), now=later, product_count=2)

    assert changed == replace(a_collection("gifts"), product_count=2, version=2, updated_at=later)


@pytest.mark.parametrize(
    ("wanted", "is_taken"),
    [
        (CollectionFilter(), True),
        (CollectionFilter(q="CREME thirty"), True),
        (CollectionFilter(q="under-30"), True),
        (CollectionFilter(q="crème nothing"), False),
        (CollectionFilter(slug="under-30"), True),
        (CollectionFilter(slug="crème"), False),
        (CollectionFilter(visible=True), True),
        (CollectionFilter(visible=False), False),
    ],
)
def test_collections_are_filtered(wanted: CollectionFilter, is_taken: bool) -> None:
    assert wanted.takes(a_collection("x", title="Crème under thirty", slug="under-30")) == is_taken
