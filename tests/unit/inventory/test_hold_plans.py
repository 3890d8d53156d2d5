"""What a cart should hold: it never competes with itself, and moves no more than it must."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import Level, OutOfStock, SkuPick
from storekeeper.inventory.holds.model import difference, plan_hold
from storekeeper.kernel.ids import LocationId

EAST, WEST = LocationId("loc_east"), LocationId("loc_west")


def a_level(sku: str, location: LocationId, available: int) -> Level:
    return Level(sku, location, 0, available, 0, available, 0, 0, 1)


def a_pick(sku: str, units: int, location: LocationId = EAST) -> SkuPick:
    return SkuPick(sku, location, 0, units)


def test_an_unchanged_cart_keeps_its_picks_even_when_the_shelf_is_empty() -> None:
    held = (a_pick("LAMP", 1, WEST), a_pick("LAMP", 2, EAST))

    assert set(plan_hold(held, {"LAMP": [a_level("LAMP", EAST, 0)]}, demand={"LAMP": 3})) == set(held)


def test_own_units_count_when_a_cart_wants_more() -> None:
    picks = plan_hold([a_pick("LAMP", 3)], {"LAMP": [a_level("LAMP", EAST, 2)]}, demand={"LAMP": 5})

    assert picks == (a_pick("LAMP", 5),)


def test_a_shortage_tells_what_the_cart_could_have_in_all() -> None:
    with pytest.raises(OutOfStock) as refused:
        plan_hold([a_pick("LAMP", 3)], {"LAMP": [a_level("LAMP", EAST, 2)]}, demand={"LAMP": 6})

    assert refused.value.shortages[0].available == 5


def test_what_left_the_cart_is_released() -> None:
    held = [a_pick("LAMP", 3), a_pick("MUG", 1)]
    wanted = plan_hold(held, {"MUG": [a_level("MUG", EAST, 4)]}, demand={"MUG": 2})

    assert set(difference(held, wanted)) == {a_pick("LAMP", -3), a_pick("MUG", 1)}


DEMAND = st.dictionaries(st.sampled_from(["LAMP", "MUG", "VASE"]), st.integers(1, 30), min_size=1)
SHELF = st.fixed_dictionaries(
    {(sku, place): st.integers(0, 20) for sku in ["LAMP", "MUG", "VASE"] for place in (EAST, WEST)}
)


@given(SHELF, DEMAND, DEMAND)
def test_renewing_leaves_no_unit_behind_and_takes_none_that_is_not_there(
    shelf: dict[tuple[str, LocationId], int], first: dict[str, int], second: dict[str, int]
) -> None:
    stock, held = Counter(shelf), tuple[SkuPick, ...]()

    for demand in (first, second):
        levels = {sku: [a_level(sku, place, stock[sku, place]) for place in (EAST, WEST)] for sku in demand}
        try:
            wanted = plan_hold(held, levels, demand=demand)
        except OutOfStock:
            continue
        for move in difference(held, wanted):
            stock[move.sku, move.location_id] -= move.units
        held = wanted

        assert Counter({sku: sum(pick.units for pick in held if pick.sku == sku) for sku in demand}) == Counter(demand)
        assert min(stock.values()) >= 0

    for pick in held:
        stock[pick.sku, pick.location_id] += pick.units
    assert stock == Counter(shelf)
