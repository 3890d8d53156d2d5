"""Locations: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import AddressIn, AddressOut, Id, InModel, InstantOut, Name, left_out
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.kernel.paging import page_of
from storekeeper.tenancy import Location, load_settings
from storekeeper.tenancy.locations.use_cases import change_location, create_location, delete_location, find_location

router = APIRouter(prefix="/v1/locations", tags=["Locations"])


class LocationIn(InModel):
    """A new location. As the default it takes that over from the one that is."""

    name: Annotated[Name, Field(examples=["East warehouse"])]
    address: AddressIn | None = None
    is_default: bool = False


class LocationPatch(InModel):
    """Changes of a location; an address is one value, replaced as a whole.

    `is_default` can only be set: the old default stops being it in the same moment.
    """

    name: Annotated[Name, Field(examples=["East warehouse"])] = left_out()
    address: AddressIn | None = None
    active: bool = left_out()
    is_default: bool = left_out()


class LocationOut(BaseModel):
    """A place where stock lies. An inactive one gives stock to no order."""

    id: Annotated[Id, Field(examples=["loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["East warehouse"])]
    address: AddressOut | None
    is_default: bool
    active: bool
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, location: Location) -> "LocationOut":
        """The location as it is answered."""
        return cls(
            id=location.id,
            name=location.name,
            address=AddressOut.of(location.address) if location.address else None,
            is_default=location.is_default,
            active=location.active,
            version=location.version,
            created_at=clock.to_text(location.created_at),
            updated_at=clock.to_text(location.updated_at),
        )


@router.get("")
async def list_locations(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    active: Annotated[bool | None, Query(description="Only active ones, or only others.")] = None,
) -> ListOut[LocationOut]:
    """The tenant's locations, oldest first."""
    after = params.after() or ""
    locations = sorted(load_settings(call.table).locations.values(), key=lambda location: location.id)
    wanted = [one for one in locations if one.id > after and active in (None, one.active)]
    page = page_of(wanted, limit=params.limit, position=lambda location: location.id)
    return page_out(page, params.scope, LocationOut.of)


@router.post("", status_code=201)
async def make_location(
    body: LocationIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> LocationOut:
    """Open a location."""
    location = create_location(
        name=body.name,
        address=body.address.address() if body.address else None,
        is_default=body.is_default,
        table=call.table,
        now=call.now,
        remember=call.remembering(LocationOut.of),
    )
    return tagged(response, LocationOut.of(location), version=location.version)


@router.get("/{location_id}")
async def read_location(
    location_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> LocationOut:
    """One location."""
    location = find_location(location_id, table=call.table)
    return tagged(response, LocationOut.of(location), version=location.version)


@router.patch("/{location_id}")
async def patch_location(
    location_id: str, body: LocationPatch, call: Annotated[Call, requires("inventory:write")], response: Response
) -> LocationOut:
    """Change a location, close it (`active` false), or make it the default."""
    changes = body.model_dump(exclude_unset=True)
    if body.address is not None:
        changes["address"] = body.address.address()
    location = change_location(location_id, changes=changes, table=call.table, now=call.now, expects=call.check_version)
    return tagged(response, LocationOut.of(location), version=location.version)


@router.delete("/{location_id}", status_code=204)
async def remove_location(location_id: str, call: Annotated[Call, requires("inventory:write")]) -> None:
    """Delete a location that never had stock; close any other one instead (409 `location_in_use`)."""
    delete_location(location_id, table=call.table, expects=call.check_version)
