"""Every guard of buckets: a plan made from what was read a moment ago changes nothing when that has changed."""

import pytest

from storekeeper.inventory import Cause, Level, MovementType, SkuRef, spread_level
from storekeeper.inventory.buckets.items import arrangement_writes, drop_spread, pouring_writes, put_spread, spread_key
from storekeeper.inventory.buckets.model import Arrangement, arrange, no_spread
from storekeeper.inventory.buckets.use_cases import arrange_level
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Write
from tests.table.inventory.conftest import Shelf


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, "LAMP")


def a_cause(shelf: Shelf, kind: MovementType = MovementType.TRANSFER) -> Cause:
    return Cause(kind, "spread", "trf_1", shelf.table.trace.actor, shelf.now)


def arranged(shelf: Shelf, buckets: int) -> tuple[Level, ...]:
    arrange_level(shelf.table, "LAMP", shelf.locations[0], wanted=buckets, now=shelf.now)
    return shelf.levels()


def arrangement(shelf: Shelf, buckets: int) -> tuple[Write, ...]:
    levels = shelf.levels()
    plan = arrange(levels, wanted=buckets)
    assert plan is not None
    return arrangement_writes(lamp(shelf), levels, plan, cause=a_cause(shelf))


def pour(shelf: Shelf, moves: dict[int, int]) -> tuple[Write, ...]:
    return pouring_writes(lamp(shelf), shelf.levels()[0], moves, cause=a_cause(shelf, MovementType.RESTOCK))


def refused(shelf: Shelf, plan: tuple[Write, ...]) -> None:
    """The plan is refused, and nothing is lost by it that readers see."""
    before = shelf.figures()
    with pytest.raises(WriteRefused):
        shelf.table.write(*plan)
    assert shelf.figures() == before


@pytest.mark.guards("storekeeper.inventory.buckets.items.change_first", clause="available >= :needed")
def test_units_that_were_bought_meanwhile_are_not_spread(shelf: Shelf) -> None:
    shelf.adjust(4)
    plan = arrangement(shelf, 4)
    shelf.hold("cart_ann", {"LAMP": 2})

    refused(shelf, plan)


@pytest.mark.guards(
    "storekeeper.inventory.buckets.items.change_first",
    clause="(attribute_not_exists(layout) OR layout = :layout)",
)
def test_nothing_is_poured_into_a_bucket_that_is_read_no_more(shelf: Shelf) -> None:
    shelf.adjust(4)
    arranged(shelf, 2)
    plan = pour(shelf, {0: 3, 1: 3})
    arranged(shelf, 1)

    refused(shelf, plan)


@pytest.mark.guards("storekeeper.inventory.buckets.items.unchanged_layout")
def test_nothing_is_poured_beside_bucket_0_either(shelf: Shelf) -> None:
    shelf.adjust(4)
    arranged(shelf, 2)
    plan = pour(shelf, {1: 3})
    arranged(shelf, 1)

    refused(shelf, plan)


@pytest.mark.guards("storekeeper.inventory.buckets.items.move_units")
def test_a_bucket_gives_away_no_unit_that_was_bought_meanwhile(shelf: Shelf) -> None:
    shelf.adjust(4)
    levels = arranged(shelf, 2)
    plan = arrangement_writes(lamp(shelf), levels, Arrangement({0: 2, 1: -2}, 2, ()), cause=a_cause(shelf))
    shelf.hold("cart_ann", {"LAMP": 4})

    refused(shelf, plan)


@pytest.mark.guards("storekeeper.inventory.buckets.items.unchanged_level")
def test_a_bucket_that_was_filled_meanwhile_is_read_on(shelf: Shelf) -> None:
    shelf.adjust(1)
    arranged(shelf, 2)
    plan = arrangement(shelf, 1)
    shelf.table.write(*pour(shelf, {1: 5}))

    refused(shelf, plan)


@pytest.mark.guards("storekeeper.inventory.buckets.items.put_spread")
def test_what_was_said_of_a_spread_meanwhile_is_not_overwritten(shelf: Shelf) -> None:
    spread = no_spread("LAMP", shelf.locations[0], now=shelf.now).asked(4, now=shelf.now)
    shelf.table.write(put_spread(shelf.table.tenant_id, spread))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_spread(shelf.table.tenant_id, spread))


@pytest.mark.guards("storekeeper.inventory.buckets.items.drop_spread")
def test_a_spread_that_was_asked_for_meanwhile_is_not_removed(shelf: Shelf) -> None:
    shelf.adjust(4)
    spread_level(shelf.table, "LAMP", shelf.locations[0], buckets=2, locations=shelf.locations, now=shelf.now)
    stale = no_spread("LAMP", shelf.locations[0], now=shelf.now)

    with pytest.raises(WriteRefused):
        shelf.table.write(drop_spread(shelf.table.tenant_id, stale))

    assert shelf.table.get(spread_key(shelf.table.tenant_id, "LAMP", shelf.locations[0])) is not None
