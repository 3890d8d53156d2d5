"""API keys as items, and the look-up from a secret's hash to its key."""

from datetime import date, datetime

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, joined, lookup_key, tenant_pk
from storekeeper.kernel.writes import ABSENT, Check, Delete, Put, Update
from storekeeper.tenancy.api_keys.model import ApiKey

ENTITIES = (
    Entity(
        name="api_key",
        pk="T#<tenant>#APIKEYS",
        sk="KEY#<key>",
        holds="An API key: name, scopes, hash of its secret, day of last use.",
        found_by="By the look-up of its secret's hash; the merchant's list is one query.",
        written_by="create_key, change_key, revoke_key; its first use of a day",
    ),
    Entity(
        name="key",
        pk="KEY#<hash of the secret>",
        sk="KEY#<hash of the secret>",
        holds="Which tenant's which key a secret is; ids, nothing else.",
        found_by="Read by key, before the tenant is known; kept for 30 seconds.",
        written_by="create_key, revoke_key: in one transaction with the key",
    ),
)


def keys_pk(tenant_id: TenantId) -> str:
    """The partition of a tenant's keys."""
    return tenant_pk(tenant_id, "APIKEYS")


def api_key_key(tenant_id: TenantId, key_id: str) -> Key:
    """Where a key is kept."""
    return Key(keys_pk(tenant_id), joined("KEY", key_id))


def secret_key(secret_hash: str) -> Key:
    """The look-up item of a secret."""
    return lookup_key("KEY", secret_hash)


def api_key_item(key: ApiKey) -> Item:
    """The key as it is stored."""
    return {
        "type": "api_key",
        "schema": 1,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "hint": key.hint,
        "secret_hash": key.secret_hash,
        "created_at": clock.to_text(key.created_at),
        "last_used_on": key.last_used_on.isoformat() if key.last_used_on else None,
        "revoked_at": clock.to_text(key.revoked_at) if key.revoked_at else None,
        "version": key.version,
    }


def api_key_from(item: Item) -> ApiKey:
    """The stored key."""
    used_on, revoked_at = item.get("last_used_on"), item.get("revoked_at")
    return ApiKey(
        id=item["sk"].partition("#")[2],
        name=item["name"],
        scopes=frozenset(item["scopes"]),
        hint=item["hint"],
        secret_hash=item["secret_hash"],
        created_at=clock.from_text(item["created_at"]),
        last_used_on=date.fromisoformat(used_on) if used_on else None,
        revoked_at=clock.from_text(revoked_at) if revoked_at else None,
        version=item["version"],
    )


def put_key(tenant_id: TenantId, key: ApiKey) -> Put:
    """A key that is new."""
    return Put(api_key_key(tenant_id, key.id), api_key_item(key), only_if=ABSENT)


def put_secret(tenant_id: TenantId, key: ApiKey) -> Put:
    """The way from the secret to its key."""
    found = {"type": "key", "schema": 1, "tenant_id": tenant_id, "key_id": key.id}
    return Put(secret_key(key.secret_hash), found, only_if=ABSENT)


def drop_secret(key: ApiKey) -> Delete:
    """The secret leads nowhere any more."""
    return Delete(secret_key(key.secret_hash), only_if="key_id = :key_id", values={":key_id": key.id})


def change_key(tenant_id: TenantId, key: ApiKey) -> Update:
    """What may change of a key, one version on. Not a put: the day of last use is written meanwhile."""
    return Update(
        api_key_key(tenant_id, key.id),
        "SET #name = :name, #scopes = :scopes, version = :version",
        only_if="version = :read",
        values={
            ":name": key.name,
            ":scopes": sorted(key.scopes),
            ":version": key.version,
            ":read": key.version - 1,
        },
    )


def revoke_key(tenant_id: TenantId, key: ApiKey, *, at: datetime) -> Update:
    """The key ends, one version on."""
    return Update(
        api_key_key(tenant_id, key.id),
        "SET revoked_at = :revoked_at, version = :version",
        only_if="version = :read",
        values={":revoked_at": clock.to_text(at), ":version": key.version, ":read": key.version - 1},
    )


def still_as_read(tenant_id: TenantId, key: ApiKey) -> Check:
    """The acting key is what it was when it was found to be allowed: neither revoked nor narrowed since."""
    return Check(api_key_key(tenant_id, key.id), only_if="version = :read", values={":read": key.version})


def note_use(tenant_id: TenantId, key_id: str, *, on: date) -> Update:
    """The day of last use, once a day. It is no change of the key: its version stays."""
    return Update(
        api_key_key(tenant_id, key_id),
        "SET last_used_on = :day",
        only_if="attribute_exists(pk) AND (attribute_not_exists(last_used_on) OR last_used_on < :day)",
        values={":day": on.isoformat()},
    )
