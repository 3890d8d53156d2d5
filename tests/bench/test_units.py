"""DynamoDB's arithmetic, by examples. Whole sales are checked too: the tap compares its units with the emulator's."""

from typing import Any

import pytest

from bench.tap import Call, sequential
from bench.units import Image, IndexShape, index_units, query_units, read_units, size_of, write_units

GSI1 = IndexShape("gsi1", ("gsi1pk", "gsi1sk"), ("card",))


def text(**attributes: str) -> Image:
    return {name: {"S": value} for name, value in attributes.items()}


def an_item(**attributes: str) -> Image:
    return text(pk="T#1", sk="A", **attributes)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "-7"}, 3),
        ({"N": "1234"}, 3),
        ({"N": "12345"}, 4),
        ({"N": "1000000"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"ab": {"S": "c"}}}, 3 + 1 + 2 + 1),
    ],
)
def test_the_size_of_a_value(value: dict[str, Any], size: int) -> None:
    assert size_of({"n": value}) == 1 + size


@pytest.mark.parametrize(
    ("_case", "old", "new", "transaction", "units"),
    [
        ("a new small item", None, an_item(), False, 1),
        ("in a transaction", None, an_item(), True, 2),
        ("the larger of both counts", an_item(text="x" * 1500), an_item(), False, 2),
        ("one that goes", an_item(text="x" * 1500), None, True, 4),
        ("a check of what is not there", None, None, True, 2),
    ],
)
def test_the_units_of_a_write(_case: str, old: Image | None, new: Image | None, transaction: bool, units: int) -> None:
    assert write_units(old, new, transaction=transaction) == units


@pytest.mark.parametrize(
    ("_case", "old", "new", "units"),
    [
        ("not in the index", None, an_item(), 0),
        ("a new entry", None, an_item(gsi1pk="a", gsi1sk="b", card="c"), 1),
        ("an entry that stays", an_item(gsi1pk="a", gsi1sk="b"), an_item(gsi1pk="a", gsi1sk="b", other="c"), 0),
        ("another card", an_item(gsi1pk="a", gsi1sk="b", card="c"), an_item(gsi1pk="a", gsi1sk="b", card="d"), 1),
        ("another place", an_item(gsi1pk="a", gsi1sk="b"), an_item(gsi1pk="a", gsi1sk="c"), 2),
        ("no place any more", an_item(gsi1pk="a", gsi1sk="b"), an_item(), 1),
    ],
)
def test_the_units_of_an_index(_case: str, old: Image | None, new: Image | None, units: int) -> None:
    assert index_units(GSI1, old, new) == units


def test_reads_round_each_item_and_queries_round_their_sum() -> None:
    small = an_item(text="x" * 1000)

    assert read_units([small, small, None], consistent=True) == 3
    assert read_units([small, small, None], consistent=False) == 1.5
    assert query_units([small] * 5, consistent=True) == 2
    assert query_units([], consistent=False) == 0.5


def test_reads_side_by_side_are_one_in_sequence() -> None:
    calls = [Call("Query", 0.0, 1.0), Call("Query", 0.1, 1.2), Call("GetItem", 1.3, 2.0), Call("GetItem", 1.1, 2.5)]

    assert sequential(calls) == 2
    assert sequential([]) == 0
