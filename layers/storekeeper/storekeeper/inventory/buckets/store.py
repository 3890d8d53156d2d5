"""Reads of levels that lie in buckets."""

from collections.abc import Mapping, Sequence

from storekeeper.inventory.errors import StockContended
from storekeeper.inventory.levels.items import further_level_keys, level_keys, levels_from
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.levels.plans import available_units
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table

MAX_LOOKS = 16  # at the end of a sale others take the last units, and each time it is looked again


def levels_together(
    table: Table,
    levels: Mapping[str, Sequence[Level]],
    *,
    short: Mapping[str, int],
    locations: Sequence[LocationId],
) -> dict[str, tuple[Level, ...]]:
    """The levels with those of the SKUs that are `short` (units wanted) as they were at one moment, if they are spread.

    Buckets and leases that are read one after the other may each be empty while there is stock all the time: units move
    between them. So nobody is told that a spread SKU is sold out who has not looked again here. If there is enough
    after all, the levels are as they were read, and so are those of other SKUs.

    Raises:
        StockContended: buyers kept writing them.
    """
    looked = {sku: tuple(found) for sku, found in levels.items()}
    for sku, units in short.items():
        if any(level.is_spread for level in looked.get(sku, ())):
            looked[sku] = _together(table, SkuRef(table.tenant_id, sku), locations, units=units)
    return looked


def _together(table: Table, ref: SkuRef, locations: Sequence[LocationId], *, units: int) -> tuple[Level, ...]:
    """Reads everything twice: if no version has changed, there was a moment between at which all was as it was read.

    It takes no part in transactions, as `TransactGetItems` would, and there may be more levels than that takes.
    """
    seen = table.get_many(level_keys(ref, locations))
    for _ in range(MAX_LOOKS):
        again = _read(table, ref, locations, known=seen)
        levels = levels_from(again, ref, locations)
        if _versions(again) == _versions(seen) or available_units(levels) >= units:
            return levels
        seen = again
    raise StockContended("Others are buying the same things; try again.")


def _read(table: Table, ref: SkuRef, locations: Sequence[LocationId], *, known: Mapping[Key, Item]) -> dict[Key, Item]:
    """All that bucket 0 told of, once again."""
    return table.get_many([*level_keys(ref, locations), *further_level_keys(known, ref, locations)])


def _versions(items: Mapping[Key, Item]) -> dict[Key, int]:
    return {key: item["version"] for key, item in items.items()}
