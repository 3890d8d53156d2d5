"""What is done with buckets: spread a level by hand, report that buyers are in each other's way, look after the spread.

The sale's own path writes nothing of this unless it met conflicts; the sweep does the rest.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from storekeeper.inventory.buckets import items
from storekeeper.inventory.buckets.model import MAX_TOGETHER, Spread, TooManyBuckets, arrange, no_spread
from storekeeper.inventory.errors import LevelUnknown
from storekeeper.inventory.leases.model import wanted_leases
from storekeeper.inventory.leases.opening import close_leases, open_leases
from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import Cause, Level, MovementType, SkuPick, SkuRef, add_up
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.tracking.model import SkuTracked
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Contended, StorekeeperError
from storekeeper.kernel.ids import LocationId, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import load_settings

MAX_RACES = 12  # against buyers, who take from the buckets meanwhile
MANY_CONFLICTS = 3  # of one buyer on one level: two meet now and then anyway


def spread_level(
    table: Table,
    sku: str,
    location_id: LocationId,
    *,
    buckets: int,
    locations: Sequence[LocationId],
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Level:
    """Have a level lie in this many buckets until it is said otherwise; 1 folds it. The level, buckets added up.

    It is done at once as far as buyers let it; the sweep goes on. Buckets with reserved units stay until they are gone.

    Raises:
        LevelUnknown: the SKU has no level there.
        StaleVersion: `expects` says so.
        SkuTracked: its units are told apart.
        TooManyBuckets: in all its locations it would have more than MAX_TOGETHER.
        Contended: others kept saying something else.
    """
    levels = find_levels(table, [sku], locations=locations)[sku]
    elsewhere = _elsewhere(levels, location_id)
    if all(level.location_id != location_id for level in levels):
        raise LevelUnknown("The SKU has no stock there; adjust its stock at that location first.")
    expects(_row(levels, location_id).version)
    _check_untracked(levels)
    if elsewhere + buckets > MAX_TOGETHER:
        raise TooManyBuckets(f"A SKU may have {MAX_TOGETHER} buckets in all; it has {elsewhere} in other locations.")

    def ask() -> Spread:
        asked = _known(table, sku, location_id, now=now).asked(buckets, now=now)
        table.write(items.put_spread(table.tenant_id, asked))
        return asked

    spread = until_written(ask)
    with suppress(Contended):
        _look(table, spread, now=now)
    return _row(find_levels(table, [sku], locations=[location_id])[sku], location_id)


def report_conflicts(table: Table, picks: Iterable[SkuPick], *, now: datetime) -> None:
    """Say which of the levels that a buyer drew on were contended; costs nothing where few conflicts were met.

    Never fails: the buyer has other worries.
    """
    hot = {
        (pick.sku, pick.location_id)
        for pick in picks
        if table.conflicts[level_key(SkuRef(table.tenant_id, pick.sku), pick.location_id, pick.bucket)]
        >= MANY_CONFLICTS
    }
    for sku, location_id in sorted(hot):
        with suppress(WriteRefused, StorekeeperError):
            known = _known(table, sku, location_id, now=now)
            if (reported := known.reported(now)) != known:
                table.write(items.put_spread(table.tenant_id, reported))


def look_after_spread(table: Table, key: Key, *, now: datetime) -> bool:
    """See to a level's buckets at `key` if it is time: more, fewer, or units moved to dry ones. Safe to run twice.

    Raises:
        Contended: buyers won every race.
    """
    item = table.get(key)
    if item is None or (spread := items.spread_from(item)).due_at > now:
        return False
    looked = _within_reach(table, spread.looked_after(now))
    try:
        table.write(items.put_spread(table.tenant_id, looked))
    except WriteRefused:
        return False  # another look, or a merchant, was quicker
    _look(table, looked, now=now)
    return True


def _known(table: Table, sku: str, location_id: LocationId, *, now: datetime) -> Spread:
    item = table.get(items.spread_key(table.tenant_id, sku, location_id))
    return items.spread_from(item) if item else no_spread(sku, location_id, now=now)


def _check_untracked(levels: Iterable[Level]) -> None:
    if any(level.tracked for level in levels):
        raise SkuTracked("The SKU is tracked by serial or batch: its units lie in one place.")


def _row(levels: Iterable[Level], location_id: LocationId) -> Level:
    return next(row for row in add_up(levels) if row.location_id == location_id)


def _elsewhere(levels: Iterable[Level], location_id: LocationId) -> int:
    return sum(level.location_id != location_id and not level.is_lease for level in levels)


def _within_reach(table: Table, spread: Spread) -> Spread:
    """With as many buckets as the SKU's other locations leave."""
    if spread.buckets == 1:
        return spread
    levels = find_levels(table, [spread.sku], locations=tuple(load_settings(table).locations))[spread.sku]
    return replace(spread, buckets=min(spread.buckets, MAX_TOGETHER - _elsewhere(levels, spread.location_id)))


def _look(table: Table, spread: Spread, *, now: datetime) -> None:
    """Arrange the level and its leases; a spread that has come to its end is removed.

    Units that are told apart stay in one place: a level that is tracked is left as it is.
    """
    ref, place = SkuRef(table.tenant_id, spread.sku), spread.location_id
    levels = find_levels(table, [ref.sku], locations=[place])[ref.sku]
    if levels[0].tracked:
        return
    many = wanted_leases(levels, buckets=spread.buckets)
    left = close_leases(table, ref, place, now=now) if levels[0].leases and not many else 0
    buckets = arrange_level(table, ref.sku, place, wanted=spread.buckets, now=now)
    if many:
        open_leases(table, ref, place, many=many, now=now)
    elif spread.buckets == buckets == 1 and not left:
        with suppress(WriteRefused):  # somebody has asked for more, or reported conflicts
            table.write(items.drop_spread(table.tenant_id, spread))


def arrange_level(table: Table, sku: str, location_id: LocationId, *, wanted: int, now: datetime) -> int:
    """Have a location's stock of a SKU lie in `wanted` buckets, as well as that can be; how many it lies in then.

    Raises:
        Contended: buyers won every race.
    """
    ref = SkuRef(table.tenant_id, sku)

    def attempt() -> int:
        levels = find_levels(table, [sku], locations=[location_id], leases=False)[sku]
        arrangement = arrange(levels, wanted=wanted)
        if arrangement is None:
            return len(levels)
        why = _why(len(levels), arrangement.buckets)
        cause = Cause(MovementType.TRANSFER, why, new_id("trf", at=now), table.trace.actor, now)
        table.write(*items.arrangement_writes(ref, levels, arrangement, cause=cause))
        return arrangement.buckets

    return until_written(attempt, attempts=MAX_RACES)


def _why(before: int, after: int) -> str:
    if before == after:
        return "rebalance"
    return "spread" if after > before else "fold"
