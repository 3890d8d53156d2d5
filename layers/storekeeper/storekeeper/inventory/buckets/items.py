"""Buckets in the table: what moves between them, and how many a level shall have.

Bucket 0 tells readers which buckets there are. Whoever puts units into another one makes sure, in the same transaction,
that bucket 0 still tells of it: what nobody reads would be lost.
"""

from storekeeper.inventory.buckets.model import Arrangement, Spread, telling
from storekeeper.inventory.levels.items import CHANGE, adjust_level, change_values, level_key, put_level
from storekeeper.inventory.levels.model import Cause, Level, SkuRef, adjusted, empty_level
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.writes import Check, Delete, Put, Update, Write

TYPE = "spread"
SK = "SPREAD"
DUE_KIND = "spread"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SPREAD#<sku>#<location>",
        sk=SK,
        holds="How many buckets a level shall have, and why; none for a level that lies in one.",
        found_by="Its SKU and location; by the sweep, each minute.",
        written_by="spread_level, report_conflicts; look_after_spread, which removes it when the level is folded",
        indexes={"due": ("DUE#spread#<n>", "<due at>#<pk>#<sk>")},
    ),
)
_TOLD = ("buckets", "widest", "leases", "leased", "open_leases", "past")
_CHANGE_FIRST = f"{CHANGE}, {', '.join(f'{name} = :{name}' for name in _TOLD)}, layout = :new_layout"


def arrangement_writes(
    ref: SkuRef, levels: tuple[Level, ...], arrangement: Arrangement, *, cause: Cause
) -> tuple[Write, ...]:
    """One transaction, by which the buckets of a location come to lie as decided; its units stay as many.

    A bucket that is to be read no more must be as it was read: then it is empty, and nobody can put anything into it.
    """
    first, known = levels[0], {level.bucket: level for level in levels}
    moves = dict(arrangement.moves)
    writes = [_first_write(ref, first, arrangement, moves.pop(0, 0), cause)]
    for level in arrangement.gone:
        units = moves.pop(level.bucket, 0)
        writes.append(adjust_level(ref, level, adjusted(units), cause=cause) if units else unchanged_level(ref, level))
    for bucket in range(len(levels), arrangement.buckets):
        moves.setdefault(bucket, 0)
    for bucket, units in moves.items():
        if bucket >= first.widest and bucket not in known:
            level = empty_level(ref.sku, first.location_id, bucket).after(adjusted(units))
            writes.append(put_level(ref, level, cause=cause))
        elif units or bucket not in known:
            writes.append(move_units(ref, first.location_id, bucket, units, cause=cause))
    return tuple(writes)


def _first_write(ref: SkuRef, first: Level, arrangement: Arrangement, units: int, cause: Cause) -> Write:
    if arrangement.buckets != first.buckets:
        gone = sum(level.version + (level.bucket in arrangement.moves) for level in arrangement.gone)
        return change_first(
            ref, first, telling(first, buckets=arrangement.buckets, gone=gone), units=units, cause=cause
        )
    return change_first(ref, first, first, units=units, cause=cause) if units else unchanged_layout(ref, first)


def pouring_writes(ref: SkuRef, first: Level, moves: dict[int, int], *, cause: Cause) -> tuple[Write, ...]:
    """Units come to the buckets of a location, or go: for a transaction with whoever says so."""
    others = [
        move_units(ref, first.location_id, bucket, units, cause=cause) for bucket, units in moves.items() if bucket
    ]
    if 0 in moves:
        return (change_first(ref, first, first, units=moves[0], cause=cause), *others)
    return (unchanged_layout(ref, first), *others)


def change_first(ref: SkuRef, before: Level, after: Level, *, units: int, cause: Cause) -> Update:
    """Bucket 0: units come or go, and from now on it tells what `after` does of buckets and leases."""
    values = {
        **{f":{name}": getattr(after, name) for name in _TOLD},
        ":layout": before.layout,
        ":new_layout": after.layout,
        ":needed": min(-units, before.available),
    }
    return Update(
        level_key(ref, before.location_id),
        _CHANGE_FIRST,
        only_if="available >= :needed AND (attribute_not_exists(layout) OR layout = :layout)"
        " AND attribute_not_exists(tracked)",
        values=change_values(adjusted(units), cause, cause.type) | values,
    )


def move_units(ref: SkuRef, location_id: LocationId, bucket: int, units: int, *, cause: Cause) -> Update:
    """Another bucket: units come to it, or (negative) go, if they are there to be sold."""
    return Update(
        level_key(ref, location_id, bucket),
        CHANGE,
        only_if="available >= :needed",
        values=change_values(adjusted(units), cause, cause.type) | {":needed": max(0, -units)},
    )


def unchanged_level(ref: SkuRef, level: Level) -> Check:
    """Nothing has come to a bucket, and nothing has gone."""
    key = level_key(ref, level.location_id, level.bucket)
    return Check(key, only_if="version = :version", values={":version": level.version})


def unchanged_layout(ref: SkuRef, first: Level) -> Check:
    """The same buckets are read as before."""
    return Check(level_key(ref, first.location_id), only_if="layout = :layout", values={":layout": first.layout})


def spread_key(tenant_id: TenantId, sku: str, location_id: LocationId) -> Key:
    """Key of a level's spread."""
    return Key(tenant_pk(tenant_id, "SPREAD", sku, location_id), SK)


def spread_from(item: Item) -> Spread:
    """The spread that an item holds."""
    return Spread(
        sku=item["sku"],
        location_id=LocationId(item["location_id"]),
        buckets=item["buckets"],
        by_hand=item["by_hand"],
        reported_at=clock.from_text(item["reported_at"]),
        looked_at=clock.from_text(item["looked_at"]),
        due_at=clock.from_text(item["due_at"]),
        version=item["version"],
    )


def put_spread(tenant_id: TenantId, spread: Spread) -> Put:
    """A spread in place of the version before it; version 1 is the first."""
    key = spread_key(tenant_id, spread.sku, spread.location_id)
    return Put(
        key,
        {
            "type": TYPE,
            "schema": 1,
            "sku": spread.sku,
            "location_id": spread.location_id,
            "buckets": spread.buckets,
            "by_hand": spread.by_hand,
            "reported_at": clock.to_text(spread.reported_at),
            "looked_at": clock.to_text(spread.looked_at),
            "due_at": clock.to_text(spread.due_at),
            "version": spread.version,
            **due_attributes(DUE_KIND, key, at=spread.due_at),
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": spread.version - 1},
    )


def drop_spread(tenant_id: TenantId, spread: Spread) -> Delete:
    """The level lies in one bucket, and nobody wants more."""
    key = spread_key(tenant_id, spread.sku, spread.location_id)
    return Delete(key, only_if="version = :version", values={":version": spread.version})
