"""What is done with locations."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy.locations import items
from storekeeper.tenancy.locations.model import Location, TooManyLocations, check_change, check_delete
from storekeeper.tenancy.settings import load_settings
from storekeeper.tenancy.tenants.items import bump_settings

MAX_LOCATIONS = 100  # settings are read whole, so what they hold is bounded


def find_location(location_id: str, *, table: Table) -> Location:
    """One location.

    Raises:
        NotFound: the tenant has none of this id.
    """
    item = table.get(items.location_key(table.tenant_id, LocationId(location_id)))
    if item is None:
        raise NotFound("There is no such location.")
    return items.location_from(item)


def create_location(
    *,
    name: str,
    address: Address | None,
    is_default: bool = False,
    table: Table,
    now: datetime,
    remember: Remember[Location] = forget,
) -> Location:
    """Open a location; as the default it takes that over from the one that is.

    Raises:
        TooManyLocations: the tenant has `MAX_LOCATIONS`.
        Contended: others kept changing the default location.
    """

    def attempt() -> Location:
        settings = load_settings(table)
        if len(settings.locations) >= MAX_LOCATIONS:
            raise TooManyLocations(f"A tenant has at most {MAX_LOCATIONS} locations.")
        location = Location(
            id=LocationId(new_id("loc", at=now)),
            name=name,
            address=address,
            is_default=is_default,
            active=True,
            stocked=False,
            version=1,
            created_at=now,
            updated_at=now,
        )
        stepping_down = [_no_longer_default(settings.default_location(), now=now)] if is_default else []
        table.write(
            items.put_location(table.tenant_id, location),
            *(items.replace_location(table.tenant_id, one) for one in stepping_down),
            bump_settings(table.tenant_id),
            *remember(location),
        )
        return location

    return until_written(attempt)


def change_location(
    location_id: str,
    *,
    changes: Mapping[str, Any],
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Location:
    """Change `name`, `address`, `active`, `is_default`: what `changes` names.

    A new default takes over from the old one in the same write.

    Raises:
        NotFound: the tenant has none of this id.
        DefaultLocationNeeded: it would leave the tenant without an open default location.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Location:
        settings = load_settings(table)
        location = settings.location(location_id)
        expects(location.version)
        changed = replace(location, **changes, version=location.version + 1, updated_at=now)
        check_change(location, changed)
        writes = [items.replace_location(table.tenant_id, changed)]
        if changed.is_default and not location.is_default:
            successor_of = _no_longer_default(settings.default_location(), now=now)
            writes.append(items.replace_location(table.tenant_id, successor_of))
        table.write(*writes, bump_settings(table.tenant_id))
        return changed

    return until_written(attempt)


def delete_location(location_id: str, *, table: Table, expects: Callable[[int], None] = any_version) -> None:
    """Delete a location that never had stock.

    Raises:
        NotFound: the tenant has none of this id.
        DefaultLocationNeeded: it is the default.
        LocationInUse: it has been stocked; close it instead.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> None:
        location = find_location(location_id, table=table)
        expects(location.version)
        check_delete(location)
        table.write(items.drop_location(table.tenant_id, location), bump_settings(table.tenant_id))

    until_written(attempt)


def _no_longer_default(location: Location, *, now: datetime) -> Location:
    return replace(location, is_default=False, version=location.version + 1, updated_at=now)
