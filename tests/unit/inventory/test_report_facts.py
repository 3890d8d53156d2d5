"""What reports count: the same as whoever walks through the ledger step by step."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.levels.model import Cause, Delta, Level, MovementType, empty_level
from storekeeper.inventory.movements.model import Movement, movement
from storekeeper.inventory.reports.facts import Activity, whole
from storekeeper.inventory.reports.model import Asked, ReportName, hundredths
from storekeeper.inventory.reports.rows import Sight, days_of_cover, turnover, velocity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.trace import Actor

EAST = LocationId("loc_east")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.sampled_from(["adjustment", "sale", "return"]), st.integers(1, 9), st.integers(0, 90)), max_size=12
)


def a_ledger(steps: list[tuple[str, int, int]]) -> tuple[Level, list[Movement]]:
    """A level and its rows; each step is a type, units, and the minutes since the one before."""
    level, rows, at = empty_level("LAMP", EAST), [], NOON
    for kind, units, minutes in steps:
        before, at = level, at + timedelta(minutes=minutes)
        level = before.after(Delta(on_hand=-min(units, before.on_hand) if kind == "sale" else units))
        cause = Cause(MovementType(kind), "order", "ord_1", Actor("shopper"), at)
        rows.append(movement(TenantId("ten_1"), before, level, cause, earliest=at))
    return level, rows


@given(steps=STEPS, since=st.integers(0, 200), length=st.integers(1, 400))
def test_what_is_counted_backwards_is_what_happened(steps: list[tuple[str, int, int]], since: int, length: int) -> None:
    begin = NOON + timedelta(minutes=since)
    end = begin + timedelta(minutes=length)
    _, rows = a_ledger(steps)
    known = [row for row in rows if row.occurred_at <= end]
    inside = [row for row in known if row.occurred_at > begin]
    level = known[-1].level if known else empty_level("LAMP", EAST)

    activity = Activity()
    activity.end(level)
    activity.follow_back(level, reversed(inside), since=begin, until=end)

    minute_by_minute = sum(
        next((row.on_hand_after for row in reversed(rows) if row.occurred_at <= begin + timedelta(minutes=minute)), 0)
        for minute in range(length)
    )
    assert activity.unit_ms == minute_by_minute * 60_000
    assert activity.sold == -sum(row.quantity for row in inside if row.type is MovementType.SALE)
    assert activity.returned == sum(row.quantity for row in inside if row.type is MovementType.RETURN)
    assert activity.on_hand == level.on_hand


def test_units_that_move_between_buckets_neither_come_nor_go() -> None:
    level, rows = a_ledger([("adjustment", 9, 0)])
    cause = Cause(MovementType.ADJUSTMENT, "spread", "", Actor("operator"), NOON)
    after = level.after(Delta(on_hand=-4))
    moved = movement(TenantId("ten_1"), level, after, cause, earliest=NOON)
    activity = Activity()
    activity.follow_back(after, [moved, *rows], since=NOON - timedelta(days=1), until=NOON)

    assert (activity.moved[MovementType.ADJUSTMENT].units_in, activity.moved[MovementType.ADJUSTMENT].units_out) == (
        9,
        0,
    )


def asked(*, days: int = 10, by_location: bool = False) -> Asked:
    return Asked(
        name=ReportName.VELOCITY,
        as_of=NOON,
        since=NOON - timedelta(days=days),
        by_location=by_location,
        currency="USD",
        retail_currency="USD",
    )


@pytest.mark.parametrize(("numerator", "denominator", "rate"), [(1, 3, 33), (2, 3, 67), (1, 0, None), (0, 5, 0)])
def test_a_rate_is_rounded_once_and_never_divided_by_nothing(
    numerator: int, denominator: int, rate: int | None
) -> None:
    assert hundredths(numerator, denominator) == rate


def test_without_sales_or_stock_rates_are_defined() -> None:
    nothing = Sight("LAMP", {EAST: Activity()})
    unsold = Sight("LAMP", {EAST: Activity(on_hand=5, available=5, unit_ms=5)})

    assert [row["sold_a_day"] for row in velocity(asked(), nothing)] == [0]
    assert [row["days_of_cover"] for row in days_of_cover(asked(), nothing)] == [0]
    assert [row["days_of_cover"] for row in days_of_cover(asked(), unsold)] == [None]
    assert list(turnover(asked(), nothing)) == []
    assert [(row["turnover"], row["days_on_hand"]) for row in turnover(asked(), unsold)] == [(0, None)]


def test_locations_add_up() -> None:
    west = LocationId("loc_west")
    sight = Sight("LAMP", {EAST: Activity(available=5), west: Activity(available=7)})

    assert whole(sight.activities.values()).available == 12
    assert [row["available"] for row in days_of_cover(asked(), sight)] == [12]
    assert [row["location_id"] for row in days_of_cover(asked(by_location=True), sight)] == [EAST, west]
