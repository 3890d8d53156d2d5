"""Making the states anew from the levels."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.model import Level, add_up
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.states.items import level_state_key, mend_level_state, sku_stock_key
from storekeeper.inventory.states.projection import refresh_sku_stock, write_level_state
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table, WriteRefused


class StateCorrection(Struct, frozen=True):
    """What was said of a SKU, or of its level at a location, and what is; None: nothing was said."""

    sku: str
    location_id: LocationId | None
    before: str | None
    after: str


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


def correct_states(
    table: Table, sku: str, *, locations: Sequence[LocationId], now: datetime
) -> Iterator[StateCorrection]:
    """Write the states of a SKU and its levels as they are now; those that said something else."""
    rows = add_up(find_levels(table, [sku], locations=locations)[sku])
    if not rows:
        return
    keys = {row.location_id: level_state_key(table.tenant_id, row) for row in rows}
    stock_key = sku_stock_key(table.tenant_id, sku)
    found = table.get_many([*keys.values(), stock_key])
    for row in rows:
        before = found.get(keys[row.location_id], {}).get("state")
        if before != row.state.value and _mended(table, row):
            yield StateCorrection(sku, row.location_id, before, row.state.value)
    for row in rows:
        refresh_sku_stock(table, sku, location_id=row.location_id, at=clock.to_text(now))
    before, after = found.get(stock_key, {}).get("state"), table.get(stock_key)
    if after and before != after["state"]:
        yield StateCorrection(sku, None, before, after["state"])


def _mended(table: Table, row: Level) -> bool:
    """Whether it was wrong, and not just changed by somebody who knows better."""
    try:
        table.write(mend_level_state(table.tenant_id, row))
    except WriteRefused:
        return False
    return True
