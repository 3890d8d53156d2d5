"""The order of a collection: whatever is done to it, nothing is lost, doubled, or moved that nobody named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.catalog.collections.order import (
    MAX_PRODUCTS,
    ProductOrder,
    Spot,
    moved,
    new_among,
    place_after,
    position_at,
    rearranged,
    with_products,
    without_product,
)
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.ids import ProductId

LETTERS = st.sampled_from("abcdefghij").map(ProductId)
ORDERS = st.lists(LETTERS, unique=True).map(tuple)


def order(text: str) -> ProductOrder:
    return tuple(map(ProductId, text))


def at(*, before: str | None = None, after: str | None = None, place: int | None = None) -> Spot:
    return Spot(ProductId(before) if before else None, ProductId(after) if after else None, place)


@pytest.mark.parametrize(
    ("_case", "added", "spot", "made"),
    [
        ("at the end", "xy", at(), "abcxy"),
        ("before the first", "xy", at(before="a"), "xyabc"),
        ("before another", "x", at(before="c"), "abxc"),
        ("after another", "xy", at(after="a"), "axybc"),
        ("after the last", "x", at(after="c"), "abcx"),
        ("what is there stays", "bx", at(before="a"), "xabc"),
        ("at the top", "xy", at(place=0), "xyabc"),
        ("at a place", "xy", at(place=2), "abxyc"),
        ("beyond the end", "x", at(place=9), "abcx"),
        ("twice is once", "xx", at(), "abcx"),
        ("nothing new", "ab", at(), "abc"),
    ],
)
def test_products_are_added(_case: str, added: str, spot: Spot, made: str) -> None:
    assert with_products(order("abc"), order(added), spot=spot) == order(made)


@pytest.mark.parametrize(
    ("_case", "spot", "made"),
    [
        ("before the first", at(before="a"), "baCd"),
        ("after the last", at(after="d"), "aCdb"),
        ("after the next", at(after="C"), "aCbd"),
        ("to where it is", at(after="a"), "abCd"),
        ("to a place", at(place=2), "aCbd"),
        ("to the top", at(place=0), "baCd"),
        ("beyond the end", at(place=4), "aCdb"),
    ],
)
def test_a_product_is_moved(_case: str, spot: Spot, made: str) -> None:
    assert moved(order("abCd"), ProductId("b"), spot=spot) == order(made)


@pytest.mark.parametrize(("spot", "field"), [(at(before="x"), "before"), (at(after="x"), "after")])
def test_a_spot_beside_what_is_not_there_is_refused(spot: Spot, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        with_products(order("abc"), order("d"), spot=spot)

    assert (refused.value.faults[0].field, refused.value.faults[0].code) == (field, "not_in_collection")


def test_a_product_is_not_moved_beside_itself() -> None:
    with pytest.raises(Invalid):
        moved(order("abc"), ProductId("b"), spot=at(before="b"))


def test_what_is_not_there_is_neither_moved_nor_removed() -> None:
    with pytest.raises(NotFound):
        moved(order("abc"), ProductId("x"), spot=at(before="a"))
    with pytest.raises(NotFound):
        without_product(order("abc"), ProductId("x"))


def test_a_collection_is_full_at_its_bound() -> None:
    nearly = tuple(ProductId(f"prd_{number}") for number in range(MAX_PRODUCTS - 1))
    full = with_products(nearly, order("a"))

    with pytest.raises(Invalid) as refused:
        with_products(nearly, order("ab"))

    assert refused.value.faults[0].code == "collection_full"
    assert refused.value.detail == "A collection holds at most 1,000 products; this one has room for 1 more."
    assert with_products(full, order("a")) == full


def test_an_order_of_what_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        rearranged(order("abc"), order("xby"))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("product_ids.0", "not_in_collection"),
        ("product_ids.2", "not_in_collection"),
    ]


@given(ORDERS, st.lists(LETTERS), st.data())
def test_adding_keeps_what_was_there_in_order_and_adds_each_once(
    before: ProductOrder, added: list[ProductId], data: st.DataObject
) -> None:
    spot = data.draw(st.sampled_from([at(), *(at(before=one) for one in before), *(at(after=one) for one in before)]))

    after = with_products(before, added, spot=spot)

    assert tuple(one for one in after if one in before) == before
    assert tuple(one for one in after if one not in before) == new_among(before, added)
    assert len(set(after)) == len(after)
    assert with_products(after, added, spot=spot) == after


@given(ORDERS.filter(lambda some: len(some) > 1), st.data())
def test_moving_leaves_the_others_as_they_stood(before: ProductOrder, data: st.DataObject) -> None:
    one, beside = data.draw(st.permutations(before))[:2]
    is_before = data.draw(st.booleans())

    after = moved(before, one, spot=at(before=beside) if is_before else at(after=beside))

    assert without_product(after, one) == without_product(before, one)
    assert after.index(beside) - after.index(one) == (1 if is_before else -1)


@given(ORDERS, st.data())
def test_rearranging_puts_the_named_first_and_keeps_all(before: ProductOrder, data: st.DataObject) -> None:
    named = data.draw(st.permutations(before))[: data.draw(st.integers(0, len(before)))]

    after = rearranged(before, named)

    assert after[: len(named)] == tuple(named)
    assert after[len(named) :] == tuple(one for one in before if one not in named)


@given(ORDERS.filter(len), ORDERS, st.data())
def test_a_page_goes_on_behind_what_was_shown_last(
    before: ProductOrder, now: ProductOrder, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(before) - 1))

    goes_on = place_after(now, position_at(before, place))

    shown = before[place]
    assert goes_on == (now.index(shown) + 1 if shown in now else min(place, len(now)))


@pytest.mark.parametrize("position", ["", "x", "-1#b", "²#b", "#", "1.5#q"])
def test_a_position_that_was_made_up_is_refused(position: str) -> None:
    with pytest.raises(Invalid) as refused:
        place_after(order("abc"), position.replace("b", "z"))

    assert refused.value.faults[0].code == "cursor_unreadable"
