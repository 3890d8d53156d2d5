"""The ledger as the projector writes it: complete, once, in order, whatever the stream does."""

import itertools
import random
from datetime import timedelta

import pytest

from storekeeper.inventory import Cause, Pick, SkuRef, projections, return_units, ship_units, take_units
from storekeeper.inventory.levels.items import level_pk
from storekeeper.inventory.movements.items import PREFIX, movement_from, put_movement
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.inventory.movements.use_cases import close_gaps, gaps_of
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import SHOPPER
from tests.table.inventory.conftest import Shelf


def sell_some(shelf: Shelf) -> None:
    """Six changes of a level, at times that do not follow the order of the changes."""
    ref, place = SkuRef(shelf.table.tenant_id, "LAMP"), shelf.locations[0]
    shelf.adjust(10, kind="restock")
    for write, units, seconds in [
        (take_units, 4, 9),
        (ship_units, 3, 5),  # another machine's clock
        (take_units, 2, 7),
        (return_units, 1, 20),
    ]:
        cause = Cause.of_order("ord_1", actor=SHOPPER, at=shelf.now + timedelta(seconds=seconds))
        shelf.table.write(write(ref, Pick(place, 0, units), cause=cause))
    shelf.adjust(-1, kind="damage", at=shelf.now + timedelta(seconds=30))


def ledger(shelf: Shelf) -> list[Movement]:
    pk = level_pk(SkuRef(shelf.table.tenant_id, "LAMP"), shelf.locations[0])
    return [movement_from(row) for row in shelf.table.query(pk, prefix=PREFIX, consistent=True)]


def told(shelf: Shelf) -> list[tuple[int, str, int, int, int]]:
    return [(row.version, row.type.value, row.quantity, row.on_hand_after, row.reserved_after) for row in ledger(shelf)]


WHOLE = [
    (1, "restock", 10, 10, 0),
    (2, "hold", 4, 10, 4),
    (3, "sale", -3, 7, 1),
    (4, "hold", 2, 7, 3),
    (5, "return", 1, 8, 3),
    (6, "damage", -1, 7, 3),
]


def test_every_change_has_its_row(shelf: Shelf) -> None:
    sell_some(shelf)
    shelf.project()

    assert told(shelf) == WHOLE
    assert all(a.on_hand_after == b.on_hand_before for a, b in itertools.pairwise(ledger(shelf)))
    assert all(a.reserved_after == b.reserved_before for a, b in itertools.pairwise(ledger(shelf)))


def test_no_row_precedes_the_one_before(shelf: Shelf) -> None:
    sell_some(shelf)
    shelf.project()

    assert [(row.occurred_at - shelf.now).seconds for row in ledger(shelf)] == [0, 9, 9, 9, 20, 30]


def test_batches_that_come_again_and_are_cut_differently_add_nothing(shelf: Shelf) -> None:
    sell_some(shelf)
    changes = shelf.changes()
    shelf.project(changes[:4])
    shelf.project(changes[2:])
    whole = ledger(shelf)

    shelf.project(changes)

    assert ledger(shelf) == whole
    assert told(shelf) == WHOLE


@pytest.mark.parametrize("seed", range(6))
def test_changes_that_come_in_any_order_make_the_same_ledger(shelf: Shelf, seed: int) -> None:
    sell_some(shelf)
    changes = shelf.changes()
    shuffled = random.Random(seed).sample([*changes, *changes[:3]], len(changes) + 3)

    shelf.project(shuffled)

    assert told(shelf) == WHOLE
    times = [row.occurred_at for row in ledger(shelf)]
    assert times == sorted(times)


@pytest.mark.guards("storekeeper.inventory.movements.items.put_movement")
def test_a_row_is_never_overwritten(shelf: Shelf) -> None:
    shelf.adjust(10)
    shelf.project()
    (row,) = ledger(shelf)

    with pytest.raises(WriteRefused):
        shelf.table.write(put_movement(shelf.table.tenant_id, row))


def test_a_lost_row_shows_as_a_gap_and_is_filled_when_it_is_fed_again(shelf: Shelf) -> None:
    sell_some(shelf)
    changes = shelf.changes()
    lost = [change for change in changes if change.type == "level" and change.item["version"] in {3, 4}]
    shelf.project([change for change in changes if change not in lost])

    (gap,) = gaps_of(shelf.table, "LAMP", shelf.locations[0])
    assert (gap.first_version, gap.last_version) == (3, 4)
    shelf.project(lost)

    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()
    assert told(shelf) == WHOLE


def test_a_gap_that_nothing_can_fill_is_closed_by_one_row_that_says_so(shelf: Shelf) -> None:
    sell_some(shelf)
    changes = shelf.changes()
    lost = [change for change in changes if change.type == "level" and change.item["version"] in {3, 4}]
    shelf.project([change for change in changes if change not in lost])

    assert close_gaps(shelf.table, "LAMP", shelf.locations[0], until=shelf.now) == ()  # still too young
    (row,) = close_gaps(shelf.table, "LAMP", shelf.locations[0], until=shelf.now + timedelta(hours=1))

    assert (row.version, row.quantity, row.on_hand_before, row.on_hand_after) == (4, -3, 10, 7)
    assert row.reason == "Stands for versions 3 to 4, whose rows were lost."
    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()
    shelf.project(lost)  # they come after all
    assert [entry[0] for entry in told(shelf)] == [1, 2, 4, 5, 6]


def test_an_unknown_level_has_no_gap(shelf: Shelf) -> None:
    assert gaps_of(shelf.table, "LAMP", shelf.locations[0]) == ()


def test_what_changes_no_version_makes_no_row(shelf: Shelf) -> None:
    shelf.adjust(10)
    (change,) = [change for change in shelf.changes() if change.type == "level"]
    same = Change(change.key, change.new, change.new, "2", change.at)
    removed = Change(change.key, change.new, None, "3", change.at)

    for one in (same, removed):
        projections.project(one, table=shelf.table)

    assert ledger(shelf) == []


def test_another_tenant_s_ledger_is_empty(shelf: Shelf, other_shelf: Shelf) -> None:
    sell_some(shelf)
    shelf.project()

    for wanted in (Wanted(), Wanted(sku="LAMP"), Wanted(reference_id="ord_1")):
        page = find_movements(
            other_shelf.table,
            wanted,
            locations=shelf.locations,
            after=None,
            limit=50,
            now=shelf.now + timedelta(hours=1),
            oldest=shelf.now,
        )
        assert page.entries == ()
