"""What a location is, and what may not be done to one."""

from datetime import datetime

from msgspec import Struct

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import LocationId


class DefaultLocationNeeded(StorekeeperError):
    """The default location cannot stop being it, be closed or go away: another must become the default first."""

    code, kind = "default_location_needed", "conflict"


class LocationInUse(StorekeeperError):
    """Stock lies there, or did: its ledger must stay readable."""

    code, kind = "location_in_use", "conflict"


class TooManyLocations(StorekeeperError):
    """The tenant has as many locations as one can have."""

    code, kind = "too_many_locations", "conflict"


class Location(Struct, frozen=True):
    """`stocked`: it has, or had, a level; from then on it can be closed (`active` false) but not deleted."""

    id: LocationId
    name: str
    address: Address | None
    is_default: bool
    active: bool
    stocked: bool
    version: int
    created_at: datetime
    updated_at: datetime


def check_change(before: Location, after: Location) -> None:
    """Whether one may become the other.

    Raises:
        DefaultLocationNeeded: it would leave the tenant without an open default location.
    """
    if after.is_default and not after.active:
        raise DefaultLocationNeeded("The default location must be active; make another one the default first.")
    if before.is_default and not after.is_default:
        raise DefaultLocationNeeded("Make another location the default; this one then no longer is.")


def check_delete(location: Location) -> None:
    """Whether it may be deleted.

    Raises:
        DefaultLocationNeeded: it is the default.
        LocationInUse: it has been stocked.
    """
    if location.is_default:
        raise DefaultLocationNeeded("Make another location the default before you delete this one.")
    if location.stocked:
        raise LocationInUse("The location has stock or a history of it; set active to false instead.")
