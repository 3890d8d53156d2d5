"""Reads of levels that lie in buckets."""

from collections.abc import Iterable, Mapping, Sequence

from storekeeper.inventory.buckets.model import MAX_TOGETHER
from storekeeper.inventory.errors import StockContended
from storekeeper.inventory.levels.items import further_level_keys, level_keys, levels_from
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table

MAX_LOOKS = 8  # how many buckets there are changes by the minute at most


def levels_together(
    table: Table,
    levels: Mapping[str, Sequence[Level]],
    *,
    short: Iterable[str],
    locations: Sequence[LocationId],
) -> dict[str, tuple[Level, ...]]:
    """The levels with those of the SKUs that are `short` as they were at one moment, if they lie in buckets.

    Buckets that are read one after the other may each be empty while there is stock all the time: units move between
    them. So nobody is told that a spread SKU is sold out who has not looked again here. Others are as they were read.

    Raises:
        StockContended: buyers kept writing them.
    """
    looked = {sku: tuple(found) for sku, found in levels.items()}
    for sku in short:
        if any(level.is_spread for level in looked.get(sku, ())):
            looked[sku] = _together(table, SkuRef(table.tenant_id, sku), locations)
    return looked


def _together(table: Table, ref: SkuRef, locations: Sequence[LocationId]) -> tuple[Level, ...]:
    first = level_keys(ref, locations)
    known = table.get_many(first)
    for _ in range(MAX_LOOKS):
        keys = (*first, *further_level_keys(known, ref, locations))
        items = _read(table, keys)
        if further_level_keys(items, ref, locations) == keys[len(first) :]:
            return levels_from(items, ref, locations)
        known = items
    raise StockContended("Its stock is being rearranged; try again.")


def _read(table: Table, keys: Sequence[Key]) -> dict[Key, Item]:
    try:
        return {
            key: item
            for start in range(0, len(keys), MAX_TOGETHER)
            for key, item in table.get_together(keys[start : start + MAX_TOGETHER]).items()
        }
    except Contended as contended:
        raise StockContended("Others are buying the same things; try again.") from contended
