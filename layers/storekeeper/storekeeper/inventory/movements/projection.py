"""Writes the ledger: each change of a level becomes one row, once, wherever and however often it is delivered."""

from datetime import UTC, datetime

from storekeeper.inventory.levels.items import cause_from, level_from
from storekeeper.inventory.levels.model import MovementType, empty_level
from storekeeper.inventory.live.watching import is_watched
from storekeeper.inventory.movements.items import PREFIX, movement_from, movement_key, put_movement
from storekeeper.inventory.movements.model import Movement, movement
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table, WriteRefused

_EVER = datetime.min.replace(tzinfo=UTC)
_END = PREFIX + "~"


def project_movement(change: Change, *, table: Table) -> None:
    """Write the row of one change of a level; nothing if it is written, or a closed gap covers it."""
    if change.new is None:
        return
    after = level_from(change.new)
    before = level_from(change.old) if change.old else empty_level(after.sku, after.location_id, after.bucket)
    if after.version == before.version:
        return
    earlier, later = _neighbours(table, change.key.pk, after.version)
    if later is not None and later.first_version <= after.version:
        return
    cause = cause_from(change.new)
    if cause.type is MovementType.RECONCILIATION and earlier is not None and earlier.version == before.version:
        before = earlier.level  # a repair leads on from what the ledger knew, not from the figures that were found
    row = movement(
        table.tenant_id,
        before,
        after,
        cause,
        earliest=max(
            earlier.occurred_at if earlier else _EVER,
            # The change before this one may be written after it (a replay): its time bounds this row all the same.
            cause_from(change.old).at if change.old else _EVER,
        ),
        latest=later.occurred_at if later else None,
    )
    try:
        table.write(put_movement(table.tenant_id, row, is_untold=is_watched(table, at=change.at)))
    except WriteRefused:
        return  # another delivery of the same change was quicker


def _neighbours(table: Table, pk: str, version: int) -> tuple[Movement | None, Movement | None]:
    """The row before a version, and the first at or after it. Nearly always the last row is the one before."""
    last = _row(table, pk, low=PREFIX, high=_END, newest_first=True)
    if last is None or last.version < version:
        return last, None
    earlier = _row(table, pk, low=PREFIX, high=movement_key(pk, version - 1).sk, newest_first=True)
    return earlier, _row(table, pk, low=movement_key(pk, version).sk, high=_END, newest_first=False)


def _row(table: Table, pk: str, *, low: str, high: str, newest_first: bool) -> Movement | None:
    rows = table.query(pk, low=low, high=high, newest_first=newest_first, limit=1, consistent=True)
    return movement_from(rows[0]) if rows else None
