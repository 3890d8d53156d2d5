"""Units that are told apart: they come, go and are counted together with their level."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from storekeeper.inventory import Mode, SkuUnknown, spread_level
from storekeeper.inventory.adjustments.bulk import adjust_part, start_bulk_adjustment
from storekeeper.inventory.errors import LevelUnknown
from storekeeper.inventory.tracking.batches.items import batch_key
from storekeeper.inventory.tracking.batches.model import BatchShort
from storekeeper.inventory.tracking.batches.store import BatchFilter, find_batches, list_batches
from storekeeper.inventory.tracking.batches.use_cases import expire_batch
from storekeeper.inventory.tracking.model import (
    NamesMissing,
    NotTracked,
    SkuSpread,
    SkuTracked,
    TrackingInUse,
    UnitsUnnamed,
)
from storekeeper.inventory.tracking.serials.model import SerialNotFound, SerialNotThere, SerialTaken
from storekeeper.inventory.tracking.serials.store import SerialFilter, list_serials, read_serial
from storekeeper.inventory.tracking.serials.use_cases import take_serial_back
from storekeeper.inventory.tracking.use_cases import read_tracking
from storekeeper.kernel.errors import Invalid, StaleVersion, StorekeeperError
from storekeeper.kernel.states import WrongState
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.tracking import LAMP, batch, name, serial, serials, statuses, track_lamps


def named(shelf: Shelf) -> list[tuple[int, int]]:
    """on_hand and named of each level."""
    return [(level.on_hand, level.named) for level in shelf.levels()]


def test_serials_come_and_go_with_their_units(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)

    shelf.adjust(3, kind="restock", names=serials("S1", "S2", "S3"))
    shelf.adjust(-1, kind="damage", names=serials("S2"))

    assert statuses(shelf, "S1", "S2", "S3") == ["in_stock", "written_off", "in_stock"]
    assert named(shelf) == [(2, 2)]
    assert [step.reference_type for step in serial(shelf, "S2").history] == ["adjustment", "adjustment"]


def test_a_serial_that_is_there_does_not_come_again_and_nothing_is_written(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(1, names=serials("S1"))

    with pytest.raises(SerialTaken):
        shelf.adjust(2, names=serials("S2", "S1"))
    with pytest.raises(SerialNotThere):
        shelf.adjust(-1, names=serials("S9"))

    assert (named(shelf), statuses(shelf, "S2")) == ([(1, 1)], ["unknown"])


def test_units_that_have_names_do_not_go_without(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(2, names=serials("S1", "S2"))

    with pytest.raises(NamesMissing):
        shelf.adjust(-1)

    shelf.adjust(1)
    shelf.adjust(-1)
    assert named(shelf) == [(2, 2)]


def test_names_of_a_sku_that_is_not_tracked_are_refused(shelf: Shelf) -> None:
    with pytest.raises(NotTracked):
        shelf.adjust(1, names=serials("S1"))

    assert shelf.levels() == ()


def test_what_lies_there_is_named_later(shelf: Shelf) -> None:
    shelf.adjust(3)
    track_lamps(shelf)
    before = shelf.levels()[0].version

    name(shelf, serials("S1", "S2"))

    assert (named(shelf), shelf.levels()[0].version) == ([(3, 2)], before)
    with pytest.raises(UnitsUnnamed):
        name(shelf, serials("S3", "S4"))
    assert statuses(shelf, "S3") == ["unknown"]
    with pytest.raises(LevelUnknown):
        name(shelf, serials("S3"), location=1)


def test_only_units_that_are_told_apart_are_named(shelf: Shelf) -> None:
    shelf.adjust(3)

    with pytest.raises(NotTracked):
        name(shelf, serials("S1"))


def test_each_new_level_of_a_tracked_sku_is_tracked(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)

    shelf.adjust(1, names=serials("S1"))
    shelf.adjust(1, names=serials("S2"), location=1)

    assert [(level.tracked, level.named) for level in shelf.levels()] == [(Mode.SERIAL, 1)] * 2


def test_how_a_sku_is_tracked_changes_only_while_no_unit_is_named(shelf: Shelf) -> None:
    shelf.adjust(2)
    assert track_lamps(shelf, Mode.BATCH).version == 1
    assert track_lamps(shelf, Mode.BATCH).version == 1
    track_lamps(shelf, Mode.SERIAL)
    name(shelf, serials("S1"))

    with pytest.raises(TrackingInUse):
        track_lamps(shelf, None)

    shelf.adjust(-1, names=serials("S1"))
    assert track_lamps(shelf, None).version == 3
    assert [level.tracked for level in shelf.levels()] == [None]
    shelf.adjust(-1)
    assert named(shelf) == [(0, 0)]


def test_tracking_is_said_of_a_known_sku_under_its_version(shelf: Shelf) -> None:
    with pytest.raises(SkuUnknown):
        track_lamps(shelf)

    shelf.sell(LAMP)

    def stale(version: int) -> None:
        raise StaleVersion(f"It is at {version}.")

    with pytest.raises(StaleVersion):
        track_lamps(shelf, expects=stale)
    assert read_tracking(shelf.table, LAMP, settings=load_settings(shelf.table)).mode is None


def test_units_that_are_told_apart_lie_in_one_place(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread_level(shelf.table, LAMP, shelf.locations[0], buckets=4, locations=shelf.locations, now=shelf.now)
    with pytest.raises(SkuSpread):
        track_lamps(shelf)

    spread_level(shelf.table, LAMP, shelf.locations[0], buckets=1, locations=shelf.locations, now=shelf.now)
    track_lamps(shelf)
    with pytest.raises(SkuTracked):
        spread_level(shelf.table, LAMP, shelf.locations[0], buckets=4, locations=shelf.locations, now=shelf.now)
    assert len(shelf.levels()) == 1


def test_of_many_who_bring_one_serial_one_does(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(1, names=serials("S0"))

    def bring(_: int) -> bool:
        try:
            shelf.adjust(1, names=serials("S1"))
        except StorekeeperError:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(bring, range(4))) == 1
    assert named(shelf) == [(2, 2)]


def test_bulk_rows_name_nothing_and_take_nothing_that_is_named(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(1, names=serials("S1"))
    rows = [{"sku": LAMP, "quantity": -1}, {"sku": LAMP, "quantity": 2}]
    run = start_bulk_adjustment(shelf.table, rows, run_id="run_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", now=shelf.now)

    adjust_part(run, shelf.table, shelf.now)

    assert named(shelf) == [(3, 1)]


def test_batches_keep_their_units_by_location(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    shelf.adjust(5, kind="restock", names=batch("L1", 5, expires_on=date(2027, 1, 1)))
    shelf.adjust(2, names=batch("L1", 2), location=1)

    shelf.adjust(1, location=1)
    with pytest.raises(BatchShort):
        shelf.adjust(-3, kind="expired", names=batch("L1", 3), location=1)
    shelf.adjust(-4, kind="expired", names=batch("L1", 4))

    found = find_batches(shelf.table, LAMP, ["L1"])["L1"]
    assert dict(found.units) == {shelf.locations[0]: 1, shelf.locations[1]: 2}
    assert (named(shelf), found.expires_on, found.sold) == ([(1, 1), (3, 2)], date(2027, 1, 1), 0)


def test_a_batch_is_marked_once_its_day_has_passed_and_no_stock_moves(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    shelf.adjust(5, names=batch("L1", 5, expires_on=shelf.now.date()))
    found = find_batches(shelf.table, LAMP, ["L1"])["L1"]
    key = batch_key(shelf.table.tenant_id, found.id)
    later = shelf.now + timedelta(days=1)

    assert expire_batch(shelf.table, key, now=shelf.now) is False
    assert expire_batch(shelf.table, key, now=later) is True
    assert expire_batch(shelf.table, key, now=later) is False

    (row,) = list_batches(shelf.table, BatchFilter(expired=True, left=True), after=None, limit=5).entries
    assert (row["number"], row["left"], named(shelf)) == ("L1", 5, [(5, 5)])


def test_batches_are_listed_by_what_expires_first(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    for number, day in (("L1", date(2027, 3, 1)), ("L2", None), ("L3", date(2027, 1, 1))):
        shelf.adjust(1, names=batch(number, 1, expires_on=day))

    first = list_batches(shelf.table, BatchFilter(sku=LAMP), after=None, limit=2)
    rest = list_batches(shelf.table, BatchFilter(sku=LAMP), after=first.next_position, limit=2)
    soon = list_batches(shelf.table, BatchFilter(expires_until=date(2027, 1, 1)), after=None, limit=2)

    assert [row["number"] for row in (*first.entries, *rest.entries)] == ["L3", "L1", "L2"]
    assert (rest.next_position, [row["number"] for row in soon.entries]) == (None, ["L3"])


def test_serials_are_listed_by_sku_and_by_number(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(3, names=serials("S3", "S1", "S2"))
    shelf.adjust(-1, names=serials("S2"))

    first = list_serials(shelf.table, SerialFilter(sku=LAMP), after=None, limit=2)
    rest = list_serials(shelf.table, SerialFilter(sku=LAMP), after=first.next_position, limit=2)
    lost = list_serials(shelf.table, SerialFilter(number="S2"), after=None, limit=2)

    assert [row["number"] for row in (*first.entries, *rest.entries)] == ["S1", "S2", "S3"]
    assert [row["status"] for row in lost.entries] == ["written_off"]
    assert list_serials(other_shelf.table, SerialFilter(sku=LAMP), after=None, limit=2).entries == ()
    with pytest.raises(SerialNotFound):
        read_serial(other_shelf.table, serial(shelf, "S1").id)


def test_what_was_not_sold_does_not_come_back(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(1, names=serials("S1"))

    with pytest.raises(WrongState):
        take_serial_back(shelf.table, serial(shelf, "S1").id, reason="", now=shelf.now)

    assert serial(shelf, "S1").version == 1


def test_names_that_do_not_fit_the_units_write_nothing(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)

    with pytest.raises(Invalid):
        shelf.adjust(2, names=serials("S1"))

    assert (shelf.levels(), statuses(shelf, "S1")) == ((), ["unknown"])


def test_a_shelf_is_of_one_tenant(shelf: Shelf, other_shelf: Shelf, now: datetime) -> None:
    for one in (shelf, other_shelf):
        one.sell(LAMP)
        track_lamps(one)
        one.adjust(1, names=serials("S1"))

    assert serial(shelf, "S1").id != serial(other_shelf, "S1").id
