"""Every guard of leases: a plan made from what was read a moment ago changes nothing when that has changed."""

from datetime import timedelta

import pytest

from storekeeper.inventory import Cause, Leases, Level, MovementType, Pick, SkuRef, level_key, take_units
from storekeeper.inventory.buckets.items import move_units
from storekeeper.inventory.leases.items import close_lease, empty_lease, fill_lease, is_open, open_lease
from storekeeper.inventory.leases.model import HELD_FOR
from storekeeper.inventory.leases.opening import close_leases, open_leases
from storekeeper.inventory.levels.model import FIRST_LEASE
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Write
from tests.table.inventory.conftest import Shelf

UNITS, MANY = 256, 3


@pytest.fixture
def hot(shelf: Shelf) -> Shelf:
    """A level with a few open leases."""
    shelf.adjust(UNITS)
    open_leases(shelf.table, lamp(shelf), shelf.locations[0], many=MANY, now=shelf.now)
    return shelf


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, "LAMP")


def cause(shelf: Shelf) -> Cause:
    return Cause(MovementType.TRANSFER, "lease", "trf_1", shelf.table.trace.actor, shelf.now)


def filling(shelf: Shelf, *, holder: str = "env_1", later: timedelta = timedelta()) -> tuple[Write, ...]:
    """A bucket lends four units to the first lease."""
    ref, place, why = lamp(shelf), shelf.locations[0], cause(shelf)
    return (
        move_units(ref, place, 0, -4, cause=why),
        fill_lease(ref, place, FIRST_LEASE, 4, holder=holder, cause=why, now=shelf.now + later),
    )


def lease(shelf: Shelf) -> Level:
    return next(level for level in shelf.levels() if level.bucket == FIRST_LEASE)


def close(shelf: Shelf, *, later: timedelta = timedelta()) -> int:
    return close_leases(shelf.table, lamp(shelf), shelf.locations[0], now=shelf.now + later)


def refused(shelf: Shelf, *plan: Write) -> None:
    before = shelf.figures()
    with pytest.raises(WriteRefused):
        shelf.table.write(*plan)
    assert shelf.figures() == before


@pytest.mark.guards("storekeeper.inventory.leases.items.fill_lease", clause="is_open = :yes")
def test_a_lease_that_was_closed_meanwhile_is_not_filled(hot: Shelf) -> None:
    plan = filling(hot)
    close(hot)

    refused(hot, *plan)


@pytest.mark.guards("storekeeper.inventory.leases.items.fill_lease", clause="(holder = :holder OR held_until < :now)")
def test_a_lease_that_another_environment_holds_is_not_filled(hot: Shelf) -> None:
    hot.table.write(*filling(hot))

    refused(hot, *filling(hot, holder="env_2", later=HELD_FOR))

    hot.table.write(*filling(hot, later=HELD_FOR))
    hot.table.write(*filling(hot, holder="env_2", later=2 * HELD_FOR + timedelta(milliseconds=1)))
    assert lease(hot).available == 12


@pytest.mark.guards("storekeeper.inventory.leases.items.open_lease")
def test_a_lease_that_was_opened_meanwhile_keeps_its_holder(hot: Shelf) -> None:
    again = open_lease(lamp(hot), hot.locations[0], FIRST_LEASE)
    hot.table.write(*filling(hot))

    refused(hot, again)

    refused(hot, *filling(hot, holder="env_2"))


@pytest.mark.guards("storekeeper.inventory.leases.items.close_lease")
def test_a_lease_is_closed_once(hot: Shelf) -> None:
    plan = close_lease(lamp(hot), hot.locations[0], FIRST_LEASE)
    hot.table.write(plan)

    refused(hot, plan)

    item = hot.table.get(level_key(lamp(hot), hot.locations[0], FIRST_LEASE))
    assert item is not None
    assert not is_open(item)


@pytest.mark.guards("storekeeper.inventory.leases.items.empty_lease")
def test_units_that_were_sold_meanwhile_do_not_go_back(hot: Shelf) -> None:
    hot.table.write(*filling(hot))
    plan = (
        move_units(lamp(hot), hot.locations[0], 0, 4, cause=cause(hot)),
        empty_lease(lamp(hot), lease(hot), cause=cause(hot)),
    )
    sold = take_units(lamp(hot), Pick(hot.locations[0], FIRST_LEASE, 1), cause=cause(hot))
    hot.table.write(sold)

    refused(hot, *plan)


def test_who_opens_comes_too_late_when_others_have_closed_meanwhile(
    hot: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else bucket 0 would tell of no leases while one is filled."""
    monkeypatch.setattr("storekeeper.inventory.leases.opening.OPENED_AT_ONCE", 1)
    write = hot.table.write
    closed: list[bool] = []

    def closing_between(*writes: Write, contention_s: float = 2.5) -> None:
        write(*writes, contention_s=contention_s)
        if len(writes) == 2 and not closed:
            closed.append(True)
            monkeypatch.setattr(hot.table, "write", write)
            close(hot)
            monkeypatch.setattr(hot.table, "write", closing_between)

    monkeypatch.setattr(hot.table, "write", closing_between)
    open_leases(hot.table, lamp(hot), hot.locations[0], many=MANY + 4, now=hot.now)

    first = hot.levels()[0]
    assert (closed, first.open_leases, first.leases) == ([True], MANY + 4, MANY + 4)
    hot.table.write(*filling(hot))
    assert sum(level.on_hand for level in hot.levels()) == UNITS


def test_closing_is_broken_off_by_a_sale_and_done_at_the_next_look(hot: Shelf) -> None:
    hot.table.write(*filling(hot))
    hot.hold("cart_1", {"LAMP": 1}, leases=Leases())

    assert close(hot, later=HELD_FOR / 2) == MANY
    assert lease(hot).available == 4
    assert close(hot, later=2 * HELD_FOR) == MANY  # what is reserved in the other one stays

    assert hot.levels()[0].available + sum(one.available for one in hot.levels()[1:]) == UNITS - 1


def test_another_tenant_is_not_touched(hot: Shelf, other_shelf: Shelf) -> None:
    other_shelf.adjust(UNITS)

    hot.table.write(*filling(hot))

    assert other_shelf.figures() == [(UNITS, 0, UNITS)]
