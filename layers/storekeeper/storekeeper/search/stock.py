"""Stock as shoppers see it: what of each SKU can be sold in a store."""

from collections.abc import Iterable, Mapping, Sequence

from storekeeper.catalog import Variant
from storekeeper.inventory import Asked, SkuRef, available_units, demand_of, kits_in, level_keys, levels_for_sale
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table


def shelved_skus(variants: Iterable[Variant]) -> tuple[str, ...]:
    """The SKUs whose levels say what can be sold of the variants: of a kit its components."""
    return tuple(demand_of(Asked(variant.sku, 1, variant.components) for variant in variants))


def keys_of(tenant_id: TenantId, skus: Sequence[str], locations: Sequence[LocationId]) -> tuple[Key, ...]:
    """What to read to know the stock of these SKUs; hot ones have more, see `units_of`."""
    return tuple(key for sku in skus for key in level_keys(SkuRef(tenant_id, sku), locations))


def units_of(
    table: Table, read: Mapping[Key, Item], variants: Sequence[Variant], locations: Sequence[LocationId]
) -> dict[str, int]:
    """Units that can be sold, by the variants' SKUs; what is missing of what was read (new SKUs, buckets) is read now.

    What is leased of a hot SKU counts once there is little else.
    """
    demand = dict.fromkeys(shelved_skus(variants), 1)
    levels = levels_for_sale(table, read, demand, locations=locations)
    units = {sku: available_units(found) for sku, found in levels.items()}
    return {
        variant.sku: kits_in(variant.components, units) if variant.components else units[variant.sku]
        for variant in variants
    }
