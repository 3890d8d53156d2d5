"""States of levels and SKUs, as the projector keeps them; and the lists that stand on them."""

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from storekeeper.inventory import Level, StockState, projections, rebuild_states
from storekeeper.inventory.events import events_of
from storekeeper.inventory.lists import LevelFilter, levels_of_sku, list_levels
from storekeeper.inventory.states.items import (
    mend_level_state,
    put_level_state,
    put_sku_stock,
    sku_stock_from,
    sku_stock_key,
)
from storekeeper.inventory.states.model import SkuStock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import PRESENT, Delete
from tests.table.inventory.conftest import Shelf

ANY = LevelFilter()


def stock(shelf: Shelf, sku: str = "LAMP") -> SkuStock:
    item = shelf.table.get(sku_stock_key(shelf.table.tenant_id, sku))
    assert item is not None
    return sku_stock_from(item)


def state_row(shelf: Shelf, level: Level) -> Item:
    rows = shelf.table.query(f"T#{shelf.table.tenant_id}#SKU#{level.sku}#{level.location_id}#0", prefix="STATE")
    assert len(rows) == 1
    return rows[0]


def listed(shelf: Shelf, wanted: LevelFilter = ANY, *, limit: int = 50) -> list[tuple[str, int, int]]:
    """SKU, location by number, available; through all pages."""
    rows: list[Level] = []
    after = None
    while True:
        page = list_levels(shelf.table, wanted=wanted, after=after, limit=limit)
        assert len(page.entries) <= limit
        rows += page.entries
        after = page.next_position
        if after is None:
            return [(row.sku, shelf.locations.index(row.location_id), row.available) for row in rows]


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    """Six levels of five SKUs, in every state."""
    for sku, units, location in [
        ("APPLE", 11, 0),
        ("BREAD", 10, 0),
        ("CANDLE", 3, 1),
        ("DRUM", 5, 1),
        ("ENGINE", 20, 0),
        ("ENGINE", 1, 1),
    ]:
        shelf.adjust(units, sku=sku, location=location)
    shelf.adjust(-5, sku="DRUM", location=1)
    shelf.project()
    return shelf


def test_all_levels_are_listed_by_sku(stocked: Shelf) -> None:
    expected = [
        ("APPLE", 0, 11),
        ("BREAD", 0, 10),
        ("CANDLE", 1, 3),
        ("DRUM", 1, 0),
        ("ENGINE", 0, 20),
        ("ENGINE", 1, 1),
    ]

    for limit in (1, 2, 4, 50):
        assert sorted(listed(stocked, limit=limit)) == expected
    assert [row[0] for row in listed(stocked)] == [row[0] for row in expected]


def test_levels_of_a_location_and_of_a_state(stocked: Shelf) -> None:
    west = stocked.locations[1]

    assert listed(stocked, LevelFilter(location_id=west)) == [("CANDLE", 1, 3), ("DRUM", 1, 0), ("ENGINE", 1, 1)]
    assert listed(stocked, LevelFilter(state=StockState.LOW)) == [("BREAD", 0, 10)]
    assert listed(stocked, LevelFilter(state=StockState.CRITICAL), limit=1) == [("CANDLE", 1, 3), ("ENGINE", 1, 1)]
    assert listed(stocked, LevelFilter(state=StockState.OUT)) == [("DRUM", 1, 0)]
    assert listed(stocked, LevelFilter(state=StockState.OK)) == [("APPLE", 0, 11), ("ENGINE", 0, 20)]
    assert listed(stocked, LevelFilter(state=StockState.LOW, location_id=west)) == []


def test_a_list_shows_levels_as_they_are_and_leaves_out_what_is_no_longer_so(stocked: Shelf) -> None:
    stocked.adjust(-1, sku="BREAD")
    stocked.adjust(50, sku="CANDLE", location=1)  # the projector has seen neither

    assert listed(stocked, LevelFilter(state=StockState.LOW)) == [("BREAD", 0, 9)]
    assert listed(stocked, LevelFilter(state=StockState.CRITICAL)) == [("ENGINE", 1, 1)]


def test_a_list_can_be_of_an_instant(stocked: Shelf) -> None:
    stocked.adjust(-9, sku="APPLE", at=stocked.now + timedelta(hours=1))
    stocked.project()
    before = LevelFilter(state=StockState.OK, at=stocked.now)

    assert listed(stocked, before) == [("APPLE", 0, 11), ("ENGINE", 0, 20)]
    assert listed(stocked, LevelFilter(at=stocked.now - timedelta(hours=1))) == []


def test_levels_of_a_sku_come_in_pages_too(stocked: Shelf) -> None:
    wanted = LevelFilter()
    first = levels_of_sku(stocked.table, "ENGINE", wanted=wanted, locations=stocked.locations, after=None, limit=1)
    second = levels_of_sku(
        stocked.table, "ENGINE", wanted=wanted, locations=stocked.locations, after=first.next_position, limit=1
    )

    assert {level.available for level in (*first.entries, *second.entries)} == {20, 1}
    assert second.next_position is None


def test_a_sale_that_changes_no_state_writes_no_row(stocked: Shelf) -> None:
    before = state_row(stocked, stocked.levels("ENGINE")[0])
    stocked.hold("cart_ann", {"ENGINE": 5})
    stocked.project()

    assert state_row(stocked, stocked.levels("ENGINE")[0])["write_id"] == before["write_id"]
    assert stock(stocked, "ENGINE").version == 2  # once for each location's first level


@pytest.mark.guards("storekeeper.inventory.states.items.put_level_state")
def test_an_older_state_does_not_replace_a_newer_one(shelf: Shelf) -> None:
    older = shelf.adjust(5)
    shelf.project()
    newer = shelf.adjust(-5)
    shelf.project()

    with pytest.raises(WriteRefused):
        shelf.table.write(put_level_state(shelf.table.tenant_id, older))

    assert state_row(shelf, newer)["state"] == "out"


@pytest.mark.guards("storekeeper.inventory.states.items.put_sku_stock")
def test_a_sku_s_state_that_was_seen_too_early_is_not_written(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.project()
    stale = stock(shelf).seen([], locations=shelf.locations, at="")
    shelf.adjust(5, location=1)
    shelf.project()
    current = stock(shelf)

    with pytest.raises(WriteRefused):
        shelf.table.write(put_sku_stock(shelf.table.tenant_id, stale))

    assert stock(shelf) == current


def test_a_sku_is_out_only_when_all_its_locations_are(shelf: Shelf) -> None:
    shelf.adjust(11, location=0)
    shelf.adjust(2, location=1)
    shelf.project()
    seen = [stock(shelf).state]
    for quantity, location in [(-11, 0), (-2, 1), (1, 0)]:
        shelf.adjust(quantity, location=location)
        shelf.project()
        seen.append(stock(shelf).state)

    assert seen == ["ok", "critical", "out", "critical"]
    assert stock(shelf).product_id == "prd_1"


def test_a_product_s_events_come_from_its_state(shelf: Shelf) -> None:
    shelf.adjust(11)
    for quantity in (-1, -10, 5):
        shelf.adjust(quantity)
        shelf.project()
    shelf.project()

    assert told(shelf.changes()) == []
    shelf.adjust(-5)
    shelf.project()
    assert told(shelf.changes()) == ["product.out_of_stock"]


def told(changes: Sequence[Change]) -> list[str]:
    return [event.type for change in changes for event in events_of(change) if event.type.startswith("product.")]


def derived(shelf: Shelf) -> dict[Key, Item]:
    """The states as they are kept, but for who wrote them and when."""
    rows = [row for sku in ("LAMP", "MUG") for level in shelf.levels(sku) for row in [state_row(shelf, level)]]
    kept = [*rows, *(shelf.table.get(sku_stock_key(shelf.table.tenant_id, sku)) or {} for sku in ("LAMP", "MUG"))]
    stamps = {"write_id", "request_id", "changed_by", "version", "changed_at", "level_version", "available"}
    return {
        Key(row["pk"], row["sk"]): {name: value for name, value in row.items() if name not in stamps} for row in kept
    }


def changed_often(shelf: Shelf, seed: int) -> list[Change]:
    dice = random.Random(seed)
    shelf.sell("LAMP", "MUG")
    for _ in range(8):
        sku, location = dice.choice(["LAMP", "MUG"]), dice.randrange(2)
        shelf.adjust(dice.randint(1, 9), sku=sku, location=location)
        if level := [one for one in shelf.levels(sku) if one.location_id == shelf.locations[location]]:
            shelf.adjust(-dice.randint(1, level[0].available), sku=sku, location=location)
    return shelf.changes()


@pytest.mark.parametrize("seed", range(3))
def test_states_converge_whatever_the_order_and_equal_those_made_from_nothing(shelf: Shelf, seed: int) -> None:
    changes = changed_often(shelf, seed)
    shelf.project(random.Random(seed).sample([*changes, *changes], 2 * len(changes)))
    live = derived(shelf)
    shelf.table.write(*(Delete(key, only_if=PRESENT) for key in live))

    rebuild_states(shelf.table, ["LAMP", "MUG"], locations=shelf.locations, now=shelf.now)

    assert derived(shelf) == live


def test_another_tenant_sees_no_level(stocked: Shelf, other_shelf: Shelf) -> None:
    assert listed(other_shelf) == []
    assert listed(other_shelf, LevelFilter(location_id=stocked.locations[1])) == []
    assert listed(other_shelf, LevelFilter(state=StockState.OUT)) == []


def test_a_change_of_nothing_of_ours_is_left_alone(shelf: Shelf) -> None:
    change = Change(Key(f"T#{shelf.table.tenant_id}", "STORE#1"), None, {"type": "store"}, "1", shelf.now)

    projections.project(change, table=shelf.table)

    assert listed(shelf) == []


@pytest.mark.guards("storekeeper.inventory.states.items.mend_level_state")
def test_a_mended_state_does_not_replace_a_newer_one(shelf: Shelf) -> None:
    older = shelf.adjust(5)
    shelf.project()
    newer = shelf.adjust(-5)
    shelf.project()

    with pytest.raises(WriteRefused):
        shelf.table.write(mend_level_state(shelf.table.tenant_id, older))

    assert state_row(shelf, newer)["state"] == "out"
