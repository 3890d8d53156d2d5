"""Levels: every change keeps the figures in step; plans never take more than there is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import (
    Level,
    MovementType,
    OutOfStock,
    Pick,
    SkuPick,
    StockState,
    add_up,
    available_units,
    plan_demand,
    plan_picks,
    sum_picks,
)
from storekeeper.inventory.levels.model import Delta, adjusted, released, returned, shipped, taken
from storekeeper.kernel.ids import LocationId

EAST, WEST = LocationId("loc_east"), LocationId("loc_west")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

UNITS = st.integers(0, 10_000)
KINDS = (taken, released, shipped, returned, adjusted, lambda units: adjusted(-units))
LEVELS = st.lists(st.integers(-50, 200), max_size=6).map(
    lambda figures: [a_level(available, location=f"loc_{place}") for place, available in enumerate(figures)]
)


def a_level(available: int, *, location: str = EAST, reserved: int = 0, safety: int = 0, sku: str = "LAMP") -> Level:
    on_hand = available + reserved + safety
    return Level(sku, LocationId(location), 0, on_hand, reserved, available, 0, safety, 1)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 50), st.lists(st.tuples(UNITS, st.integers(0, 5))))
def test_available_is_always_what_is_neither_reserved_nor_safety_stock(
    available: int, reserved: int, safety: int, changes: list[tuple[int, int]]
) -> None:
    level = a_level(available, reserved=reserved, safety=safety)

    for units, kind in changes:
        before, delta = level, KINDS[kind](units)
        if _is_refused(before, delta):
            continue
        level = before.after(delta)

        assert level.available == level.on_hand - level.reserved - level.safety_stock
        assert min(level.on_hand, level.reserved, level.available) >= 0
        assert level.version == before.version + 1


def _is_refused(level: Level, delta: Delta) -> bool:
    """What the guards of the writes refuse."""
    return level.available + min(0, delta.available) < 0 or level.reserved + delta.reserved < 0


@given(LEVELS, st.integers(1, 400))
def test_a_plan_covers_exactly_the_demand_or_says_how_much_there_is(levels: list[Level], units: int) -> None:
    sellable = {level.location_id: max(0, level.available) for level in levels}

    if sum(sellable.values()) < units:
        with pytest.raises(OutOfStock) as refused:
            plan_picks(levels, sku="LAMP", units=units)
        assert refused.value.shortages[0].available == sum(sellable.values())
        return

    picks = plan_picks(levels, sku="LAMP", units=units)

    assert sum(pick.units for pick in picks) == units
    assert all(0 < pick.units <= sellable[pick.location_id] for pick in picks)
    assert len({pick.location_id for pick in picks}) == len(picks)
    assert len(picks) == 1 or max(sellable.values()) < units


def test_one_location_that_can_cover_all_goes_before_the_first() -> None:
    levels = [a_level(2, location=EAST), a_level(5, location=WEST)]

    assert plan_picks(levels, sku="LAMP", units=4) == (Pick(WEST, 0, 4),)


def test_locations_are_drained_in_their_order() -> None:
    levels = [a_level(2, location=EAST), a_level(3, location=WEST)]

    assert plan_picks(levels, sku="LAMP", units=4) == (Pick(EAST, 0, 2), Pick(WEST, 0, 2))


def test_every_short_sku_is_named_at_once() -> None:
    levels = {"LAMP": [a_level(1)], "MUG": [a_level(9, sku="MUG")]}

    with pytest.raises(OutOfStock) as refused:
        plan_demand(levels, demand={"LAMP": 2, "MUG": 3, "VASE": 1})

    assert [dict(fault.facts) for fault in refused.value.faults] == [
        {"sku": "LAMP", "requested": 2, "available": 1},
        {"sku": "VASE", "requested": 1, "available": 0},
    ]


def test_picks_of_one_level_are_merged_and_nothing_is_left_of_what_cancels_out() -> None:
    picks = [SkuPick("A", EAST, 0, 2), SkuPick("B", EAST, 0, 1), SkuPick("A", EAST, 0, 3), SkuPick("B", EAST, 0, -1)]

    assert sum_picks(picks) == (SkuPick("A", EAST, 0, 5),)


def test_buckets_add_up_to_one_row_per_location() -> None:
    levels = [Level("A", EAST, bucket, 10, 2, 8, 1, 0, 3) for bucket in range(2)] + [a_level(5, location=WEST, sku="A")]

    east, west = add_up(levels)

    assert (east.on_hand, east.reserved, east.available, east.incoming, east.version) == (20, 4, 16, 2, 6)
    assert west.available == 5


def test_a_level_that_owes_safety_stock_takes_nothing_from_the_others() -> None:
    assert available_units([a_level(-5), a_level(3, location=WEST)]) == 3


@pytest.mark.parametrize(
    ("available", "state"),
    [(-1, "out"), (0, "out"), (1, "critical"), (3, "critical"), (4, "low"), (10, "low"), (11, "ok")],
)
def test_a_state_follows_from_what_can_be_sold(available: int, state: str) -> None:
    assert StockState.of(available) == state


def test_every_change_of_one_kind_is_worth_its_name() -> None:
    level = a_level(10, reserved=4)

    assert level.after(taken(3)).available == 7
    assert level.after(released(4)).available == 14
    assert level.after(shipped(4)) == Level("LAMP", EAST, 0, 10, 0, 10, 0, 0, 2)
    assert level.after(returned(1)).on_hand == 15
    assert MovementType("sale") is MovementType.SALE
