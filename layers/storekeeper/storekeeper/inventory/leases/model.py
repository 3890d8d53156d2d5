"""Who may sell from which units of a hot SKU without meeting others, and how many they are. Pure.

An environment serves one request at a time. What it sells from a lease of its own, no other transaction touches; that
it is its own is only a habit, though: what is sold is right because of the guard of every sale, whoever makes it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.inventory.levels.model import Level
from storekeeper.inventory.levels.plans import available_units
from storekeeper.kernel.ids import LocationId

LEASES_A_BUCKET = 64
MAX_LEASES = 512  # at a location: read in six batches side by side
SHARE = 32  # a bucket lends one unit of so many: no lease starves the others
FEWEST_UNITS = 2  # for less a transaction more is not worth while
FIRST_UNITS, MOST_UNITS = 32, 64
SOON = timedelta(seconds=4)  # who has sold a lease within that time is lent twice as much
HELD_FOR = timedelta(minutes=1)  # after it was filled last; then another environment may have it, and what is in it


class Lease(Struct, frozen=True):
    """A lease as its environment knows it: where it is, and how many units were put into it when."""

    location_id: LocationId
    number: int
    units: int
    filled_at: datetime

    def next_units(self, now: datetime) -> int:
        """How many to ask for now that it is sold."""
        if now - self.filled_at < SOON:
            return min(2 * self.units, MOST_UNITS)
        return max(self.units // 2, FEWEST_UNITS)


def wanted_leases(levels: Iterable[Level], *, buckets: int) -> int:
    """How many leases a level shall have that is to lie in so many buckets: none if its buckets could lend nothing."""
    if buckets == 1 or available_units(levels) < FEWEST_UNITS * SHARE * buckets:
        return 0
    return min(LEASES_A_BUCKET * buckets, MAX_LEASES)


def lendable_units(bucket: Level) -> int:
    """How many units a bucket lends at once."""
    units = bucket.available // SHARE
    return units if units >= FEWEST_UNITS else 0


def lenders(levels: Sequence[Level], *, units: int) -> tuple[Level, ...]:
    """The buckets of one location that could lend so many units; none if it has no leases that may be filled.

    It is the location that `plan_picks` would choose: the first that has enough.
    """
    places: dict[LocationId, list[Level]] = {}
    for level in levels:
        places.setdefault(level.location_id, []).append(level)
    place = next((found for found in places.values() if available_units(found) >= units), ())
    if not place or not place[0].open_leases:
        return ()
    return tuple(level for level in place if not level.is_lease and lendable_units(level) >= units)
