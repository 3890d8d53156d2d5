"""Units that leave a shelf for another, are on their way, and arrive: each change right, or nothing at all."""

import pytest

from storekeeper.inventory import Cause, MovementType, Pick, SkuRef
from storekeeper.inventory.arrivals import expecting_writes
from storekeeper.inventory.levels.items import expect_units, receive_units, withdraw_units
from storekeeper.inventory.levels.model import Level
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import SHOPPER
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf


def a_cause(shelf: Shelf) -> Cause:
    return Cause(MovementType.TRANSFER, "transfer", "trf_1", SHOPPER, shelf.now)


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, "LAMP")


def expect(shelf: Shelf, units: int, level: Level | None) -> None:
    location = load_settings(shelf.table).location(shelf.locations[0])
    shelf.table.write(*expecting_writes(lamp(shelf), location, level, units, cause=a_cause(shelf)))


def on_its_way(shelf: Shelf) -> list[tuple[int, int, int]]:
    return [(level.on_hand, level.available, level.incoming) for level in shelf.levels()]


@pytest.mark.guards("storekeeper.inventory.levels.items.withdraw_units", clause="available >= :units")
def test_a_plan_made_from_stale_stock_withdraws_nothing(shelf: Shelf) -> None:
    shelf.adjust(3)
    plan = withdraw_units(lamp(shelf), Pick(shelf.locations[0], 0, 2), cause=a_cause(shelf))
    shelf.table.write(plan)

    with pytest.raises(WriteRefused):
        shelf.table.write(plan)

    assert shelf.figures() == [(1, 0, 1)]


def test_what_is_on_its_way_cannot_be_sold_yet(shelf: Shelf) -> None:
    shelf.adjust(3)
    expect(shelf, 5, shelf.levels()[0])

    assert on_its_way(shelf) == [(3, 3, 5)]


def test_where_a_sku_was_never_kept_its_first_units_on_their_way_make_the_level(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    expect(shelf, 5, None)

    assert on_its_way(shelf) == [(0, 0, 5)]


def test_a_level_that_somebody_else_has_made_is_not_made_again(shelf: Shelf) -> None:
    shelf.adjust(3)

    with pytest.raises(WriteRefused):
        expect(shelf, 5, None)

    assert on_its_way(shelf) == [(3, 3, 0)]


@pytest.mark.guards("storekeeper.inventory.levels.items.expect_units")
def test_nothing_is_expected_at_a_level_that_is_not_there(shelf: Shelf) -> None:
    with pytest.raises((WriteRefused, RuntimeError)) as refused:
        shelf.table.write(expect_units(lamp(shelf), shelf.locations[0], 5, cause=a_cause(shelf)))

    assert refused.type is WriteRefused  # and not the fault of ours that adding to nothing would be
    assert shelf.levels() == ()


@pytest.mark.guards("storekeeper.inventory.levels.items.receive_units")
def test_no_more_is_received_of_what_is_expected_than_that(shelf: Shelf) -> None:
    shelf.adjust(3)
    expect(shelf, 5, shelf.levels()[0])
    plan = receive_units(lamp(shelf), shelf.locations[0], 3, of_expected=3, cause=a_cause(shelf))
    shelf.table.write(plan)

    with pytest.raises(WriteRefused):
        shelf.table.write(plan)

    assert on_its_way(shelf) == [(6, 6, 2)]


def test_what_will_not_come_is_expected_no_more(shelf: Shelf) -> None:
    shelf.adjust(3)
    expect(shelf, 5, shelf.levels()[0])
    shelf.table.write(receive_units(lamp(shelf), shelf.locations[0], 0, of_expected=5, cause=a_cause(shelf)))

    assert on_its_way(shelf) == [(3, 3, 0)]


def test_the_ledger_tells_each_step(shelf: Shelf) -> None:
    shelf.adjust(3)
    expect(shelf, 5, shelf.levels()[0])
    priced = replace(a_cause(shelf), unit_cost=450)
    shelf.table.write(receive_units(lamp(shelf), shelf.locations[0], 5, of_expected=5, cause=priced))
    shelf.project()

    ledger = find_movements(
        shelf.table,
        Wanted(sku="LAMP"),
        locations=shelf.locations,
        after=None,
        limit=10,
        now=shelf.now,
        oldest=shelf.now,
    )
    rows = [(row.type, row.quantity, row.on_hand_after, row.incoming) for row in reversed(ledger.entries)]
    assert rows == [("adjustment", 3, 3, 0), ("transfer", 0, 3, 5), ("transfer", 5, 8, 0)]


def test_the_ledger_keeps_what_units_have_cost(shelf: Shelf) -> None:
    shelf.adjust(3)
    expect(shelf, 5, shelf.levels()[0])
    cause = Cause(MovementType.RESTOCK, "purchase_order", "pur_1", SHOPPER, shelf.now, unit_cost=450)
    shelf.table.write(receive_units(lamp(shelf), shelf.locations[0], 5, of_expected=5, cause=cause))
    shelf.project()

    rows = find_movements(
        shelf.table,
        Wanted(sku="LAMP"),
        locations=shelf.locations,
        after=None,
        limit=10,
        now=shelf.now,
        oldest=shelf.now,
    ).entries

    assert [(row.quantity, row.unit_cost) for row in rows] == [(5, 450), (0, None), (3, None)]
