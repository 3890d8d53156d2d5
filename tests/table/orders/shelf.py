"""Levels from which orders take their units, and mugs that have serials."""

from collections.abc import Iterable
from typing import Any

from storekeeper.inventory import Cause, Level, Names, SkuPick, SkuRef, level_key, sum_picks
from storekeeper.inventory.levels.items import level_from, put_level
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Put
from tests.unit.orders.builders import NOW

SPARE = 5  # units on each shelf beside those that are reserved


def reserve(table: Table, picks: Iterable[SkuPick]) -> list[Put]:
    """The levels of these picks: their units reserved, and some to spare."""
    cause = Cause.of_order("ord_1", actor=table.trace.actor, at=NOW)
    return [
        put_level(
            SkuRef(table.tenant_id, pick.sku),
            Level(pick.sku, pick.location_id, pick.bucket, pick.units + SPARE, pick.units, SPARE, 0, 0, 1),
            cause=cause,
        )
        for pick in sum_picks(picks)
    ]


def level_of(table: Table, pick: SkuPick) -> Level:
    """The level of a pick as it is now."""
    item = table.get(level_key(SkuRef(table.tenant_id, pick.sku), pick.location_id, pick.bucket))
    assert item is not None
    return level_from(item)


def cause_of(table: Table, pick: SkuPick) -> dict[str, str]:
    """Why that level changed last."""
    item = table.get(level_key(SkuRef(table.tenant_id, pick.sku), pick.location_id, pick.bucket))
    assert item is not None
    cause: dict[str, str] = item["cause"]
    return cause


def serials(*numbers: str) -> Names:
    """Units by their serials."""
    return Names(numbers)


def where(table: Table, *numbers: str) -> list[Any]:
    """Status and order of each mug."""
    found = find_serials(table, "MUG", numbers)
    return [(found[number].status.value, found[number].order_id) for number in numbers]
