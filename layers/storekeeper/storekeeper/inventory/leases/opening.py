"""Opening a level's leases when it is hot, and closing them when it is not, or when there is too little to lend.

Bucket 0 tells readers of leases before the first unit can come to one, and stops only when none can come to any: all
are closed, and nothing is in them. Whoever changes what it tells counts its layout up, and whoever opens a lease makes
sure that the layout is still their own; so of two that open and close at once, one comes too late.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from storekeeper.inventory.buckets.items import change_first, unchanged_layout
from storekeeper.inventory.buckets.model import telling
from storekeeper.inventory.leases import items
from storekeeper.inventory.levels.items import level_from, level_key
from storekeeper.inventory.levels.model import FIRST_LEASE, Cause, Level, MovementType, SkuRef
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import LocationId, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import MAX_TRANSACTION, Table, WriteRefused

OPENED_AT_ONCE = MAX_TRANSACTION - 1  # bucket 0 comes along
EMPTIED_AT_ONCE = 24  # one that is sold from meanwhile undoes them all


def open_leases(table: Table, ref: SkuRef, location_id: LocationId, *, many: int, now: datetime) -> None:
    """Have so many leases of a level read by everybody, and then filled by whoever sells.

    Raises:
        Contended: others kept rearranging the level.
    """
    cause = _cause(table, now)

    def attempt() -> None:
        first = _first(table, ref, location_id)
        if first.open_leases == many:
            return
        told = telling(first, leases=max(many, first.leases))
        table.write(change_first(ref, first, told, units=0, cause=cause))
        numbers = range(FIRST_LEASE, FIRST_LEASE + many)
        found = _read(table, ref, location_id, numbers)
        closed = [one for one in numbers if (item := found.get(one)) is None or not items.is_open(item)]
        writes = [
            items.open_lease(ref, location_id, one)
            if one in found
            else items.make_lease(ref, location_id, one, cause=cause)
            for one in closed
        ]
        for start in range(0, len(writes), OPENED_AT_ONCE):
            table.write(unchanged_layout(ref, told), *writes[start : start + OPENED_AT_ONCE])
        table.write(change_first(ref, told, telling(told, open_leases=many), units=0, cause=cause))

    until_written(attempt)


def close_leases(table: Table, ref: SkuRef, location_id: LocationId, *, now: datetime) -> int:
    """Have a level's leases filled no more, and what can be sold of them back in bucket 0; how many are still read.

    What an environment holds it may still sell, for a minute at most; and leases are read as long as anything is in
    one of them. So it is done again at the next look, as often as it takes. Safe to break off.
    """
    cause = _cause(table, now)
    first = _first(table, ref, location_id)
    with suppress(WriteRefused, Contended):  # what buyers are at is seen to at the next look
        if first.open_leases:
            told = telling(first, open_leases=0)
            table.write(change_first(ref, first, told, units=0, cause=cause))
            first = told
        numbers = range(FIRST_LEASE, FIRST_LEASE + first.leases)
        _empty(table, ref, first, _read(table, ref, location_id, numbers), cause, now)
        left = _read(table, ref, location_id, numbers)
        if first.leases and not any(_counts(item) for item in left.values()):
            gone = sum(level_from(item).version for item in left.values())
            table.write(change_first(ref, first, telling(first, leases=0, gone=gone), units=0, cause=cause))
    return _first(table, ref, location_id).leases


def _empty(table: Table, ref: SkuRef, first: Level, found: Mapping[int, Item], cause: Cause, now: datetime) -> None:
    """Close what is open. What nobody holds is emptied too, many at once; what is held, only its holder touches."""
    idle: list[Level] = []
    for number, item in found.items():
        level = level_from(item)
        if not items.is_held(item, now=now):
            idle += [level] if items.is_open(item) or level.available > 0 else []
        elif items.is_open(item):
            with suppress(WriteRefused, Contended):
                table.write(items.close_lease(ref, first.location_id, number))
    for start in range(0, len(idle), EMPTIED_AT_ONCE):
        with suppress(WriteRefused, Contended):
            _empty_idle(table, ref, first, idle[start : start + EMPTIED_AT_ONCE], cause)


def _empty_idle(table: Table, ref: SkuRef, first: Level, idle: Sequence[Level], cause: Cause) -> None:
    units = sum(max(0, level.available) for level in idle)
    back = (change_first(ref, first, first, units=units, cause=cause),) if units else ()
    table.write(*back, *(items.empty_lease(ref, level, cause=cause) for level in idle))


def _counts(item: Item) -> bool:
    """Whether units are in a lease, or may yet come to it."""
    level = level_from(item)
    return items.is_open(item) or any((level.on_hand, level.reserved, level.available))


def _first(table: Table, ref: SkuRef, location_id: LocationId) -> Level:
    item = table.get(level_key(ref, location_id))
    if item is None:
        raise ValueError("only a level that exists has leases")
    return level_from(item)


def _read(table: Table, ref: SkuRef, location_id: LocationId, numbers: Sequence[int]) -> dict[int, Item]:
    """Leases by number; those that were never made are left out."""
    keys: dict[Key, int] = {level_key(ref, location_id, one): one for one in numbers}
    return {keys[key]: item for key, item in table.get_many(keys).items()}


def _cause(table: Table, now: datetime) -> Cause:
    return Cause(MovementType.TRANSFER, items.REFERENCE, new_id("trf", at=now), table.trace.actor, now)
