"""Stores as items of the tenant's partition."""

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency
from storekeeper.kernel.writes import ABSENT, Delete, Put, Update, Write
from storekeeper.tenancy.stores.model import AtZero, Store, StoreSettings, StoreStatus
from storekeeper.tenancy.tenants.items import bump_settings

ENTITIES = (
    Entity(
        name="store",
        pk="T#<tenant>",
        sk="STORE#<store>",
        holds="A store: how it looks, what it is called, how it sells, its domains.",
        found_by="The query of settings.",
        written_by="create_store, change_store, add_domain, remove_domain, delete_store; the first listing marks it",
    ),
)


def store_key(tenant_id: TenantId, store_id: StoreId) -> Key:
    """Where a store is kept."""
    return Key(tenant_pk(tenant_id), joined("STORE", store_id))


def store_item(store: Store) -> Item:
    """The store as it is stored."""
    settings = store.settings
    return {
        "type": "store",
        "schema": 1,
        "name": store.name,
        "status": store.status.value,
        "used": store.used,
        "currency": store.currency.code,
        "language": store.language,
        "time_zone": store.time_zone,
        "domains": store.domains,
        "default_domain": store.default_domain,
        "description": store.description,
        "logo_url": store.logo_url,
        "favicon_url": store.favicon_url,
        "colors": store.colors,
        "contacts": store.contacts,
        "social_links": store.social_links,
        "settings": {
            "prices_include_tax": settings.prices_include_tax,
            "order_prefix": settings.order_prefix,
            "hold_minutes": settings.hold_minutes,
            "capture": settings.capture,
            "payment_methods": settings.payment_methods,
            "location_priority": settings.location_priority,
            "at_zero": settings.at_zero.value,
        },
        "version": store.version,
        "created_at": clock.to_text(store.created_at),
        "updated_at": clock.to_text(store.updated_at),
    }


def store_from(item: Item) -> Store:
    """The stored store."""
    return Store(
        id=StoreId(item["sk"].partition("#")[2]),
        tenant_id=TenantId(item["pk"].partition("#")[2]),
        name=item["name"],
        status=StoreStatus(item["status"]),
        used=item["used"],
        currency=Currency.of(item["currency"]),
        language=item["language"],
        time_zone=item["time_zone"],
        domains=tuple(item["domains"]),
        default_domain=item.get("default_domain"),
        description=item.get("description"),
        logo_url=item.get("logo_url"),
        favicon_url=item.get("favicon_url"),
        colors=item["colors"],
        contacts=item["contacts"],
        social_links=item["social_links"],
        settings=_settings_from(item["settings"]),
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def _settings_from(stored: Item) -> StoreSettings:
    return StoreSettings(
        prices_include_tax=stored["prices_include_tax"],
        order_prefix=stored["order_prefix"],
        hold_minutes=stored["hold_minutes"],
        capture=stored["capture"],
        payment_methods=tuple(stored["payment_methods"]),
        location_priority=tuple(LocationId(one) for one in stored["location_priority"]),
        at_zero=AtZero(stored.get("at_zero", AtZero.SHOW_OUT_OF_STOCK)),
    )


def put_store(store: Store) -> Put:
    """A store that is new."""
    return Put(store_key(store.tenant_id, store.id), store_item(store), only_if=ABSENT)


def replace_store(store: Store) -> Put:
    """A changed store, one version on."""
    return Put(
        store_key(store.tenant_id, store.id),
        store_item(store),
        only_if="version = :read",
        values={":read": store.version - 1},
    )


def drop_store(store: Store) -> Delete:
    """The store goes, if it is still as it was when that was decided."""
    return Delete(store_key(store.tenant_id, store.id), only_if="version = :read", values={":read": store.version})


def mark_used(store: Store) -> tuple[Write, ...]:
    """Goes into the transaction that lists a product in the store; nothing where the store is known to be marked.

    So a store cannot be deleted under its listings, and only the first of them pays for that.
    """
    if store.used:
        return ()
    mark = Update(
        store_key(store.tenant_id, store.id),
        "SET used = :yes, version = version + :one",
        only_if="attribute_exists(pk)",
        values={":yes": True, ":one": 1},
        otherwise=NotFound("There is no such store."),
    )
    return (mark, bump_settings(store.tenant_id))
