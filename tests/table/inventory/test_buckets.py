"""Levels in several buckets: spread, bought from, evened, folded; what is read of them is always the whole."""

from datetime import timedelta

import pytest

from storekeeper.inventory import LevelUnknown, OutOfStock, StockReserved, release_hold, spread_level
from storekeeper.inventory.buckets.model import MAX_TOGETHER, TooManyBuckets
from storekeeper.inventory.events import events_of
from storekeeper.inventory.lists import LevelFilter, levels_of_sku, list_levels
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.inventory.movements.use_cases import gaps_of
from storekeeper.kernel.ids import CartId
from tests.table.inventory.conftest import Shelf


def spread(shelf: Shelf, buckets: int, *, location: int = 0, later: int = 0) -> None:
    at = shelf.now + timedelta(minutes=later)
    place = shelf.locations[location]
    spread_level(shelf.table, "LAMP", place, buckets=buckets, locations=shelf.locations, now=at)


def available(shelf: Shelf) -> list[int]:
    return [level.available for level in shelf.levels()]


def test_a_level_is_spread_evenly_and_stays_as_large(shelf: Shelf) -> None:
    shelf.adjust(10)

    spread(shelf, 4)

    assert available(shelf) == [3, 3, 2, 2]
    assert [level.bucket for level in shelf.levels()] == [0, 1, 2, 3]


def test_what_is_reserved_stays_where_its_owner_knows_it(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.hold("cart_ann", {"LAMP": 4})

    spread(shelf, 3)

    assert shelf.figures() == [(6, 4, 2), (2, 0, 2), (2, 0, 2)]
    release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now)
    assert available(shelf) == [6, 2, 2]


def test_a_folded_level_lies_in_one_bucket_again(shelf: Shelf) -> None:
    shelf.adjust(10)
    spread(shelf, 4)

    spread(shelf, 1, later=1)

    assert shelf.figures() == [(10, 0, 10)]


def test_a_bucket_with_reserved_units_is_read_until_they_are_gone(shelf: Shelf) -> None:
    shelf.adjust(4)
    spread(shelf, 4)
    shelf.hold("cart_ann", {"LAMP": 4})

    spread(shelf, 2, later=1)
    assert shelf.figures() == [(1, 1, 0)] * 4

    release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now)
    spread(shelf, 2, later=2)
    assert shelf.figures() == [(2, 0, 2), (2, 0, 2)]


def test_buckets_can_be_had_again(shelf: Shelf) -> None:
    shelf.adjust(8)
    for place, buckets in enumerate((4, 1, 2, 8, 3)):
        spread(shelf, buckets, later=place)

    assert available(shelf) == [3, 3, 2]
    shelf.project()
    assert all(gaps_of(shelf.table, "LAMP", shelf.locations[0], bucket) == () for bucket in range(8))


def test_more_units_than_one_bucket_has_come_from_several(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4)

    hold = shelf.hold("cart_ann", {"LAMP": 7})

    assert sum(pick.units for pick in hold.picks) == 7
    assert sorted(available(shelf)) == [0, 0, 0, 1]


def test_a_spread_location_still_goes_first(shelf: Shelf) -> None:
    """As it would if it lay in one bucket: not the other one, just because no single bucket has enough."""
    shelf.adjust(8, location=0)
    shelf.adjust(8, location=1)
    spread(shelf, 4)

    hold = shelf.hold("cart_ann", {"LAMP": 6})

    assert {pick.location_id for pick in hold.picks} == {shelf.locations[0]}


def test_it_is_sold_to_the_last_unit(shelf: Shelf) -> None:
    shelf.adjust(9)
    spread(shelf, 4)

    for buyer in range(9):
        shelf.hold(f"cart_{buyer}", {"LAMP": 1})

    assert available(shelf) == [0, 0, 0, 0]
    with pytest.raises(OutOfStock) as refused:
        shelf.hold("cart_late", {"LAMP": 1})
    assert refused.value.shortages[0].available == 0


def test_a_delivery_goes_to_the_driest_buckets(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4)
    shelf.hold("cart_ann", {"LAMP": 5})

    level = shelf.adjust(9, kind="restock")

    assert available(shelf) == [3, 3, 3, 3]
    assert (level.on_hand, level.reserved, level.available) == (17, 5, 12)


def test_what_is_missing_comes_off_several_buckets(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4)

    assert shelf.adjust(-7, kind="damage").available == 1
    assert sorted(available(shelf)) == [0, 0, 0, 1]


def test_what_buyers_hold_in_buckets_cannot_be_adjusted_away(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4)
    shelf.hold("cart_ann", {"LAMP": 3})

    with pytest.raises(StockReserved):
        shelf.adjust(-6, kind="damage")

    assert sum(available(shelf)) == 5


def test_a_level_answers_the_same_version_as_its_row_and_never_a_lower_one(shelf: Shelf) -> None:
    seen = [shelf.adjust(8).version]
    for place, buckets in enumerate((4, 2, 1, 3, 1)):
        spread(shelf, buckets, later=place)
        seen.append(shelf.adjust(2).version)
        (row,) = levels_of_sku(
            shelf.table, "LAMP", wanted=LevelFilter(), locations=shelf.locations, after=None, limit=50
        ).entries
        assert row.version == seen[-1]

    assert seen == sorted(set(seen))


def test_only_a_level_that_is_there_can_be_spread(shelf: Shelf) -> None:
    shelf.adjust(8, location=0)

    with pytest.raises(LevelUnknown):
        spread(shelf, 4, location=1)


def test_a_sku_has_no_more_buckets_than_can_be_seen_at_one_moment(shelf: Shelf) -> None:
    shelf.adjust(8, location=0)
    shelf.adjust(8, location=1)
    spread(shelf, 64, location=0)

    with pytest.raises(TooManyBuckets):
        spread(shelf, MAX_TOGETHER - 63, location=1)
    spread(shelf, MAX_TOGETHER - 64, location=1)

    assert len(shelf.levels()) == MAX_TOGETHER
    assert sum(available(shelf)) == 16


def test_the_ledger_tells_of_every_bucket_and_has_no_gap(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 3)
    shelf.hold("cart_ann", {"LAMP": 7})
    release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now)
    spread(shelf, 1, later=1)
    shelf.project()

    moved = find_movements(
        shelf.table,
        Wanted(sku="LAMP"),
        locations=shelf.locations,
        after=None,
        limit=100,
        now=shelf.now,
        oldest=shelf.now,
    ).entries

    transfers = [one for one in moved if one.type == "transfer"]
    assert {one.reference_type for one in transfers} == {"spread", "fold"}
    assert sum(one.quantity for one in transfers) == 0
    assert {one.bucket for one in moved} == {0, 1, 2}
    assert all(gaps_of(shelf.table, "LAMP", shelf.locations[0], bucket) == () for bucket in range(3))


def test_stock_at_an_instant_counts_buckets_that_are_gone(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4, later=1)
    spread(shelf, 1, later=3)
    shelf.adjust(-1, at=shelf.now + timedelta(minutes=4))
    shelf.project()

    def at(minute: int) -> list[int]:
        wanted = LevelFilter(at=shelf.now + timedelta(minutes=minute))
        of_sku = levels_of_sku(
            shelf.table, "LAMP", wanted=wanted, locations=shelf.locations, after=None, limit=50
        ).entries
        listed = list_levels(shelf.table, wanted=wanted, after=None, limit=50).entries
        assert [row.on_hand for row in of_sku] == [row.on_hand for row in listed]
        return [row.on_hand for row in listed]

    assert [at(0), at(2), at(3), at(4)] == [[8], [8], [8], [7]]


def test_moving_units_between_buckets_is_no_news(shelf: Shelf) -> None:
    shelf.adjust(20)
    shelf.project()
    shelf.changes()
    spread(shelf, 8)
    changes = shelf.changes()
    shelf.project(changes)

    assert [event.type for change in [*changes, *shelf.changes()] for event in events_of(change)] == []


def test_a_spread_level_is_low_when_all_its_buckets_together_are(shelf: Shelf) -> None:
    shelf.adjust(20)
    spread(shelf, 4)
    shelf.project()
    told = []

    for buyer in range(4):
        shelf.hold(f"cart_{buyer}", {"LAMP": 5})
        changes = shelf.changes()
        shelf.project(changes)
        events = [event for change in [*changes, *shelf.changes()] for event in events_of(change)]
        told.append(sorted(one.type for one in events if not one.type.startswith(("inventory.reserved", "stock."))))

    assert told == [[], ["inventory.low", "product.stock_low"], [], ["inventory.low", "product.out_of_stock"]]
    (row,) = list_levels(shelf.table, wanted=LevelFilter(), after=None, limit=50).entries
    assert (row.on_hand, row.available, row.state) == (20, 0, "out")


def test_another_tenant_is_not_touched(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(8)
    other_shelf.adjust(8)

    spread(shelf, 4)

    assert other_shelf.figures() == [(8, 0, 8)]
