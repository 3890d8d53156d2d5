"""Conditions are taken apart where their ANDs are, and put together without one clause."""

import ast

import pytest

from tools.mutants.conditions import UnclearCondition, read_condition, split_clauses

KNOWN = {"ABSENT": "attribute_not_exists(pk)"}


def resolve(node: ast.expr) -> str | None:
    return KNOWN.get(ast.unparse(node))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        pytest.param("a = :a", ("a = :a",), id="one_clause"),
        pytest.param("a = :a AND b = :b AND c = :c", ("a = :a", "b = :b", "c = :c"), id="three_clauses"),
        pytest.param("(a = :a AND b = :b) AND c = :c", ("(a = :a AND b = :b)", "c = :c"), id="an_and_in_parentheses"),
        pytest.param("a BETWEEN :a AND :b AND c = :c", ("a BETWEEN :a AND :b", "c = :c"), id="the_and_of_between"),
        pytest.param("a = :a OR b = :b", ("a = :a OR b = :b",), id="an_or_is_one_clause"),
        pytest.param("brand = :a", ("brand = :a",), id="and_within_a_word"),
        pytest.param("", (), id="no_condition"),
    ],
)
def test_a_condition_is_split_at_its_outermost_ands(text: str, clauses: tuple[str, ...]) -> None:
    assert split_clauses(text) == clauses


def test_and_beside_or_needs_parentheses() -> None:
    with pytest.raises(UnclearCondition, match="without parentheses"):
        split_clauses("a = :a AND b = :b OR c = :c")


@pytest.mark.parametrize(
    ("written", "clauses"),
    [
        pytest.param("'a = :a'", ("a = :a",), id="a_literal"),
        pytest.param("ABSENT", ("attribute_not_exists(pk)",), id="a_constant"),
        pytest.param("f'{ABSENT} AND v = :v'", ("attribute_not_exists(pk)", "v = :v"), id="a_constant_in_an_fstring"),
        pytest.param("ABSENT + ' AND v = :v'", ("attribute_not_exists(pk)", "v = :v"), id="a_sum"),
        pytest.param("f'{name} = :a AND v = :v'", ("{name} = :a", "v = :v"), id="a_name_known_only_at_run_time"),
    ],
)
def test_the_clauses_of_an_expression(written: str, clauses: tuple[str, ...]) -> None:
    assert read_condition(_expression(written), resolve).clauses == clauses


@pytest.mark.parametrize(
    ("written", "removed", "left"),
    [
        pytest.param("'a = :a AND b = :b'", 0, "b = :b", id="the_first"),
        pytest.param("'a = :a AND b = :b'", 1, "a = :a", id="the_last"),
        pytest.param("'a = :a'", 0, "", id="the_only_one"),
        pytest.param("f'{name} = :a AND v = :v'", 1, "size = :a", id="beside_a_name"),
        pytest.param("f'{name} = :a AND v = :v'", 0, "v = :v", id="with_its_name"),
    ],
)
def test_a_condition_without_one_clause(written: str, removed: int, left: str) -> None:
    condition = read_condition(_expression(written), resolve)

    remaining = ast.fix_missing_locations(ast.Expression(condition.without(removed)))

    assert eval(compile(remaining, "condition", "eval"), {"name": "size"}) == left


def test_a_condition_made_elsewhere_is_unclear() -> None:
    with pytest.raises(UnclearCondition, match="write it where the write is"):
        read_condition(_expression("make_condition()"), resolve)


def _expression(written: str) -> ast.expr:
    return ast.parse(written, mode="eval").body
