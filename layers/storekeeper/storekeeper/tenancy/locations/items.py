"""Locations as items of the tenant's partition."""

from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Delete, Put, Update, Write
from storekeeper.tenancy.locations.model import Location
from storekeeper.tenancy.tenants.items import bump_settings

ENTITIES = (
    Entity(
        name="location",
        pk="T#<tenant>",
        sk="LOCATION#<location>",
        holds="A place where stock lies.",
        found_by="The query of settings.",
        written_by="create_location, change_location, delete_location; stock marks it when its first level is made",
    ),
)


def location_key(tenant_id: TenantId, location_id: LocationId) -> Key:
    """Where a location is kept."""
    return Key(tenant_pk(tenant_id), joined("LOCATION", location_id))


def location_item(location: Location) -> Item:
    """The location as it is stored."""
    return {
        "type": "location",
        "schema": 1,
        "name": location.name,
        "address": location.address.as_item() if location.address else None,
        "is_default": location.is_default,
        "active": location.active,
        "stocked": location.stocked,
        "version": location.version,
        "created_at": clock.to_text(location.created_at),
        "updated_at": clock.to_text(location.updated_at),
    }


def location_from(item: Item) -> Location:
    """The stored location."""
    address = item.get("address")
    return Location(
        id=LocationId(item["sk"].partition("#")[2]),
        name=item["name"],
        address=Address.from_item(address) if address else None,
        is_default=item["is_default"],
        active=item["active"],
        stocked=item["stocked"],
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def put_location(tenant_id: TenantId, location: Location) -> Put:
    """A location that is new."""
    return Put(location_key(tenant_id, location.id), location_item(location), only_if=ABSENT)


def replace_location(tenant_id: TenantId, location: Location) -> Put:
    """A changed location, one version on."""
    return Put(
        location_key(tenant_id, location.id),
        location_item(location),
        only_if="version = :read",
        values={":read": location.version - 1},
    )


def drop_location(tenant_id: TenantId, location: Location) -> Delete:
    """The location goes, if it is still as it was when that was decided."""
    return Delete(location_key(tenant_id, location.id), only_if="version = :read", values={":read": location.version})


def mark_stocked(tenant_id: TenantId, location: Location) -> tuple[Write, ...]:
    """Goes into the transaction that makes a level there; nothing where the location is known to be marked.

    So a location cannot be deleted under its stock, and only the first level of a location pays for that.
    """
    if location.stocked:
        return ()
    mark = Update(
        location_key(tenant_id, location.id),
        "SET stocked = :yes, version = version + :one",
        only_if="attribute_exists(pk)",
        values={":yes": True, ":one": 1},
        otherwise=NotFound("There is no such location."),
    )
    return (mark, bump_settings(tenant_id))
