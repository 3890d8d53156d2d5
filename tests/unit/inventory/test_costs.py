"""What units have cost: whatever comes and goes, nothing of the value is lost or made up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.costs.model import CostMethod, Lot, SkuCost, cost_of
from storekeeper.inventory.levels.model import Cause, Delta, Level, MovementType, empty_level
from storekeeper.inventory.movements.model import Movement, movement
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.trace import Actor

EAST, WEST = LocationId("loc_east"), LocationId("loc_west")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AVERAGE, FIFO = CostMethod.MOVING_AVERAGE, CostMethod.FIFO


@dataclass(frozen=True)
class Step:
    """One change of a level."""

    kind: str
    units: int
    unit_cost: int | None = None
    location_id: LocationId = EAST
    bucket: int = 0
    incoming: int = 0
    reference: tuple[str, str] = ("order", "ord_1")


def a_ledger(*steps: Step) -> list[Movement]:
    """The rows that these changes make, a minute apart."""
    levels: dict[tuple[LocationId, int], Level] = {}
    rows = []
    for minute, step in enumerate(steps):
        place = (step.location_id, step.bucket)
        before = levels.get(place, empty_level("LAMP", *place))
        levels[place] = after = before.after(Delta(on_hand=step.units, incoming=step.incoming))
        at = NOON + timedelta(minutes=minute)
        cause = Cause(MovementType(step.kind), *step.reference, Actor("shopper"), at, unit_cost=step.unit_cost)
        rows.append(movement(TenantId("ten_1"), before, after, cause, earliest=at))
    return rows


def bought(units: int, unit_cost: int) -> Step:
    return Step("restock", units, unit_cost)


def sold(units: int, *, bucket: int = 0) -> Step:
    return Step("sale", -units, bucket=bucket)


def sent(units: int) -> list[Step]:
    """A transfer leaves the east for the west."""
    return [
        Step("transfer", -units, reference=("transfer", "trf_1")),
        Step("transfer", 0, location_id=WEST, incoming=units, reference=("transfer", "trf_1")),
    ]


def arrived(units: int, *, of_expected: int) -> Step:
    return Step("transfer", units, location_id=WEST, incoming=-of_expected, reference=("transfer", "trf_1"))


def worth(lot: Lot) -> tuple[int, int]:
    """Units, and what they have cost together, whenever they came."""
    return lot.units, lot.value


def lots(cost: SkuCost, location_id: LocationId = EAST) -> list[tuple[int, int]]:
    return [worth(lot) for lot in cost.locations[location_id].lots]


def test_by_first_in_first_out_the_oldest_units_leave_first() -> None:
    cost = cost_of(a_ledger(bought(10, 400), bought(10, 500), sold(12)), method=FIFO)

    assert lots(cost) == [(8, 4000)]
    assert cost.locations[EAST].went == {MovementType.SALE: 5000}


def test_by_moving_average_every_unit_costs_the_same() -> None:
    cost = cost_of(a_ledger(bought(10, 400), bought(10, 500), sold(12)), method=AVERAGE)

    assert lots(cost) == [(8, 3600)]
    assert cost.locations[EAST].went == {MovementType.SALE: 5400}


def test_an_average_that_is_not_whole_keeps_its_value_and_is_rounded_only_to_be_shown() -> None:
    cost = cost_of(a_ledger(bought(2, 100), bought(1, 101)), method=AVERAGE)

    assert worth(cost.stock) == (3, 301)
    assert cost.stock.unit_cost == 100
    assert Lot(2, 201).unit_cost == 101


@pytest.mark.parametrize("method", CostMethod)
def test_the_last_unit_takes_all_that_rounding_left(method: CostMethod) -> None:
    cost = cost_of(a_ledger(bought(2, 100), bought(1, 101), sold(1), sold(1), sold(1)), method=method)

    assert worth(cost.stock) == (0, 0)
    assert cost.locations[EAST].went == {MovementType.SALE: 301}


@pytest.mark.parametrize("method", CostMethod)
def test_what_is_found_or_comes_back_costs_the_average_of_what_lies_there(method: CostMethod) -> None:
    cost = cost_of(a_ledger(bought(2, 100), bought(2, 200), Step("return", 2)), method=method, variant_cost=999)

    assert worth(cost.stock) == (6, 900)
    assert cost.locations[EAST].came == {MovementType.RESTOCK: 600, MovementType.RETURN: 300}


@pytest.mark.parametrize(("variant_cost", "value", "unknown"), [(250, 750, 0), (0, 0, 0), (None, 0, 3)])
def test_what_comes_to_an_empty_shelf_costs_what_the_merchant_says_of_the_variant(
    variant_cost: int | None, value: int, unknown: int
) -> None:
    cost = cost_of(a_ledger(Step("adjustment", 3)), method=FIFO, variant_cost=variant_cost)

    assert (worth(cost.stock), cost.unknown_units) == ((3, value), unknown)


@pytest.mark.parametrize("method", CostMethod)
def test_a_transfer_carries_what_its_units_had_cost_where_they_left(method: CostMethod) -> None:
    rows = a_ledger(bought(10, 300), *sent(6), bought(4, 900), arrived(4, of_expected=4))

    cost = cost_of(rows, method=method)

    assert worth(cost.locations[WEST].stock) == (4, 1200)
    assert (worth(cost.on_the_way), worth(cost.lost)) == ((2, 600), (0, 0))
    assert worth(cost.stock) == (14, 10 * 300 + 4 * 900)


def test_what_a_transfer_lost_is_no_longer_on_the_way() -> None:
    rows = a_ledger(bought(10, 300), *sent(6), arrived(4, of_expected=4), arrived(0, of_expected=2))

    cost = cost_of(rows, method=FIFO)

    assert (worth(cost.on_the_way), worth(cost.lost)) == ((0, 0), (2, 600))


def test_what_is_found_in_a_transfer_was_never_sent() -> None:
    rows = a_ledger(bought(10, 300), *sent(6), arrived(7, of_expected=6))

    cost = cost_of(rows, method=FIFO, variant_cost=100)

    assert worth(cost.locations[WEST].stock) == (7, 6 * 300 + 100)
    assert (worth(cost.on_the_way), worth(cost.lost)) == ((0, 0), (0, 0))


def test_a_transfer_that_is_given_up_brings_back_what_it_took() -> None:
    given_up = [arrived(0, of_expected=6), Step("transfer", 6, reference=("transfer", "trf_1"))]

    cost = cost_of(a_ledger(bought(10, 300), *sent(6), *given_up), method=FIFO, variant_cost=1)

    assert lots(cost) == [(4, 1200), (6, 1800)]
    assert (worth(cost.on_the_way), worth(cost.lost)) == ((0, 0), (0, 0))


def test_units_that_move_between_buckets_cost_what_they_did() -> None:
    spread = [
        Step("transfer", -5, reference=("spread", "trf_2")),
        Step("transfer", 5, bucket=1, reference=("spread", "trf_2")),
    ]

    cost = cost_of(a_ledger(bought(10, 300), *spread, sold(4, bucket=1)), method=FIFO, variant_cost=1)

    assert (lots(cost), worth(cost.on_the_way)) == ([(6, 1800)], (0, 0))


def test_holds_and_what_is_only_expected_change_no_cost() -> None:
    rows = a_ledger(bought(10, 300), Step("restock", 0, incoming=5), Step("restock", 0, unit_cost=700, incoming=-5))

    assert worth(cost_of(rows, method=FIFO).stock) == (10, 3000)


def test_where_rows_are_missing_what_is_there_is_believed() -> None:
    first, _, _, last = a_ledger(bought(10, 300), sold(3), sold(3), sold(1))

    cost = cost_of([first, last], method=FIFO)

    assert worth(cost.stock) == (3, 900)
    assert cost.locations[EAST].went == {MovementType.RECONCILIATION: 1800, MovementType.SALE: 300}


STEPS = st.one_of(
    st.builds(Step, st.just("restock"), st.integers(0, 50), st.integers(0, 10_000), st.sampled_from([EAST, WEST])),
    st.builds(Step, st.just("return"), st.integers(1, 5), location_id=st.sampled_from([EAST, WEST])),
    st.builds(
        Step, st.sampled_from(["sale", "damage"]), st.integers(-20, -1), location_id=st.sampled_from([EAST, WEST])
    ),
    st.builds(Step, st.just("transfer"), st.integers(-9, 9), location_id=st.sampled_from([EAST, WEST])),
)


def possible(steps: Sequence[Step]) -> list[Step]:
    """The steps without those that would take more than is there."""
    have = {EAST: 0, WEST: 0}
    kept = []
    for number, step in enumerate(steps):
        if have[step.location_id] + step.units >= 0:
            have[step.location_id] += step.units
            kept.append(replace(step, reference=("transfer", f"trf_{number % 3}")))
    return kept


@given(steps=st.lists(STEPS, max_size=40), method=st.sampled_from(CostMethod), variant_cost=st.none() | st.just(77))
def test_the_value_of_the_lots_is_what_came_minus_what_went(
    steps: list[Step], method: CostMethod, variant_cost: int | None
) -> None:
    rows = a_ledger(*possible(steps))

    cost = cost_of(rows, method=method, variant_cost=variant_cost)

    for location_id, valued in cost.locations.items():
        assert valued.stock.value == sum(valued.came.values()) - sum(valued.went.values())
        assert valued.stock.units == [row.on_hand_after for row in rows if row.location_id == location_id][-1]
        assert all(lot.units >= 0 and lot.value >= 0 for lot in valued.lots)
        assert len(valued.lots) <= 1 or method is FIFO


@given(steps=st.lists(STEPS, max_size=30), method=st.sampled_from(CostMethod), cut=st.integers(0, 30))
def test_a_replay_that_stops_earlier_shows_the_cost_as_it_then_was(
    steps: list[Step], method: CostMethod, cut: int
) -> None:
    rows = a_ledger(*possible(steps))

    assert cost_of(rows[:cut], method=method) == cost_of(a_ledger(*possible(steps)[:cut]), method=method)
