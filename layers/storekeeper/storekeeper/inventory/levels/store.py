"""Reads of levels, each seeing every write that was answered."""

from collections.abc import Iterable, Sequence

from storekeeper.inventory.levels.items import further_level_keys, level_keys, levels_from
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table


def find_levels(
    table: Table, skus: Iterable[str], *, locations: Sequence[LocationId], leases: bool = True
) -> dict[str, tuple[Level, ...]]:
    """The levels of each SKU, in the order of `locations`: one round trip, and a second one for hot SKUs."""
    levels, _ = find_levels_with(table, skus, locations=locations, keys=(), leases=leases)
    return levels


def find_levels_with(
    table: Table,
    skus: Iterable[str],
    *,
    locations: Sequence[LocationId],
    keys: Iterable[Key],
    ever: bool = False,
    leases: bool = True,
) -> tuple[dict[str, tuple[Level, ...]], dict[Key, Item]]:
    """The levels, and other items that are decided upon together with them, in the same round trip.

    `ever`: among the items are those buckets and leases too that are empty for good.
    """
    refs = [SkuRef(table.tenant_id, sku) for sku in dict.fromkeys(skus)]
    items = table.get_many([*keys, *(key for ref in refs for key in level_keys(ref, locations))])
    further = [key for ref in refs for key in further_level_keys(items, ref, locations, ever=ever, leases=leases)]
    if further:
        items |= table.get_many(further)
    return {ref.sku: levels_from(items, ref, locations) for ref in refs}, items
