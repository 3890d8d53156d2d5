"""Keeps the states: of the level that has changed, and of its SKU in all locations. Repeats and reordering do no harm:
a level's state is as of its version, a SKU's is read anew from the levels each time.
"""

from storekeeper.catalog import sku_key
from storekeeper.inventory.levels.items import cause_from, level_from, level_key
from storekeeper.inventory.levels.model import LOW_UNITS, Cause, Level, SkuRef, StockState, add_up
from storekeeper.inventory.levels.store import find_levels, find_levels_with
from storekeeper.inventory.states.items import put_level_state, put_sku_stock, sku_stock_from, sku_stock_key
from storekeeper.inventory.states.model import SkuStock, may_change_state
from storekeeper.kernel import clock
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table, WriteRefused


def project_states(change: Change, *, table: Table) -> None:
    """Follow one change of a level."""
    if change.new is None:
        return
    after = level_from(change.new)
    before = level_from(change.old) if change.old else None
    if after.version == (before.version if before else 0):
        return
    may_change = may_change_state(before, after) and not (after.is_lease and _lies_beside_plenty(table, after))
    if after.is_spread:
        # A hot SKU changes often: only a bucket that is itself low can change what is said of all of them.
        if may_change or _was_alone(before):
            row = _whole(table, after)
            write_level_state(table, row, whole=_told(row, before or after, after, cause_from(change.new)))
    elif before is None or before.state is not after.state or before.is_spread:
        write_level_state(table, *add_up([after]))
    if may_change:
        refresh_sku_stock(table, after.sku, location_id=after.location_id, at=clock.to_text(change.at))


def _lies_beside_plenty(table: Table, lease: Level) -> bool:
    """Whether bucket 0 has so much that a lease changes nothing of the state: known by one read, as a rule."""
    first = table.get(level_key(SkuRef(table.tenant_id, lease.sku), lease.location_id))
    return first is not None and level_from(first).available > LOW_UNITS


def _was_alone(before: Level | None) -> bool:
    return before is not None and not before.is_spread


def _whole(table: Table, part: Level) -> Level:
    """A level whose buckets are added up: what is said of a location is said of all of them."""
    levels = find_levels(table, [part.sku], locations=[part.location_id])[part.sku]
    return add_up(levels)[0]


def _told(row: Level, before: Level, after: Level, cause: Cause) -> Item:
    """The figures of an event about all buckets together, of which one has changed."""
    return {
        "sku": row.sku,
        "location_id": row.location_id,
        "bucket": after.bucket,
        "on_hand": row.on_hand,
        "on_hand_before": row.on_hand - after.on_hand + before.on_hand,
        "reserved": row.reserved,
        "reserved_before": row.reserved - after.reserved + before.reserved,
        "available": row.available,
        "cause": cause.as_item(),
    }


def write_level_state(table: Table, level: Level, *, whole: Item | None = None) -> None:
    """Write the state of a level, unless a later one is known; with what is told of `whole` if it lies in buckets."""
    try:
        table.write(put_level_state(table.tenant_id, level, whole=whole))
    except WriteRefused:
        return  # a later version was quicker, or this one is written


def refresh_sku_stock(table: Table, sku: str, *, location_id: LocationId, at: str) -> None:
    """See what is left of a SKU, given that it has a level at `location_id`; write it down if its state is another.

    Raises:
        Contended: others kept changing it.
    """

    def attempt() -> None:
        known = _known(table, sku)
        locations = tuple(sorted({*known.locations, location_id}))
        levels = find_levels(table, [sku], locations=locations)[sku]
        if (seen := known.seen(levels, locations=locations, at=at)) != known:
            table.write(put_sku_stock(table.tenant_id, seen))

    until_written(attempt)


def _known(table: Table, sku: str) -> SkuStock:
    keys = (sku_stock_key(table.tenant_id, sku), sku_key(table.tenant_id, sku))
    _, found = find_levels_with(table, [], locations=[], keys=keys)
    if keys[0] in found:
        return sku_stock_from(found[keys[0]])
    product_id = found[keys[1]]["product_id"] if keys[1] in found else ""
    return SkuStock(sku, product_id, StockState.OUT, 0, (), version=0, changed_at="")
