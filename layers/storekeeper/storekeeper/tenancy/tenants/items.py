"""The tenant's item, and the one count by which every cache of settings is checked."""

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.money import Currency
from storekeeper.kernel.writes import ABSENT, Put, Update
from storekeeper.tenancy.tenants.model import Tenant

ENTITIES = (
    Entity(
        name="tenant",
        pk="T#<tenant>",
        sk="TENANT",
        holds="The tenant: name, plan, currency, and the version of its settings.",
        found_by="Read together with stores, locations, shipping and tax in one query; cached by settings_version.",
        written_by="create_tenant, change_tenant; every write to this partition counts settings_version up",
    ),
)


def settings_key(tenant_id: TenantId) -> Key:
    """The item whose `settings_version` says whether cached settings still hold."""
    return Key(tenant_pk(tenant_id), "TENANT")


def tenant_item(tenant: Tenant) -> Item:
    """The tenant as it is stored."""
    return {
        "type": "tenant",
        "schema": 1,
        "name": tenant.name,
        "plan": tenant.plan,
        "currency": tenant.currency.code,
        "cart_events": tenant.cart_events,
        "settings_version": tenant.settings_version,
        "version": tenant.version,
        "created_at": clock.to_text(tenant.created_at),
        "updated_at": clock.to_text(tenant.updated_at),
    }


def tenant_from(item: Item) -> Tenant:
    """The stored tenant."""
    return Tenant(
        id=TenantId(item["pk"].partition("#")[2]),
        name=item["name"],
        plan=item["plan"],
        currency=Currency.of(item["currency"]),
        cart_events=item["cart_events"],
        settings_version=item["settings_version"],
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def put_tenant(tenant: Tenant) -> Put:
    """A tenant that is new."""
    return Put(settings_key(tenant.id), tenant_item(tenant), only_if=ABSENT)


def change_tenant(tenant: Tenant) -> Update:
    """What may change of a tenant, one version on. Not a put: others count `settings_version` up meanwhile."""
    return Update(
        settings_key(tenant.id),
        "SET #name = :name, cart_events = :cart_events, updated_at = :updated_at, version = :version,"
        " settings_version = settings_version + :one",
        only_if="version = :read",
        values={
            ":name": tenant.name,
            ":cart_events": tenant.cart_events,
            ":updated_at": clock.to_text(tenant.updated_at),
            ":version": tenant.version,
            ":read": tenant.version - 1,
            ":one": 1,
        },
    )


def bump_settings(tenant_id: TenantId) -> Update:
    """Goes into the transaction of every write to the tenant's partition, so that no cache outlives it."""
    return Update(
        settings_key(tenant_id),
        "SET settings_version = settings_version + :one",
        only_if="attribute_exists(pk)",
        values={":one": 1},
        otherwise=NotFound("There is no such tenant."),
    )


def bump_settings_if_unchanged(tenant_id: TenantId, *, version: int) -> Update:
    """The same for a decision that rests on all settings as they were at `version`."""
    return Update(
        settings_key(tenant_id),
        "SET settings_version = settings_version + :one",
        only_if="settings_version = :read",
        values={":one": 1, ":read": version},
    )
