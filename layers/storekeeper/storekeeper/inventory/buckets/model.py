"""How the units of a level lie in its buckets, and how many buckets it shall have. Pure.

Only what can be sold moves between buckets. What is reserved stays in the bucket that its owner's pick names, so a
bucket is read as long as anything is in it, wanted or not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.inventory.levels.model import Level
from storekeeper.inventory.levels.plans import available_units
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace

MAX_BUCKETS = 64
MAX_TOGETHER = 100  # buckets of a SKU, in all its locations: as many as one call reads
REARRANGED = frozenset({"spread", "fold", "rebalance", "lease"})  # what a movement between buckets refers to
GROWTH = 4
LOOK_EVERY = timedelta(minutes=1)
REPORT_EVERY = timedelta(seconds=10)
LOOK_AT_LEAST = timedelta(days=1)
QUIET = timedelta(minutes=15)  # without conflicts, after which a level is folded back


class TooManyBuckets(StorekeeperError):
    """The SKU would have more buckets, in all its locations, than one call reads."""

    code, kind = "too_many_buckets", "conflict"


class Arrangement(Struct, frozen=True):
    """What to change: units by bucket (negative: given away) and how many buckets are read; `gone` are read no more."""

    moves: Mapping[int, int]
    buckets: int
    gone: tuple[Level, ...]


def arrange(levels: Sequence[Level], *, wanted: int) -> Arrangement | None:
    """What is to be done so that a location's stock lies in `wanted` buckets; None when it does, as well as can be.

    `levels` are all its buckets that are read, in order. Units are not moved for evenness alone: only when there are
    more buckets now, one of them is dry while there is enough for all, or something lies where nothing shall.
    """
    have = len(levels)
    moves = _even(levels, wanted) if wanted > have or _is_lopsided(levels, wanted) else {}
    filled = [level.bucket for level in levels if not _is_empty(level, moves.get(level.bucket, 0))]
    buckets = max([wanted, *(bucket + 1 for bucket in filled)])
    if not moves and buckets == have:
        return None
    return Arrangement(moves, buckets, tuple(levels[buckets:]))


def _even(levels: Sequence[Level], wanted: int) -> dict[int, int]:
    share, rest = divmod(available_units(levels), wanted)
    have = {level.bucket: max(0, level.available) for level in levels}
    shares = {bucket: share + (bucket < rest) for bucket in range(wanted)}
    changes = {bucket: shares.get(bucket, 0) - have.get(bucket, 0) for bucket in {**have, **shares}}
    return {bucket: units for bucket, units in changes.items() if units}


def _is_lopsided(levels: Sequence[Level], wanted: int) -> bool:
    dry = any(level.available <= 0 for level in levels[:wanted])
    return (dry and available_units(levels) >= wanted) or available_units(levels[wanted:]) > 0


def _is_empty(level: Level, received: int) -> bool:
    kept = (level.on_hand + received, level.reserved, level.incoming, level.safety_stock)
    return level.bucket > 0 and not any(kept)


def telling(
    first: Level,
    *,
    buckets: int | None = None,
    leases: int | None = None,
    open_leases: int | None = None,
    gone: int = 0,
) -> Level:
    """Bucket 0 as it tells of other numbers; `gone` changes had been made of what is read no more."""
    told = replace(
        first,
        buckets=first.buckets if buckets is None else buckets,
        leases=first.leases if leases is None else leases,
        open_leases=first.open_leases if open_leases is None else open_leases,
        past=first.past + gone,
        layout=first.layout + 1,
    )
    return replace(told, widest=max(told.buckets, told.widest), leased=max(told.leases, told.leased))


def pour(levels: Sequence[Level], units: int) -> dict[int, int]:
    """Where units go that come to a level: to the driest buckets, until all are even."""
    order = sorted(levels, key=lambda level: level.available)
    filled = order[:1]
    for level in order[1:]:
        room = sum(level.available - lower.available for lower in filled)
        if room >= units:
            break
        filled.append(level)
    height, rest = divmod(units + sum(level.available for level in filled), len(filled))
    pours = {level.bucket: height + (place < rest) - level.available for place, level in enumerate(filled)}
    return {bucket: poured for bucket, poured in pours.items() if poured}


def draw(levels: Sequence[Level], units: int) -> dict[int, int]:
    """Where units come from that are taken off a level which has them: from the fullest buckets (negative)."""
    drawn: dict[int, int] = {}
    for level in sorted(levels, key=lambda level: -level.available):
        if (taken := min(units, level.available)) > 0:
            drawn[level.bucket] = -taken
            units -= taken
    return drawn


class Spread(Struct, frozen=True):
    """How many buckets a level shall have; there is none for a level that shall have, and has, one.

    By hand it stays so until it is changed by hand. Else it grows at each look as long as conflicts are reported, and
    is 1 again when none were for QUIET.
    """

    sku: str
    location_id: LocationId
    buckets: int
    by_hand: bool
    reported_at: datetime
    looked_at: datetime
    due_at: datetime
    version: int

    def asked(self, buckets: int, *, now: datetime) -> "Spread":
        """After a merchant has said how many."""
        return replace(self, buckets=buckets, by_hand=buckets > 1, due_at=now, version=self.version + 1)

    def reported(self, now: datetime) -> "Spread":
        """After buyers met conflicts: to be looked at soon. The same if that was just said, or changes nothing."""
        if self.by_hand or now - self.reported_at < REPORT_EVERY:
            return self
        return replace(self, reported_at=now, due_at=min(self.due_at, now), version=self.version + 1)

    def looked_after(self, now: datetime) -> "Spread":
        """After a look at it: grown, folded, or as it was.

        One that folds by itself may wait for days for units that orders own: it is looked at less and less often.
        """
        buckets = self._next(now)
        is_folding = buckets == 1 and not self.by_hand
        pause = (now - self.reported_at) / 8 if is_folding else LOOK_EVERY
        due_at = now + min(max(pause, LOOK_EVERY), LOOK_AT_LEAST)
        return replace(self, buckets=buckets, looked_at=now, due_at=due_at, version=self.version + 1)

    def _next(self, now: datetime) -> int:
        if self.by_hand:
            return self.buckets
        if self.reported_at > self.looked_at:
            return min(self.buckets * GROWTH, MAX_BUCKETS)
        return 1 if now - self.reported_at >= QUIET else self.buckets


def no_spread(sku: str, location_id: LocationId, *, now: datetime) -> Spread:
    """Of a level that lies in one bucket; nothing is kept of it yet."""
    long_ago = now - QUIET
    return Spread(sku, location_id, 1, False, long_ago, long_ago, now, version=0)
