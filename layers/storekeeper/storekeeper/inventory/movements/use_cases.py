"""Repair of the ledger: closing gaps whose changes can no longer come."""

from datetime import datetime

from storekeeper.inventory.levels.items import cause_from, level_from, level_key
from storekeeper.inventory.levels.model import Cause, MovementType, SkuRef, empty_level
from storekeeper.inventory.live.watching import is_watched
from storekeeper.inventory.movements.items import PREFIX, movement_from, put_movement
from storekeeper.inventory.movements.model import Gap, Movement, find_gaps, movement
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table, WriteRefused


def gaps_of(table: Table, sku: str, location_id: LocationId, bucket: int = 0) -> tuple[Gap, ...]:
    """The gaps in the ledger of one level, in order. Reads the whole ledger of the level: for the operator."""
    key = level_key(SkuRef(table.tenant_id, sku), location_id, bucket)
    rows = table.query(key.pk, prefix=PREFIX, consistent=True)  # before the level, which is then the later of both
    item = table.get(key)
    if item is None:
        return ()
    return tuple(
        find_gaps(
            (movement_from(row) for row in rows),
            start=empty_level(sku, location_id, bucket),
            now_is=level_from(item),
            changed_at=cause_from(item).at,
        )
    )


def close_gaps(
    table: Table, sku: str, location_id: LocationId, bucket: int = 0, *, until: datetime
) -> tuple[Movement, ...]:
    """Span each gap whose last change was made before `until` with one `reconciliation` row that says so.

    `until` lies further back than any record that may still be fed: what comes later for a closed gap is left out.
    """
    old = [gap for gap in gaps_of(table, sku, location_id, bucket) if gap.closed_at < until]
    return tuple(row for gap in old if (row := _close(table, gap)))


def _close(table: Table, gap: Gap) -> Movement | None:
    reason = f"Stands for versions {gap.first_version} to {gap.last_version}, whose rows were lost."
    cause = Cause(MovementType.RECONCILIATION, "", "", table.trace.actor, gap.closed_at, reason)
    row = movement(table.tenant_id, gap.before, gap.after, cause, earliest=gap.closed_at)
    try:
        table.write(put_movement(table.tenant_id, row, is_untold=is_watched(table, at=gap.closed_at)))
    except WriteRefused:
        return None  # its last row was fed meanwhile: the gap is another one now
    return row
