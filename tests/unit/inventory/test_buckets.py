"""Buckets: whatever is done with them, no unit comes or goes, and what is reserved stays where it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import SCALE, Level, OutOfStock, Pick, available_units, plan_picks
from storekeeper.inventory.buckets.model import (
    GROWTH,
    LOOK_AT_LEAST,
    LOOK_EVERY,
    MAX_BUCKETS,
    QUIET,
    REPORT_EVERY,
    Spread,
    arrange,
    draw,
    no_spread,
    pour,
)
from storekeeper.inventory.levels.model import Delta, adjusted, empty_level, released, shipped, taken
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EAST = LocationId("loc_east")

FIGURES = st.tuples(st.integers(0, 30), st.integers(0, 5))
BUCKETS = st.lists(FIGURES, min_size=1, max_size=12)
THROWS = st.integers(0, SCALE - 1)


def levels_of(figures: Sequence[tuple[int, int]]) -> tuple[Level, ...]:
    """Buckets with these units available and reserved."""
    buckets = len(figures)
    return tuple(
        Level("LAMP", EAST, bucket, free + kept, kept, free, 0, 0, 1, buckets=buckets if bucket == 0 else 1)
        for bucket, (free, kept) in enumerate(figures)
    )


def arranged(levels: Sequence[Level], *, wanted: int) -> tuple[Level, ...]:
    """The buckets that are read after it, as the transaction makes them."""
    plan = arrange(levels, wanted=wanted)
    if plan is None:
        return tuple(levels)
    known = {level.bucket: level for level in levels}
    after = [
        known.get(bucket, empty_level("LAMP", EAST, bucket)).after(adjusted(plan.moves.get(bucket, 0)))
        for bucket in range(max(plan.buckets, len(levels)))
    ]
    assert all((one.on_hand, one.reserved) == (0, 0) for one in after[plan.buckets :])
    return (replace(after[0], buckets=plan.buckets), *after[1 : plan.buckets])


def totals(levels: Sequence[Level]) -> tuple[int, int, int]:
    return tuple(sum(getattr(level, name) for level in levels) for name in ("on_hand", "reserved", "available"))


@given(BUCKETS, st.integers(1, MAX_BUCKETS))
def test_arranging_moves_only_what_can_be_sold_and_keeps_every_sum(figures: list[tuple[int, int]], wanted: int) -> None:
    levels = levels_of(figures)

    after = arranged(levels, wanted=wanted)

    assert totals(after) == totals(levels)
    assert [level.reserved for level in after[: len(levels)]] == [level.reserved for level in levels[: len(after)]]
    assert min(level.available for level in after) >= 0
    assert available_units(after[wanted:]) == 0
    assert len(after) >= wanted
    assert arrange(after, wanted=wanted) is None


@given(BUCKETS)
def test_a_dry_bucket_gets_units_as_long_as_there_is_one_for_each(figures: list[tuple[int, int]]) -> None:
    after = arranged(levels_of(figures), wanted=len(figures))

    enough = available_units(after) >= len(after)
    assert not enough or min(level.available for level in after) > 0


def test_units_are_not_moved_for_evenness_alone() -> None:
    assert arrange(levels_of([(30, 0), (1, 0)]), wanted=2) is None


@given(BUCKETS, st.integers(1, 200))
def test_what_comes_makes_the_driest_buckets_even(figures: list[tuple[int, int]], units: int) -> None:
    levels = levels_of(figures)

    poured = pour(levels, units)

    assert sum(poured.values()) == units
    assert min(poured.values()) > 0
    heights = [level.available + poured.get(level.bucket, 0) for level in levels]
    assert all(heights[bucket] - 1 <= min(heights) for bucket in poured)


@given(BUCKETS, st.integers(1, 200))
def test_what_goes_comes_from_where_it_is(figures: list[tuple[int, int]], units: int) -> None:
    levels = levels_of(figures)
    units = min(units, available_units(levels))

    drawn = draw(levels, units)

    assert sum(drawn.values()) == -units
    assert all(0 < -taken_off <= levels[bucket].available for bucket, taken_off in drawn.items())


@given(BUCKETS, st.integers(1, 100), THROWS)
def test_a_buyer_gets_all_or_hears_how_much_there_is(figures: list[tuple[int, int]], units: int, throw: int) -> None:
    levels = levels_of(figures)
    if available_units(levels) < units:
        with pytest.raises(OutOfStock):
            plan_picks(levels, sku="LAMP", units=units, throw=throw)
        return

    picks = plan_picks(levels, sku="LAMP", units=units, throw=throw)

    assert sum(pick.units for pick in picks) == units
    assert all(0 < pick.units <= levels[pick.bucket].available for pick in picks)
    assert len(picks) == 1 or max(level.available for level in levels) < units


@pytest.mark.parametrize(("throw", "bucket"), [(0, 0), (SCALE // 4, 1), (SCALE // 2, 2), (SCALE - 1, 3)])
def test_a_buyer_begins_where_the_throw_falls(throw: int, bucket: int) -> None:
    levels = levels_of([(5, 0)] * 4)

    assert plan_picks(levels, sku="LAMP", units=2, throw=throw) == (Pick(EAST, bucket, 2),)


STEPS = st.lists(
    st.tuples(st.sampled_from(["arrange", "buy", "release", "ship", "deliver", "remove"]), st.integers(1, 20), THROWS),
    max_size=40,
)


@given(BUCKETS, STEPS)
def test_in_any_sequence_every_unit_is_accounted_for(
    figures: list[tuple[int, int]], steps: list[tuple[str, int, int]]
) -> None:
    """Units on hand change only by what is delivered, removed and shipped; reserved ones are always their owners'."""
    book = Book(levels_of([(free, 0) for free, _ in figures]))
    for what, number, throw in steps:
        getattr(book, what)(number, throw)
        book.check()


class Book:
    """The buckets, and what others know of them."""

    def __init__(self, levels: tuple[Level, ...]) -> None:
        self.levels = levels
        self.on_hand = totals(levels)[0]
        self.owned: list[Pick] = []

    def arrange(self, number: int, _: int) -> None:
        self.levels = arranged(self.levels, wanted=number)

    def buy(self, number: int, throw: int) -> None:
        if available_units(self.levels) >= number:
            picks = plan_picks(self.levels, sku="LAMP", units=number, throw=throw)
            for pick in picks:
                self._change(pick.bucket, taken(pick.units))
            self.owned += picks

    def release(self, *_: int) -> None:
        if self.owned:
            pick = self.owned.pop(0)
            self._change(pick.bucket, released(pick.units))

    def ship(self, *_: int) -> None:
        if self.owned:
            pick = self.owned.pop()
            self._change(pick.bucket, shipped(pick.units))
            self.on_hand -= pick.units

    def deliver(self, number: int, _: int) -> None:
        self._move(pour(self.levels, number), number)

    def remove(self, number: int, _: int) -> None:
        number = min(number, available_units(self.levels))
        self._move(draw(self.levels, number), -number)

    def check(self) -> None:
        assert totals(self.levels)[:2] == (self.on_hand, sum(pick.units for pick in self.owned))
        for level in self.levels:
            assert level.available == level.on_hand - level.reserved >= 0
            assert level.reserved == sum(pick.units for pick in self.owned if pick.bucket == level.bucket)

    def _move(self, moves: dict[int, int], sum_: int) -> None:
        for bucket, units in moves.items():
            self._change(bucket, adjusted(units))
        self.on_hand += sum_

    def _change(self, bucket: int, delta: Delta) -> None:
        self.levels = tuple(level.after(delta) if level.bucket == bucket else level for level in self.levels)


def a_spread() -> Spread:
    return no_spread("LAMP", EAST, now=NOW)


def test_conflicts_let_a_level_grow_at_each_look_until_there_are_none() -> None:
    spread, now, seen = a_spread(), NOW, []
    for conflicts in (True, True, False, True, True):
        spread = (spread.reported(now) if conflicts else spread).looked_after(now + LOOK_EVERY / 2)
        seen.append(spread.buckets)
        now += LOOK_EVERY

    assert seen == [GROWTH, GROWTH**2, GROWTH**2, MAX_BUCKETS, MAX_BUCKETS]


def test_a_level_is_folded_when_it_has_been_quiet() -> None:
    grown = a_spread().reported(NOW).looked_after(NOW + LOOK_EVERY)

    assert grown.looked_after(NOW + QUIET - LOOK_EVERY).buckets == GROWTH
    assert grown.looked_after(NOW + QUIET).buckets == 1


def test_a_fold_that_waits_for_units_of_orders_is_looked_at_less_and_less_often() -> None:
    spread, pauses = replace(a_spread(), reported_at=NOW, looked_at=NOW, due_at=NOW + QUIET, buckets=GROWTH), []
    while spread.due_at < NOW + timedelta(days=30):
        at = spread.due_at
        spread = spread.looked_after(at)
        pauses.append(spread.due_at - at)

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (QUIET / 8, LOOK_AT_LEAST)
    assert len(pauses) < 80


def test_a_level_that_is_spread_by_hand_is_looked_at_every_minute() -> None:
    asked = a_spread().asked(4, now=NOW)

    assert asked.looked_after(NOW + timedelta(days=3)).due_at == NOW + timedelta(days=3) + LOOK_EVERY


def test_what_was_said_by_hand_stays() -> None:
    asked = a_spread().asked(4, now=NOW)

    assert asked.reported(NOW + LOOK_EVERY) is asked
    assert asked.looked_after(NOW + 2 * QUIET).buckets == 4
    assert asked.asked(1, now=NOW).looked_after(NOW).buckets == 1


def test_many_reports_are_one_write_every_few_seconds() -> None:
    reported = a_spread().reported(NOW)

    assert reported.reported(NOW + REPORT_EVERY - timedelta(seconds=1)) is reported
    assert reported.reported(NOW + REPORT_EVERY).version == reported.version + 1
