"""Making the states anew from the levels."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from storekeeper.inventory.levels.model import add_up
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.states.projection import refresh_sku_stock, write_level_state
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table


def rebuild_states(table: Table, skus: Iterable[str], *, locations: Sequence[LocationId], now: datetime) -> int:
    """Write the state of each SKU and of its levels as they are now; how many levels there are.

    What is right already stays as it is. Levels are never deleted, so there are no strays to remove.
    """
    count = 0
    for sku in skus:
        for level in add_up(find_levels(table, [sku], locations=locations)[sku]):
            write_level_state(table, level)
            refresh_sku_stock(table, sku, location_id=level.location_id, at=clock.to_text(now))
            count += 1
    return count
