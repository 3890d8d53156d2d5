"""What keeps names and levels in step when two act at once: each guard, and that nothing is written where it holds."""

from collections.abc import Callable

import pytest

from storekeeper.inventory import Mode, Pick, ship_units, take_units
from storekeeper.inventory.adjustments.items import mark_sku_stocked
from storekeeper.inventory.buckets.items import change_first
from storekeeper.inventory.buckets.model import telling
from storekeeper.inventory.levels.items import adjust_level, level_key, withdraw_units
from storekeeper.inventory.levels.model import Cause, Level, MovementType, adjusted
from storekeeper.inventory.tracking import level_items
from storekeeper.inventory.tracking.batches.items import BatchSale, put_batch, put_sale
from storekeeper.inventory.tracking.batches.store import find_batches, list_sales
from storekeeper.inventory.tracking.items import track_sku
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.use_cases import read_tracking
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.tracking import LAMP, batch, lamp, name, serial, serials, track_lamps


def why(shelf: Shelf) -> Cause:
    return Cause(MovementType.ADJUSTMENT, "adjustment", "adj_1", shelf.table.trace.actor, shelf.now)


def a_pick(shelf: Shelf, units: int) -> Pick:
    return Pick(shelf.locations[0], 0, units)


def the_level(shelf: Shelf) -> Level:
    return shelf.levels()[0]


def refused(shelf: Shelf, write: Write) -> None:
    """The write is, and the level stays as it is."""
    before = shelf.table.get(level_key(lamp(shelf), shelf.locations[0]))

    with pytest.raises(WriteRefused):
        shelf.table.write(write)

    assert shelf.table.get(level_key(lamp(shelf), shelf.locations[0])) == before


def ship_blindly(shelf: Shelf) -> Write:
    return ship_units(lamp(shelf), a_pick(shelf, 1), cause=why(shelf))


def withdraw_blindly(shelf: Shelf) -> Write:
    return withdraw_units(lamp(shelf), a_pick(shelf, 1), cause=why(shelf))


def adjust_blindly(shelf: Shelf) -> Write:
    return adjust_level(lamp(shelf), the_level(shelf), adjusted(1), cause=why(shelf))


def spread_blindly(shelf: Shelf) -> Write:
    before = the_level(shelf)
    return change_first(lamp(shelf), before, telling(before, buckets=2), units=0, cause=why(shelf))


@pytest.mark.guards("storekeeper.inventory.levels.items.ship_units", clause="attribute_not_exists(tracked)")
@pytest.mark.guards("storekeeper.inventory.levels.items.withdraw_units", clause="attribute_not_exists(tracked)")
@pytest.mark.guards("storekeeper.inventory.levels.items.adjust_level", clause="attribute_not_exists(tracked)")
@pytest.mark.guards("storekeeper.inventory.buckets.items.change_first", clause="attribute_not_exists(tracked)")
@pytest.mark.parametrize("write", [ship_blindly, withdraw_blindly, adjust_blindly, spread_blindly])
def test_who_does_not_know_that_units_are_told_apart_moves_none(shelf: Shelf, write: Callable[[Shelf], Write]) -> None:
    shelf.adjust(3)
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 1), cause=why(shelf)))
    track_lamps(shelf)

    refused(shelf, write(shelf))


@pytest.mark.guards("storekeeper.inventory.adjustments.items.mark_sku_stocked", clause="attribute_not_exists(tracking)")
def test_a_level_is_not_made_untracked_of_a_sku_that_was_tracked_meanwhile(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    plan = mark_sku_stocked(shelf.table.tenant_id, LAMP)
    track_lamps(shelf)

    with pytest.raises(WriteRefused):
        shelf.table.write(plan)


@pytest.mark.guards("storekeeper.inventory.adjustments.items.mark_sku_stocked", clause="tracking = :mode")
def test_a_level_is_not_made_as_the_sku_was_tracked_before(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)

    with pytest.raises(WriteRefused):
        shelf.table.write(mark_sku_stocked(shelf.table.tenant_id, LAMP, mode=Mode.SERIAL))


@pytest.fixture
def lamps(shelf: Shelf) -> Level:
    """Three lamps, of which one is reserved and two have serials; two more are expected."""
    shelf.adjust(3)
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 1), cause=why(shelf)))
    track_lamps(shelf)
    return name(shelf, serials("S1", "S2"))


def as_batches(level: Level) -> Level:
    return replace(level, tracked=Mode.BATCH)


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.adjust_tracked", clause="version = :version")
def test_a_tracked_level_is_adjusted_as_it_was_read(shelf: Shelf, lamps: Level) -> None:
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 1), cause=why(shelf)))

    refused(shelf, level_items.adjust_tracked(lamp(shelf), lamps, -1, named=0, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.adjust_tracked", clause="named = :before")
def test_a_tracked_level_is_adjusted_with_as_many_names_as_were_read(shelf: Shelf, lamps: Level) -> None:
    name(shelf, serials("S3"))

    refused(shelf, level_items.adjust_tracked(lamp(shelf), lamps, -1, named=0, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.adjust_tracked", clause="tracked = :tracked")
def test_a_tracked_level_is_adjusted_in_its_own_way(shelf: Shelf, lamps: Level) -> None:
    refused(shelf, level_items.adjust_tracked(lamp(shelf), as_batches(lamps), 1, named=1, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.ship_named", clause="reserved >= :units")
def test_no_more_named_units_leave_than_are_reserved(shelf: Shelf, lamps: Level) -> None:
    refused(shelf, level_items.ship_named(lamp(shelf), a_pick(shelf, 2), Mode.SERIAL, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.ship_named", clause="tracked = :tracked")
def test_named_units_leave_in_their_own_way(shelf: Shelf, lamps: Level) -> None:
    refused(shelf, level_items.ship_named(lamp(shelf), a_pick(shelf, 1), Mode.BATCH, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.ship_named", clause="named >= :units")
def test_no_more_named_units_leave_than_there_are(shelf: Shelf, lamps: Level) -> None:
    shelf.adjust(-1, names=serials("S1"))
    shelf.adjust(3)
    shelf.table.write(take_units(lamp(shelf), a_pick(shelf, 2), cause=why(shelf)))

    refused(shelf, level_items.ship_named(lamp(shelf), a_pick(shelf, 2), Mode.SERIAL, cause=why(shelf)))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.receive_named", clause="incoming >= :expected")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.receive_named", clause="tracked = :tracked")
@pytest.mark.parametrize(("expected", "mode"), [(1, Mode.SERIAL), (0, Mode.BATCH)])
def test_named_units_arrive_as_they_are_expected(shelf: Shelf, lamps: Level, expected: int, mode: Mode) -> None:
    place = shelf.locations[0]

    refused(
        shelf, level_items.receive_named(lamp(shelf), place, 1, mode, named=1, of_expected=expected, cause=why(shelf))
    )


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.withdraw_named", clause="available >= :units")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.withdraw_named", clause="tracked = :tracked")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.withdraw_named", clause="on_hand = :there")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.withdraw_named", clause="named = :before")
@pytest.mark.parametrize(
    ("units", "read"), [(3, {}), (1, {"tracked": Mode.BATCH}), (1, {"on_hand": 4}), (1, {"named": 1})]
)
def test_units_are_withdrawn_from_a_tracked_level_as_it_was_read(
    shelf: Shelf, lamps: Level, units: int, read: dict[str, object]
) -> None:
    stale = replace(lamps, **read)  # type: ignore[arg-type]

    refused(shelf, level_items.withdraw_named(lamp(shelf), stale, units, named=0, cause=why(shelf)))


def test_units_that_are_withdrawn_by_name_are_taken_off_the_shelf(shelf: Shelf, lamps: Level) -> None:
    shelf.table.write(level_items.withdraw_named(lamp(shelf), lamps, 2, named=1, cause=why(shelf)))

    level = the_level(shelf)
    assert (level.on_hand, level.reserved, level.available, level.named) == (1, 1, 0, 1)


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.name_units", clause="tracked = :tracked")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.name_units", clause="on_hand = :on_hand")
@pytest.mark.guards("storekeeper.inventory.tracking.level_items.name_units", clause="named = :before")
@pytest.mark.parametrize("read", [{"tracked": Mode.BATCH}, {"on_hand": 4}, {"named": 1}])
def test_units_are_named_on_a_level_as_it_was_read(shelf: Shelf, lamps: Level, read: dict[str, object]) -> None:
    refused(shelf, level_items.name_units(lamp(shelf), replace(lamps, **read), 1))  # type: ignore[arg-type]


@pytest.mark.guards(
    "storekeeper.inventory.tracking.level_items.track_level",
    clause="(attribute_not_exists(layout) OR layout = :layout)",
)
def test_a_level_that_is_being_spread_is_not_tracked(shelf: Shelf) -> None:
    stale = shelf.adjust(3)
    before = the_level(shelf)
    shelf.table.write(change_first(lamp(shelf), before, telling(before, buckets=2), units=0, cause=why(shelf)))

    refused(shelf, level_items.track_level(lamp(shelf), stale, Mode.SERIAL))


@pytest.mark.guards(
    "storekeeper.inventory.tracking.level_items.track_level", clause="(attribute_not_exists(named) OR named = :none)"
)
def test_a_level_with_named_units_is_not_tracked_in_another_way(shelf: Shelf, lamps: Level) -> None:
    refused(shelf, level_items.track_level(lamp(shelf), lamps, Mode.BATCH))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.stop_tracking_level")
def test_a_level_with_named_units_stays_tracked(shelf: Shelf, lamps: Level) -> None:
    refused(shelf, level_items.stop_tracking_level(lamp(shelf), lamps))


@pytest.mark.guards("storekeeper.inventory.tracking.level_items.no_level")
def test_a_level_that_was_made_meanwhile_is_not_overlooked(shelf: Shelf) -> None:
    shelf.adjust(1)

    refused(shelf, level_items.no_level(lamp(shelf), shelf.locations[0]))


@pytest.mark.guards("storekeeper.inventory.tracking.items.track_sku", clause="attribute_exists(pk)")
def test_a_sku_that_has_gone_is_not_made_anew_by_tracking_it(shelf: Shelf) -> None:
    with pytest.raises(WriteRefused):
        shelf.table.write(track_sku(shelf.table.tenant_id, LAMP, Mode.SERIAL, version=0))


@pytest.mark.guards(
    "storekeeper.inventory.tracking.items.track_sku",
    clause="(attribute_not_exists(tracking_version) OR tracking_version = :read)",
)
def test_of_two_who_track_a_sku_one_decides_anew(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)

    with pytest.raises(WriteRefused):
        shelf.table.write(track_sku(shelf.table.tenant_id, LAMP, Mode.SERIAL, version=0))

    assert read_tracking(shelf.table, LAMP, settings=load_settings(shelf.table)).mode is Mode.BATCH


@pytest.mark.guards("storekeeper.inventory.tracking.serials.items.put_serial", clause="attribute_not_exists(pk)")
@pytest.mark.guards("storekeeper.inventory.tracking.serials.items.put_serial", clause="version = :read")
@pytest.mark.parametrize("version", [1, 3])
def test_a_serial_moves_from_where_it_was_read(shelf: Shelf, lamps: Level, version: int) -> None:
    known = serial(shelf, "S1")

    with pytest.raises(WriteRefused):
        shelf.table.write(put_serial(shelf.table.tenant_id, replace(known, sku="OTHER", version=version)))

    assert serial(shelf, "S1") == known


@pytest.mark.guards("storekeeper.inventory.tracking.batches.items.put_batch", clause="attribute_not_exists(pk)")
@pytest.mark.guards("storekeeper.inventory.tracking.batches.items.put_batch", clause="version = :read")
@pytest.mark.parametrize("version", [1, 3])
def test_a_batch_changes_from_what_was_read(shelf: Shelf, version: int) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    shelf.adjust(3, names=batch("L1", 3))
    known = find_batches(shelf.table, LAMP, ["L1"])["L1"]

    with pytest.raises(WriteRefused):
        shelf.table.write(put_batch(shelf.table.tenant_id, replace(known, sold=9, version=version)))

    assert find_batches(shelf.table, LAMP, ["L1"])["L1"] == known


@pytest.mark.guards("storekeeper.inventory.tracking.batches.items.put_sale")
def test_what_left_of_a_batch_is_told_once(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    shelf.adjust(3, names=batch("L1", 3))
    known = find_batches(shelf.table, LAMP, ["L1"])["L1"]
    sale = BatchSale(known.id, LAMP, "L1", "ord_1", "shp_1", 1, shelf.now)
    shelf.table.write(put_sale(shelf.table.tenant_id, sale))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_sale(shelf.table.tenant_id, replace(sale, units=2)))

    assert list_sales(shelf.table, known, after=None, limit=5).entries == (sale,)
