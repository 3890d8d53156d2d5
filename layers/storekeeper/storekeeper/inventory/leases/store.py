"""Reads of levels by those who sell: of a hot SKU no more than they need."""

from collections.abc import Iterable, Mapping, Sequence

from storekeeper.inventory.leases.held import Leases
from storekeeper.inventory.levels.items import further_level_keys, level_keys, levels_from
from storekeeper.inventory.levels.model import LOW_UNITS, Level, SkuRef
from storekeeper.inventory.levels.plans import available_units
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table


def find_levels_for_sale(
    table: Table,
    demand: Mapping[str, int],
    *,
    locations: Sequence[LocationId],
    keys: Iterable[Key] = (),
    leases: Leases | None = None,
) -> tuple[dict[str, tuple[Level, ...]], dict[Key, Item]]:
    """The levels of what is wanted (units by SKU), and other items of the same round trip: see `levels_for_sale`."""
    refs = [SkuRef(table.tenant_id, sku) for sku in demand]
    wanted = [*keys, *(key for ref in refs for key in level_keys(ref, locations))]
    items = table.get_many([*wanted, *(leases.keys(refs) if leases else ())])
    return levels_for_sale(table, items, demand, locations=locations, leases=leases), items


def levels_for_sale(
    table: Table,
    read: Mapping[Key, Item],
    demand: Mapping[str, int],
    *,
    locations: Sequence[LocationId],
    leases: Leases | None = None,
) -> dict[str, tuple[Level, ...]]:
    """The levels to take units from, by SKU; `read` are buckets 0 and the environment's own leases.

    Nearly every SKU has nothing else. Of a hot one it is the own lease if that has enough; else its buckets, which are
    read now; and if there is little in them, the leases of others too.
    """
    items = dict(read)
    refs = [SkuRef(table.tenant_id, sku) for sku in demand]
    own = leases.covering(items, demand, tenant_id=table.tenant_id, locations=locations) if leases else {}
    others = [ref for ref in refs if ref.sku not in own]
    _read(table, items, [key for ref in others for key in further_level_keys(items, ref, locations, leases=False)])
    short = [ref for ref in others if available_units(levels_from(items, ref, locations)) <= LOW_UNITS]
    _read(table, items, [key for ref in short for key in further_level_keys(items, ref, locations)])
    return {ref.sku: own.get(ref.sku) or levels_from(items, ref, locations) for ref in refs}


def _read(table: Table, items: dict[Key, Item], keys: Iterable[Key]) -> None:
    if missing := [key for key in keys if key not in items]:
        items |= table.get_many(missing)
