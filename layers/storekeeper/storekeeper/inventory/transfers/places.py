"""Where a transfer may come from, and where it may go. Pure.

A closed location may send all that it has: that is how it is emptied. It takes nothing in but what was on its way.
"""

from collections.abc import Iterator

from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.tenancy import Location, Settings

SOURCE, TARGET = "source_location_id", "target_location_id"


class LocationInactive(StorekeeperError):
    """The target takes nothing in at this moment."""

    code, kind = "location_inactive", "conflict"


def check_places(source_id: str, target_id: str, *, settings: Settings) -> None:
    """Whether units may go from one to the other.

    Raises:
        Invalid: names each of the two that is wrong.
    """
    if faults := [*_faults(source_id, target_id, settings)]:
        raise Invalid("Units cannot go there; see errors.", faults=faults)


def open_target(target_id: LocationId, *, settings: Settings) -> Location:
    """The target, which must take units in at this moment.

    Raises:
        LocationInactive: it is closed, or gone.
    """
    if fault := _fault_of_target(target_id, settings):
        raise LocationInactive(fault.detail)
    return settings.locations[target_id]


def _faults(source_id: str, target_id: str, settings: Settings) -> Iterator[Fault]:
    if source_id not in settings.locations:
        yield _unknown(SOURCE)
    if fault := _fault_of_target(LocationId(target_id), settings):
        yield fault
    elif source_id == target_id:
        yield Fault(TARGET, "same_location", "Units are there already; name two different locations.")


def _fault_of_target(target_id: LocationId, settings: Settings) -> Fault | None:
    if (target := settings.locations.get(target_id)) is None:
        return _unknown(TARGET)
    if not target.active:
        return Fault(TARGET, "location_inactive", "The location is closed; activate it, or name another one.")
    return None


def _unknown(field: str) -> Fault:
    return Fault(field, "location_unknown", "There is no such location.")
