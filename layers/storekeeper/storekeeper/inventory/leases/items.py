"""Leases in the table: levels numbered from FIRST_LEASE on, with what says who holds them and whether they are filled.

They are made together, before they are used: so who fills one need not touch bucket 0, which all would touch. One that
is closed gets no units any more but those that a cancelled order gives back.
"""

from datetime import datetime

from storekeeper.inventory.leases.model import HELD_FOR
from storekeeper.inventory.levels.items import CHANGE, change_values, level_key, put_level
from storekeeper.inventory.levels.model import Cause, Level, SkuRef, adjusted, empty_level
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.writes import Put, Update

REFERENCE = "lease"  # what a movement from a bucket to a lease, or back, refers to
_FILL = f"{CHANGE}, holder = :holder, held_until = :held_until"
_CLOSE = "SET is_open = :no"


def is_held(item: Item, *, now: datetime) -> bool:
    """Whether an environment counts on a lease, given as its item."""
    return str(item["held_until"]) >= clock.to_text(now)


def is_open(item: Item) -> bool:
    """Whether a lease, given as its item, may be filled."""
    return bool(item["is_open"])


def make_lease(ref: SkuRef, location_id: LocationId, number: int, *, cause: Cause) -> Put:
    """An empty lease, held by nobody. It is no change of stock: its ledger begins when it is filled."""
    made = put_level(ref, empty_level(ref.sku, location_id, number), cause=cause)
    return replace(made, item={**made.item, "is_open": True, "holder": "", "held_until": ""})


def open_lease(ref: SkuRef, location_id: LocationId, number: int) -> Update:
    """A lease that was closed, held by nobody."""
    return Update(
        level_key(ref, location_id, number),
        "SET is_open = :yes, holder = :nobody, held_until = :nobody",
        only_if="is_open = :no",
        values={":yes": True, ":no": False, ":nobody": ""},
    )


def fill_lease(
    ref: SkuRef, location_id: LocationId, number: int, units: int, *, holder: str, cause: Cause, now: datetime
) -> Update:
    """Units come from a bucket, in its transaction, to whoever holds the lease, or now will."""
    values = {
        ":yes": True,
        ":holder": holder,
        ":now": clock.to_text(now),
        ":held_until": clock.to_text(now + HELD_FOR),
    }
    return Update(
        level_key(ref, location_id, number),
        _FILL,
        only_if="is_open = :yes AND (holder = :holder OR held_until < :now)",
        values=change_values(adjusted(units), cause, cause.type) | values,
    )


def close_lease(ref: SkuRef, location_id: LocationId, number: int) -> Update:
    """It is filled no more. What is in it stays until it is sold, or goes back."""
    return Update(
        level_key(ref, location_id, number), _CLOSE, only_if="is_open = :yes", values={":yes": True, ":no": False}
    )


def empty_lease(ref: SkuRef, level: Level, *, cause: Cause) -> Update:
    """It is closed, and what can be sold goes back, in a transaction with the bucket that gets it."""
    units = max(0, level.available)
    return Update(
        level_key(ref, level.location_id, level.bucket),
        f"{CHANGE}, is_open = :no" if units else _CLOSE,
        only_if="version = :version",
        values=change_values(adjusted(-units), cause, cause.type) | {":no": False, ":version": level.version},
    )
