"""Stock as shoppers see it: what of each SKU can be sold in a store."""

from collections.abc import Mapping, Sequence

from storekeeper.inventory import SkuRef, available_units, further_level_keys, level_keys, levels_from
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table


def keys_of(tenant_id: TenantId, skus: Sequence[str], locations: Sequence[LocationId]) -> tuple[Key, ...]:
    """What to read to know the stock of these SKUs; hot ones have more, see `units_of`."""
    return tuple(key for sku in skus for key in level_keys(SkuRef(tenant_id, sku), locations))


def units_of(
    table: Table, read: Mapping[Key, Item], skus: Sequence[str], locations: Sequence[LocationId]
) -> dict[str, int]:
    """Units that can be sold, by SKU, of what was read; what is missing (new SKUs, buckets of hot ones) is read now."""
    refs = [SkuRef(table.tenant_id, sku) for sku in skus]
    further = [key for ref in refs for key in further_level_keys(read, ref, locations)]
    levels = {**read, **table.get_many(further)} if further else read
    return {ref.sku: available_units(levels_from(levels, ref, locations)) for ref in refs}
