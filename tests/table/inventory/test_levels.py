"""Every guarded change of a level: right when it may happen, nothing at all when the plan is stale."""

from collections.abc import Callable

import pytest

from storekeeper.inventory import (
    Cause,
    Pick,
    SkuRef,
    find_levels,
    level_key,
    release_units,
    return_units,
    ship_units,
    take_units,
)
from storekeeper.inventory.levels.items import adjust_level, level_from, put_level
from storekeeper.inventory.levels.model import adjusted
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import SHOPPER
from storekeeper.kernel.writes import ABSENT, Put, Update
from tests.table.inventory.conftest import Shelf


def a_cause(shelf: Shelf) -> Cause:
    return Cause.of_order("ord_1", actor=SHOPPER, at=shelf.now)


def a_pick(shelf: Shelf, units: int) -> Pick:
    return Pick(shelf.locations[0], 0, units)


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, "LAMP")


@pytest.mark.guards("storekeeper.inventory.levels.items.take_units")
def test_a_plan_made_from_stale_stock_takes_nothing(shelf: Shelf) -> None:
    shelf.adjust(2)
    plan = take_units(lamp(shelf), a_pick(shelf, 2), cause=a_cause(shelf))
    shelf.table.write(plan)

    with pytest.raises(WriteRefused) as refused:
        shelf.table.write(plan)

    (old,) = refused.value.old.values()
    assert old is not None
    assert (level_from(old).reserved, level_from(old).available) == (2, 0)
    assert shelf.figures() == [(2, 2, 0)]


def test_nothing_is_taken_where_there_is_no_level(shelf: Shelf) -> None:
    with pytest.raises(WriteRefused):
        shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 1), cause=a_cause(shelf)))

    assert shelf.levels() == ()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(release_units, marks=pytest.mark.guards("storekeeper.inventory.levels.items.release_units")),
        pytest.param(
            ship_units,
            marks=pytest.mark.guards("storekeeper.inventory.levels.items.ship_units", clause="reserved >= :units"),
        ),
    ],
)
def test_what_is_no_longer_reserved_neither_goes_back_nor_out(shelf: Shelf, write: Callable[..., Update]) -> None:
    shelf.adjust(5)
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 2), cause=a_cause(shelf)))
    plan = write(lamp(shelf), a_pick(shelf, 2), cause=a_cause(shelf))
    shelf.table.write(plan)
    after = shelf.figures()

    with pytest.raises(WriteRefused):
        shelf.table.write(plan)

    assert shelf.figures() == after


@pytest.mark.guards("storekeeper.inventory.levels.items.return_units")
def test_nothing_comes_back_to_a_level_that_never_was(shelf: Shelf) -> None:
    with pytest.raises((WriteRefused, RuntimeError)) as refused:
        shelf.table.write(return_units(lamp(shelf), a_pick(shelf, 1), cause=a_cause(shelf)))

    assert refused.type is WriteRefused  # and not the fault of ours that adding to nothing would be
    assert shelf.levels() == ()


@pytest.mark.guards("storekeeper.inventory.levels.items.put_level")
def test_a_level_is_made_once(shelf: Shelf) -> None:
    made = shelf.adjust(5)

    with pytest.raises(WriteRefused):
        shelf.table.write(put_level(lamp(shelf), made, cause=a_cause(shelf)))

    assert shelf.figures() == [(5, 0, 5)]
    assert shelf.levels()[0].version == 1


@pytest.mark.guards("storekeeper.inventory.levels.items.adjust_level", clause="version = :version")
def test_an_adjustment_decided_on_stale_figures_changes_nothing(shelf: Shelf) -> None:
    stale = shelf.adjust(5)
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 4), cause=a_cause(shelf)))

    with pytest.raises(WriteRefused):
        shelf.table.write(adjust_level(lamp(shelf), stale, adjusted(-5), cause=a_cause(shelf)))

    assert shelf.figures() == [(5, 4, 1)]


def test_each_change_keeps_the_figures_in_step_and_says_why(shelf: Shelf) -> None:
    shelf.adjust(10)
    seen = []
    for write in (take_units, ship_units, return_units, take_units, release_units):
        shelf.table.write(write(lamp(shelf), a_pick(shelf, 3), cause=a_cause(shelf)))
        item = shelf.table.get(level_key(lamp(shelf), shelf.locations[0]))
        assert item is not None
        seen.append((*shelf.figures()[0], item["version"], item["cause"]["type"]))

    assert seen == [
        (10, 3, 7, 2, "hold"),
        (7, 0, 7, 3, "sale"),
        (10, 0, 10, 4, "return"),
        (10, 3, 7, 5, "hold"),
        (10, 0, 10, 6, "release"),
    ]


def test_levels_come_in_the_order_of_the_locations(shelf: Shelf) -> None:
    shelf.adjust(1, location=0)
    shelf.adjust(2, location=1)

    assert [level.on_hand for level in shelf.levels()] == [1, 2]
    backwards = find_levels(shelf.table, ["LAMP"], locations=shelf.locations[::-1])["LAMP"]
    assert [level.on_hand for level in backwards] == [2, 1]


def test_the_buckets_of_a_hot_sku_are_all_read(shelf: Shelf) -> None:
    shelf.adjust(3)
    first, second = (level_key(lamp(shelf), shelf.locations[0], bucket) for bucket in range(2))
    item = {**(shelf.table.get(first) or {}), "buckets": 2, "version": 2}
    shelf.table.write(Put(first, item, only_if="version = :one", values={":one": 1}))
    shelf.table.write(Put(second, {**item, "bucket": 1, "on_hand": 4, "available": 4}, only_if=ABSENT))

    assert [(level.bucket, level.available) for level in shelf.levels()] == [(0, 3), (1, 4)]


def test_another_tenant_sees_none_of_it(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(5)

    assert find_levels(other_shelf.table, ["LAMP"], locations=shelf.locations) == {"LAMP": ()}
