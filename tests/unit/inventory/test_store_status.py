"""What is sold out, and the score of a store's stock: whatever the counts, the explanation adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import Availability, StockState, Tally, availability_of, is_hidden
from storekeeper.inventory.status.model import Loss, health_of
from storekeeper.tenancy import AtZero

COUNTS = st.integers(min_value=0, max_value=100_000)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_points_of_the_explanation_are_what_the_score_lacks(ok: int, low: int, critical: int, out: int) -> None:
    health = health_of(Tally(ok=ok, low=low, critical=critical, out=out))

    assert health.score + sum(loss.points for loss in health.losses) == 100
    assert 0 <= health.score <= 100
    assert (health.score == 100) == (low + critical + out == 0)
    assert all(loss.points >= 0 for loss in health.losses)


@pytest.mark.parametrize(
    ("_case", "tally", "score"),
    [
        ("nothing is listed", Tally(), 100),
        ("all is there", Tally(ok=7), 100),
        ("all is out", Tally(out=7), 0),
        ("all is critical", Tally(critical=7), 60),
        ("all is low", Tally(low=7), 90),
        ("half is out", Tally(ok=5, out=5), 50),
        ("one of very many is low", Tally(ok=99_999, low=1), 99),
    ],
)
def test_a_score_is_a_hundred_less_the_mean_weight(_case: str, tally: Tally, score: int) -> None:
    assert health_of(tally).score == score


def test_a_score_says_what_costs_how_much() -> None:
    health = health_of(Tally(ok=280, low=14, critical=6, out=10))

    assert health.score == 95
    assert health.losses == (
        Loss(StockState.OUT, 10, 100, 3),
        Loss(StockState.CRITICAL, 6, 40, 1),
        Loss(StockState.LOW, 14, 10, 1),
    )


@pytest.mark.parametrize(
    ("units", "at_zero", "availability"),
    [
        (1, AtZero.PRE_ORDER, Availability.IN_STOCK),
        (0, AtZero.PRE_ORDER, Availability.PRE_ORDER),
        (0, AtZero.SHOW_OUT_OF_STOCK, Availability.OUT_OF_STOCK),
        (0, AtZero.HIDE, Availability.OUT_OF_STOCK),
    ],
)
def test_what_shoppers_are_told_of_so_many_units(units: int, at_zero: AtZero, availability: Availability) -> None:
    assert availability_of(units, at_zero) is availability


def test_only_what_is_out_in_all_variants_is_hidden() -> None:
    assert is_hidden([0, 0], AtZero.HIDE)
    assert not is_hidden([0, 1], AtZero.HIDE)
    assert not any(is_hidden([0], at_zero) for at_zero in (AtZero.SHOW_OUT_OF_STOCK, AtZero.PRE_ORDER))
