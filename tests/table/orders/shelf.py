"""Levels from which orders take their units."""

from collections.abc import Iterable

from storekeeper.inventory import Cause, Level, SkuPick, SkuRef, level_key, sum_picks
from storekeeper.inventory.levels.items import level_from, put_level
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
