"""Stock as shoppers see it: what of each SKU can be sold in a store."""

from collections.abc import Mapping, Sequence

from storekeeper.inventory import SkuRef, available_units, level_keys, levels_for_sale
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
    """Units that can be sold, by SKU, of what was read; what is missing (new SKUs, buckets of hot ones) is read now.

    What is leased of a hot SKU counts once there is little else.
    """
    levels = levels_for_sale(table, read, dict.fromkeys(skus, 1), locations=locations)
    return {sku: available_units(found) for sku, found in levels.items()}
