"""Filters of stream mappings, as Lambda's documentation says that they work."""

import json
from typing import Any

import pytest

from local.filters import admits, patterns_of


def record(**new: Any) -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "A"}}, "NewImage": new}}


def wanting(**new: Any) -> dict[str, Any]:
    return {"dynamodb": {"NewImage": new}}


CART = record(type={"S": "cart"}, published={"BOOL": True}, units={"N": "1"})


@pytest.mark.parametrize(
    ("_case", "pattern", "admitted"),
    [
        ("one of several values", wanting(type={"S": ["order", "cart"]}), True),
        ("none of the values", wanting(type={"S": ["order"]}), False),
        ("a truth", wanting(published={"BOOL": [True]}), True),
        ("a truth is no number", wanting(published={"BOOL": [1]}), False),
        ("all members must fit", wanting(type={"S": ["cart"]}, published={"BOOL": [False]}), False),
        ("an attribute of another type", wanting(units={"S": ["1"]}), False),
        ("an image that is not there", {"dynamodb": {"OldImage": {"type": {"S": ["cart"]}}}}, False),
        ("a beginning", wanting(type={"S": [{"prefix": "ca"}]}), True),
        ("another beginning", wanting(type={"S": [{"prefix": "or"}]}), False),
        ("an end", wanting(type={"S": [{"suffix": "rt"}]}), True),
        ("anything but another", wanting(type={"S": [{"anything-but": ["order"]}]}), True),
        ("anything but this", wanting(type={"S": [{"anything-but": "cart"}]}), False),
        ("anything but, of what is not there", wanting(what={"S": [{"anything-but": ["x"]}]}), False),
        ("that it is there", wanting(type={"S": [{"exists": True}]}), True),
        ("that it is not there", wanting(ttl={"N": [{"exists": False}]}), True),
        ("that it is not there, but it is", wanting(type={"S": [{"exists": False}]}), False),
    ],
)
def test_a_pattern_admits(_case: str, pattern: dict[str, Any], *, admitted: bool) -> None:
    assert admits([pattern], CART) is admitted


def test_one_of_several_filters_is_enough_and_none_admits_everything() -> None:
    orders, carts = wanting(type={"S": ["order"]}), wanting(type={"S": ["cart"]})

    assert admits([orders, carts], CART)
    assert admits([], CART)


def test_patterns_are_read_as_the_lambda_api_has_them() -> None:
    pattern = wanting(type={"S": ["cart"]})

    assert patterns_of({"Filters": [{"Pattern": json.dumps(pattern)}]}) == (pattern,)
    assert patterns_of(None) == ()


def test_a_rule_that_is_not_known_is_a_fault_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="numeric"):
        admits([wanting(units={"N": [{"numeric": [">", 0]}]})], CART)
