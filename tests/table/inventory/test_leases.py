"""Leases of a hot SKU: filled from buckets, sold from by one environment, by others at the end; no unit is lost."""

from datetime import timedelta

import pytest

from storekeeper.inventory import (
    Leases,
    OutOfStock,
    StockReserved,
    find_levels_for_sale,
    look_after_spread,
    release_hold,
    spread_level,
)
from storekeeper.inventory.buckets.items import spread_key
from storekeeper.inventory.events import events_of
from storekeeper.inventory.leases.model import HELD_FOR, LEASES_A_BUCKET
from storekeeper.inventory.levels.model import FIRST_LEASE, Level
from storekeeper.inventory.lists import LevelFilter, levels_of_sku, list_levels
from storekeeper.inventory.movements.use_cases import gaps_of
from storekeeper.kernel.ids import CartId
from tests.table.inventory.conftest import Shelf

UNITS, LENT = 256, 4  # two buckets of 128, which lend a 32nd part at once
LATER = HELD_FOR + timedelta(seconds=1)


@pytest.fixture
def hot(shelf: Shelf) -> Shelf:
    """A shelf with a SKU in two buckets, whose leases are open."""
    shelf.adjust(UNITS)
    spread(shelf, 2)
    return shelf


def spread(shelf: Shelf, buckets: int, *, later: timedelta = timedelta()) -> None:
    place = shelf.locations[0]
    spread_level(shelf.table, "LAMP", place, buckets=buckets, locations=shelf.locations, now=shelf.now + later)


def look(shelf: Shelf, later: timedelta) -> bool:
    key = spread_key(shelf.table.tenant_id, "LAMP", shelf.locations[0])
    return look_after_spread(shelf.table, key, now=shelf.now + later)


def buckets_of(shelf: Shelf) -> list[Level]:
    return [level for level in shelf.levels() if not level.is_lease]


def leases_of(shelf: Shelf) -> list[Level]:
    """Those that were ever filled."""
    return [level for level in shelf.levels() if level.is_lease and level.version]


def total(shelf: Shelf) -> int:
    return sum(level.available for level in shelf.levels())


def picked(shelf: Shelf, cart_id: str, leases: Leases, units: int = 1) -> int:
    """Where a hold of one pick got its units."""
    (pick,) = shelf.hold(cart_id, {"LAMP": units}, leases=leases).picks
    return pick.bucket


def test_a_level_that_is_spread_has_leases_that_are_empty(hot: Shelf) -> None:
    first = buckets_of(hot)[0]

    assert (first.leases, first.open_leases) == (2 * LEASES_A_BUCKET, 2 * LEASES_A_BUCKET)
    assert (leases_of(hot), total(hot)) == ([], UNITS)


def test_a_level_that_could_lend_nothing_has_none(shelf: Shelf) -> None:
    shelf.adjust(UNITS // 2 - 1)

    spread(shelf, 2)

    assert buckets_of(shelf)[0].leases == 0


def test_an_environment_sells_from_its_lease_and_touches_no_bucket(hot: Shelf) -> None:
    leases = Leases()
    number = picked(hot, "cart_1", leases)
    versions = [level.version for level in buckets_of(hot)]

    assert [picked(hot, f"cart_{cart}", leases) for cart in range(2, LENT + 1)] == [number] * (LENT - 1)

    assert number >= FIRST_LEASE
    assert [level.version for level in buckets_of(hot)] == versions
    assert [(level.reserved, level.available) for level in leases_of(hot)] == [(LENT, 0)]


def test_a_lease_that_is_sold_is_filled_again(hot: Shelf) -> None:
    leases = Leases()
    numbers = {picked(hot, f"cart_{cart}", leases) for cart in range(LENT + 1)}

    assert len(numbers) == 1
    assert total(hot) == UNITS - LENT - 1


def test_what_is_read_to_sell_from_a_lease_is_the_lease(hot: Shelf) -> None:
    leases = Leases()
    number = picked(hot, "cart_1", leases)

    levels, _ = find_levels_for_sale(hot.table, {"LAMP": 1}, locations=hot.locations, leases=leases)

    assert [level.bucket for level in levels["LAMP"]] == [number]


def test_two_environments_have_a_lease_each(hot: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Leases(), Leases()
    throws = iter([0, 0, 0, 0, 0, 0, 0, 7, 0])  # both would have the first; the other one then throws again
    monkeypatch.setattr(hot.table, "throw", lambda _: next(throws, 0))

    numbers = [picked(hot, "cart_1", one), picked(hot, "cart_2", two)]

    assert numbers == [FIRST_LEASE, FIRST_LEASE + 7]


def test_who_gets_no_lease_sells_from_a_bucket(hot: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot.table, "throw", lambda _: 0)
    monkeypatch.setattr(hot.table, "pause_before", lambda _: None)
    picked(hot, "cart_1", Leases())

    assert picked(hot, "cart_2", Leases()) == 0
    assert picked(hot, "cart_3", Leases(), LENT + 1) == 0  # as many as no bucket lends


def test_it_is_sold_to_the_last_unit_from_the_leases_of_others_too(hot: Shelf) -> None:
    gone = Leases()
    picked(hot, "cart_0", gone)

    hold = hot.hold("cart_1", {"LAMP": UNITS - 1})

    assert total(hot) == 0
    assert {pick.bucket >= FIRST_LEASE for pick in hold.picks} == {True, False}
    with pytest.raises(OutOfStock):
        hot.hold("cart_2", {"LAMP": 1}, leases=Leases())


def test_a_buyer_sees_what_is_leased_once_there_is_little_else(hot: Shelf) -> None:
    picked(hot, "cart_0", Leases())
    hot.hold("cart_1", {"LAMP": UNITS - LENT})

    levels, _ = find_levels_for_sale(hot.table, {"LAMP": 1}, locations=hot.locations)

    assert sum(level.available for level in levels["LAMP"]) == LENT - 1


def test_another_environment_takes_over_a_lease_that_is_over_and_what_is_in_it(
    hot: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot.table, "throw", lambda _: 0)
    picked(hot, "cart_1", Leases())
    hot.now += LATER

    assert picked(hot, "cart_2", Leases()) == FIRST_LEASE

    (lease,) = leases_of(hot)
    assert (lease.reserved, lease.on_hand) == (2, LENT + 3)  # a 32nd part of 124


def test_an_environment_leaves_a_lease_that_another_has_taken_over(hot: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Leases()
    with monkeypatch.context() as throws:
        throws.setattr(hot.table, "throw", lambda _: 0)
        picked(hot, "cart_1", late)
        hot.now += LATER
        picked(hot, "cart_2", Leases())
        throws.setattr(hot.table, "throw", lambda sides: min(5, sides - 1))
        assert picked(hot, "cart_3", late) == FIRST_LEASE + 5


def test_the_sweep_brings_back_what_an_environment_that_died_had_leased(hot: Shelf) -> None:
    picked(hot, "cart_1", Leases())
    hot.hold("cart_2", {"LAMP": UNITS // 2})  # too little is left to lend

    look(hot, LATER)

    assert [(level.reserved, level.available) for level in leases_of(hot)] == [(1, 0)]
    assert sum(level.available for level in buckets_of(hot)) == UNITS // 2 - 1
    assert buckets_of(hot)[0].open_leases == 0


def test_a_lease_that_is_held_is_sold_on_when_leases_are_closed(hot: Shelf) -> None:
    leases = Leases()
    number = picked(hot, "cart_1", leases)

    spread(hot, 1, later=timedelta(seconds=1))

    assert [level.available for level in leases_of(hot)] == [LENT - 1]
    assert [picked(hot, f"cart_{cart}", leases) for cart in range(2, LENT + 2)] == [*[number] * (LENT - 1), 0]
    assert not leases.has_any(hot.table.tenant_id)  # and is read no more


def test_leases_are_read_as_long_as_anything_is_in_them(hot: Shelf) -> None:
    picked(hot, "cart_1", Leases())
    spread(hot, 1, later=LATER)
    assert hot.figures()[0] == (UNITS - 1, 0, UNITS - 1)
    assert leases_of(hot)[0].reserved == 1

    release_hold(hot.table, cart_id=CartId("cart_1"), now=hot.now)
    assert total(hot) == UNITS
    look(hot, 3 * LATER)

    assert hot.figures() == [(UNITS, 0, UNITS)]
    assert not look(hot, 6 * LATER)  # the spread is removed


def test_leases_can_be_had_again_and_their_ledger_has_no_gap(hot: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot.table, "throw", lambda _: 0)
    for cart in range(3):
        picked(hot, f"cart_{cart}", Leases())
        release_hold(hot.table, cart_id=CartId(f"cart_{cart}"), now=hot.now)
        spread(hot, 1, later=LATER)
        assert [level.bucket for level in hot.levels()] == [0]
        hot.now += 2 * LATER
        spread(hot, 2)
    hot.project()

    assert total(hot) == UNITS
    assert [gaps_of(hot.table, "LAMP", hot.locations[0], number) for number in (0, 1, FIRST_LEASE)] == [()] * 3


def test_a_row_counts_what_is_leased_and_its_version_only_grows(hot: Shelf) -> None:
    seen = []
    for step in range(4):
        if step == 1:
            picked(hot, "cart_1", Leases())
        if step == 2:
            release_hold(hot.table, cart_id=CartId("cart_1"), now=hot.now)
        if step == 3:
            spread(hot, 1, later=LATER)
        hot.project()
        (row,) = levels_of_sku(
            hot.table, "LAMP", wanted=LevelFilter(), locations=hot.locations, after=None, limit=9
        ).entries
        (listed,) = list_levels(hot.table, wanted=LevelFilter(), after=None, limit=9).entries
        assert listed == row
        seen.append((row.on_hand, row.reserved, row.version))

    assert [figures[:2] for figures in seen] == [(UNITS, 0), (UNITS, 1), (UNITS, 0), (UNITS, 0)]
    assert [figures[2] for figures in seen] == sorted({figures[2] for figures in seen})


def test_stock_at_an_instant_counts_leases_that_are_gone(hot: Shelf) -> None:
    picked(hot, "cart_1", Leases())
    release_hold(hot.table, cart_id=CartId("cart_1"), now=hot.now + timedelta(seconds=2))
    spread(hot, 1, later=LATER)
    hot.project()

    wanted = LevelFilter(at=hot.now + timedelta(seconds=1))
    (row,) = levels_of_sku(hot.table, "LAMP", wanted=wanted, locations=hot.locations, after=None, limit=9).entries

    assert (row.on_hand, row.reserved) == (UNITS, 1)


def test_filling_and_emptying_is_no_news(hot: Shelf) -> None:
    hot.project()
    hot.changes()
    picked(hot, "cart_1", Leases())
    spread(hot, 1, later=LATER)
    changes = hot.changes()
    hot.project(changes)

    events = [event.type for change in [*changes, *hot.changes()] for event in events_of(change)]

    assert events == ["inventory.reserved"]


def test_the_last_unit_of_the_last_lease_makes_the_sku_sold_out(hot: Shelf) -> None:
    leases = Leases()
    picked(hot, "cart_0", leases)
    hot.hold("cart_1", {"LAMP": UNITS - LENT})
    hot.project()
    hot.changes()

    for cart in range(2, LENT + 1):
        picked(hot, f"cart_{cart}", leases)
    changes = hot.changes()
    hot.project(changes)

    events = [event.type for change in [*changes, *hot.changes()] for event in events_of(change)]
    assert "product.out_of_stock" in events
    (row,) = list_levels(hot.table, wanted=LevelFilter(), after=None, limit=9).entries
    assert (row.available, row.state) == (0, "out")


def test_what_is_missing_comes_off_leases_too_and_what_comes_goes_to_buckets(hot: Shelf) -> None:
    picked(hot, "cart_1", Leases())

    assert hot.adjust(-(UNITS - 2), kind="damage").available == 1
    assert hot.adjust(10, kind="restock").available == 11
    assert sum(level.available for level in buckets_of(hot)) >= 10
    with pytest.raises(StockReserved):
        hot.adjust(-12, kind="damage")
