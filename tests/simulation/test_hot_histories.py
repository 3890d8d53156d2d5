"""Seeded histories of hot SKUs under faults: every unit is sold once, and none is lost with an environment."""

import pytest

from tests.simulation.history import run_history
from tests.simulation.hot import HotHistory, few_units_are_many

HISTORIES = 40


@pytest.mark.parametrize("first", [0, HISTORIES // 2])
def test_histories_of_hot_skus_violate_nothing(first: int) -> None:
    with few_units_are_many():
        outcomes = [run_history(seed, of=HotHistory) for seed in range(first, first + HISTORIES // 2)]

    assert sum(HotHistory.changes_of_leases[-len(outcomes) :]) > len(outcomes)
    assert {outcome.seed: outcome.violation for outcome in outcomes if outcome.violation} == {}
