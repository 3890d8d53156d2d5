"""Levels in the table: keys, and every change as one guarded write. A level is never deleted: versions never restart.

No change of a level travels alone: it is one transaction with its owner (hold, order, adjustment), whose own condition
makes it happen once. `version` counts the changes and `cause` says why: the ledger is derived from both.
"""

from collections.abc import Iterable, Iterator, Mapping

from storekeeper.inventory.levels.model import (
    FIRST_LEASE,
    Cause,
    Delta,
    Level,
    MovementType,
    Pick,
    SkuRef,
    expected,
    received,
    released,
    returned,
    shipped,
    taken,
    withdrawn,
)
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Put, Update, Write

TYPE = "level"
SK = "LEVEL"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SKU#<sku>#<location>#<bucket>",
        sk=SK,
        holds="Stock of one SKU at one location: on_hand, reserved, available, version, cause of the last change.",
        found_by="Levels of a SKU: one BatchGet over the locations; bucket 0 tells of further buckets and leases.",
        written_by="every transaction that changes stock: adjust_stock, holds, checkout, orders",
    ),
)
CHANGE = (
    "SET on_hand = on_hand + :on_hand, reserved = reserved + :reserved, available = available + :available,"
    " incoming = incoming + :incoming, version = version + :one, cause = :cause"
)


def level_key(sku: SkuRef, location_id: LocationId, bucket: int = 0) -> Key:
    """Key of one bucket of a level, or of one of its leases."""
    return Key(level_pk(sku, location_id, bucket), SK)


def level_pk(sku: SkuRef, location_id: LocationId, bucket: int = 0) -> str:
    """Partition of one bucket of a level: the level, its ledger rows, its place in lists."""
    return tenant_pk(sku.tenant_id, "SKU", sku.sku, location_id, str(bucket))


def is_level(key: Key) -> bool:
    """Whether a key is of a bucket of a level, or of a lease."""
    return key.sk == SK


def expects_less(refused: Mapping[Key, Item | None], writes: Iterable[Write]) -> bool:
    """Whether a level was among those that refused because fewer units are expected there than have come."""
    coming = {write.key: write.values.get(":expected", 0) for write in writes if isinstance(write, Update)}
    levels = ((item, coming.get(key, 0)) for key, item in refused.items() if is_level(key))
    return any(item is None or item["incoming"] < units for item, units in levels)


def level_keys(sku: SkuRef, locations: Iterable[LocationId]) -> tuple[Key, ...]:
    """What to read for a SKU: bucket 0 of each location. It tells of further ones, see `further_level_keys`."""
    return tuple(level_key(sku, location_id) for location_id in locations)


def further_level_keys(
    items: Mapping[Key, Item], sku: SkuRef, locations: Iterable[LocationId], *, ever: bool = False, leases: bool = True
) -> tuple[Key, ...]:
    """The other buckets of a hot SKU, and its leases, to be read after its bucket 0; empty for nearly every SKU.

    `ever`: those too that are empty for good, for what is read of the past.
    """
    return tuple(
        level_key(sku, location_id, bucket)
        for location_id in locations
        if (first := items.get(level_key(sku, location_id)))
        for bucket in _told_of(first, ever=ever)
        if leases or bucket < FIRST_LEASE
    )


def _told_of(first: Item, *, ever: bool = False) -> Iterator[int]:
    """The numbers of what lies beside bucket 0."""
    yield from range(1, first.get("widest" if ever else "buckets", 1))
    yield from range(FIRST_LEASE, FIRST_LEASE + first.get("leased" if ever else "leases", 0))


def levels_from(items: Mapping[Key, Item], sku: SkuRef, locations: Iterable[LocationId]) -> tuple[Level, ...]:
    """The levels among what was read, in the order of `locations`, buckets in turn, then leases; what is not, not."""
    keys = (
        level_key(sku, location_id, bucket)
        for location_id in locations
        if (first := items.get(level_key(sku, location_id)))
        for bucket in (0, *_told_of(first))
    )
    return tuple(level_from(items[key]) for key in keys if key in items)


def level_from(item: Item) -> Level:
    """The level that an item holds."""
    return Level(
        sku=item["sku"],
        location_id=LocationId(item["location_id"]),
        bucket=item["bucket"],
        on_hand=item["on_hand"],
        reserved=item["reserved"],
        available=item["available"],
        incoming=item["incoming"],
        safety_stock=item["safety_stock"],
        version=item["version"],
        buckets=item.get("buckets", 1),
        widest=item.get("widest", 1),
        leases=item.get("leases", 0),
        leased=item.get("leased", 0),
        open_leases=item.get("open_leases", 0),
        past=item.get("past", 0),
        layout=item.get("layout", 0),
        tracked=Mode(item["tracked"]) if "tracked" in item else None,
        named=item.get("named", 0),
    )


def cause_from(item: Item) -> Cause:
    """Why a level's last change was made."""
    cause = item["cause"]
    return Cause(
        type=MovementType(cause["type"]),
        reference_type=cause["reference_type"],
        reference_id=cause["reference_id"],
        actor=Actor(cause["actor"]),
        at=clock.from_text(cause["at"]),
        reason=cause["reason"],
        unit_cost=cause.get("unit_cost"),
    )


def put_level(sku: SkuRef, level: Level, *, cause: Cause) -> Put:
    """A level's first change makes it; somebody else may have been first."""
    return Put(
        level_key(sku, level.location_id, level.bucket),
        {
            "type": TYPE,
            "schema": 1,
            "sku": sku.sku,
            "location_id": level.location_id,
            "bucket": level.bucket,
            "on_hand": level.on_hand,
            "reserved": level.reserved,
            "available": level.available,
            "incoming": level.incoming,
            "safety_stock": level.safety_stock,
            "tracked": level.tracked,
            "named": level.named if level.tracked else None,
            "version": level.version,
            "cause": cause.as_item(),
        },
        only_if="attribute_not_exists(pk)",
    )


def take_units(sku: SkuRef, pick: Pick, *, cause: Cause) -> Update:
    """From the shelf to reserved: movement `hold`.

    Stored `available` exists for this guard: a condition cannot compute `on_hand - reserved`.
    """
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        CHANGE,
        only_if="available >= :units",
        values=change_values(taken(pick.units), cause, MovementType.HOLD) | {":units": pick.units},
    )


def release_units(sku: SkuRef, pick: Pick, *, cause: Cause) -> Update:
    """From reserved back to the shelf: movement `release`."""
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        CHANGE,
        only_if="reserved >= :units",
        values=change_values(released(pick.units), cause, MovementType.RELEASE) | {":units": pick.units},
    )


def ship_units(sku: SkuRef, pick: Pick, *, cause: Cause) -> Update:
    """From reserved to gone: movement `sale`. Of a tracked level it must be said which units go."""
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        CHANGE,
        only_if="reserved >= :units AND attribute_not_exists(tracked)",
        values=change_values(shipped(pick.units), cause, MovementType.SALE) | {":units": pick.units},
    )


def return_units(sku: SkuRef, pick: Pick, *, cause: Cause) -> Update:
    """From gone back to the shelf: movement `return`."""
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        CHANGE,
        only_if="attribute_exists(pk)",
        values=change_values(returned(pick.units), cause, MovementType.RETURN),
    )


def withdraw_units(sku: SkuRef, pick: Pick, *, cause: Cause) -> Update:
    """From the shelf to gone, of what can be sold. Of a tracked level it must be said which units go."""
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        CHANGE,
        only_if="available >= :units AND attribute_not_exists(tracked)",
        values=change_values(withdrawn(pick.units), cause, cause.type) | {":units": pick.units},
    )


def expect_units(sku: SkuRef, location_id: LocationId, units: int, *, cause: Cause) -> Update:
    """On their way to the location. What is on its way is told of by bucket 0."""
    return Update(
        level_key(sku, location_id),
        CHANGE,
        only_if="attribute_exists(pk)",
        values=change_values(expected(units), cause, cause.type),
    )


def receive_units(sku: SkuRef, location_id: LocationId, units: int, *, of_expected: int, cause: Cause) -> Update:
    """From on their way to the shelf; none of them, and they are expected no more."""
    return Update(
        level_key(sku, location_id),
        CHANGE,
        only_if="incoming >= :expected",
        values=change_values(received(units, expected=of_expected), cause, cause.type) | {":expected": of_expected},
    )


def adjust_level(sku: SkuRef, level: Level, delta: Delta, *, cause: Cause) -> Update:
    """The change that was decided on `level` as read; the answer tells its figures, so nobody may come between."""
    return Update(
        level_key(sku, level.location_id, level.bucket),
        CHANGE,
        only_if="version = :version AND attribute_not_exists(tracked)",
        values=change_values(delta, cause, cause.type) | {":version": level.version},
    )


def change_values(delta: Delta, cause: Cause, movement_type: MovementType) -> dict[str, object]:
    """The values that CHANGE names."""
    return {
        ":on_hand": delta.on_hand,
        ":reserved": delta.reserved,
        ":available": delta.available,
        ":incoming": delta.incoming,
        ":one": 1,
        ":cause": cause.as_item(movement_type),
    }
