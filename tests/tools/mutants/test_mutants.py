"""The tool on a shop of three guards: it passes what is proved and names what is not."""

from pathlib import Path

import pytest

from tests.tools.mutants.shop import ITEMS, TESTS, a_shop
from tools.mutants.__main__ import main
from tools.mutants.guards import find_guards, without_guard
from tools.mutants.markers import find_gaps, read_claims

pytestmark = pytest.mark.slow


def test_every_guard_of_the_shop_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = a_shop(tmp_path)

    outcome = main([], project=shop)

    assert capsys.readouterr().out.splitlines() == [
        "proved    shop.items.place [attribute_not_exists(pk)]",
        "            fails: tests/test_shop.py::test_a_thing_is_placed_once",
        "proved    shop.items.take [units >= :units]",
        "            fails: tests/test_shop.py::test_no_more_is_taken_than_there_is",
        "proved    shop.items.take [open = :yes]",
        "            fails: tests/test_shop.py::test_a_closed_shelf_gives_nothing",
        "3 of 3 guards are proved.",
    ]
    assert outcome == 0


@pytest.mark.parametrize(
    ("act", "objection"),
    [
        pytest.param('raise KeyError("lamp")', "test_a_thing_is_placed_once passes without it", id="it_passes_anyway"),
        pytest.param('place(store, {"id": "chair"})', "fails with every guard in place", id="it_fails_anyway"),
        pytest.param('place(store, {"id": "lamp"}); raise OSError("gone")', "broke instead of failing", id="it_breaks"),
    ],
)
def test_a_test_that_proves_nothing_is_named(
    act: str, objection: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = a_shop(tmp_path, tests=TESTS.replace('place(store, {"id": "lamp"})', act))

    outcome = main(["--only", "place"], project=shop)

    assert objection in capsys.readouterr().out
    assert outcome == 1


def test_a_guard_without_a_test_is_a_gap(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, tests=TESTS.replace('"shop.items.take", clause="open', '"shop.items.sell", clause="open'))
    guards, _ = find_guards(shop.source)

    gaps = find_gaps(guards, list(read_claims(shop.tests)))

    assert gaps == [
        "shop.items.take [open = :yes]: no test guards it (items.py:22)",
        "tests/test_shop.py:23: shop.items.sell [open = :yes] is no guard",
    ]


def test_a_marker_says_which_of_several_clauses(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, tests=TESTS.replace(', clause="open = :yes"', ""))
    guards, _ = find_guards(shop.source)

    gaps = find_gaps(guards, list(read_claims(shop.tests)))

    assert gaps == [
        "tests/test_shop.py:23: shop.items.take has several clauses, say which: open = :yes, units >= :units"
    ]


def test_a_write_without_a_condition_is_a_problem(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, items=ITEMS.replace("only_if=FRESH", 'only_if=""'))

    _, problems = find_guards(shop.source)

    assert problems == ["shop/items.py:19: a write without a condition: a lost answer would apply it twice"]


def test_both_branches_of_a_choice_are_guards(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, items=ITEMS.replace("only_if=FRESH", 'only_if="a = :a" if item else "b = :b"'))

    guards, _ = find_guards(shop.source)
    placing = [guard for guard in guards if guard.function == "shop.items.place"]

    assert [guard.clause for guard in placing] == ["a = :a", "b = :b"]
    assert "only_if='' if item else 'b = :b'" in without_guard(placing[0], shop.source)
    assert "only_if='a = :a' if item else ''" in without_guard(placing[1], shop.source)
