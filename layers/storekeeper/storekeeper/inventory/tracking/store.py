"""Reads of how SKUs are tracked."""

from collections.abc import Iterable, Mapping

from storekeeper.catalog import sku_key
from storekeeper.inventory.errors import SkuIsKit, SkuUnknown
from storekeeper.inventory.levels.items import TYPE as LEVEL
from storekeeper.inventory.levels.items import level_from, level_key
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.tracking.items import mode_of
from storekeeper.inventory.tracking.model import Mode, Place
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table


def tracking_modes(table: Table, skus: Iterable[str]) -> dict[str, Mode | None]:
    """How each SKU is tracked, as of now.

    Raises:
        SkuUnknown: no variant has one of them.
        SkuIsKit: one of them is a kit.
    """
    keys = {sku: sku_key(table.tenant_id, sku) for sku in skus}
    found = table.get_many(keys.values())
    for sku, key in keys.items():
        if key not in found:
            raise SkuUnknown(f"No variant has the SKU {sku}.")
        if "kit" in found[key]:
            raise SkuIsKit(sku)
    return {sku: mode_of(found[key]) for sku, key in keys.items()}


def levels_at(table: Table, places: Iterable[Place]) -> dict[Place, Level]:
    """The levels of SKUs at locations, as of now, by the place; where there is none, none."""
    keys = {place: level_key(SkuRef(table.tenant_id, place.sku), place.location_id) for place in places}
    found = table.get_many(keys.values())
    return {place: level_from(found[key]) for place, key in keys.items() if key in found}


def tracked_among(refused: Mapping[Key, Item | None]) -> dict[str, Mode]:
    """The SKUs that are tracked, by the levels that refused a write that does not know of it."""
    levels = (item for item in refused.values() if item and item["type"] == LEVEL)
    return {item["sku"]: Mode(item["tracked"]) for item in levels if "tracked" in item}
