"""What is done with API keys. Looking a secret up is `tenancy.access`."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Literal

from msgspec import Struct

from storekeeper.kernel import paging
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.keys import joined
from storekeeper.kernel.paging import Page
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy.api_keys import items
from storekeeper.tenancy.api_keys.model import (
    HINT_LENGTH,
    MANAGING,
    ApiKey,
    KeyRevoked,
    OwnKey,
    Scope,
    ScopeNotHeld,
    check_grant,
    hash_secret,
    new_secret,
)

MAX_READ = 1_000  # keys looked at for one page of a filtered list


class NewKey(Struct, frozen=True):
    """A key with its secret, which nobody can show again."""

    key: ApiKey
    secret: str


def make_key(*, name: str, scopes: Collection[Scope], now: datetime) -> NewKey:
    """A key that is not written yet."""
    secret = new_secret()
    key = ApiKey(
        id=new_id("key", at=now),
        name=name,
        scopes=frozenset(scopes),
        hint=secret[:HINT_LENGTH],
        secret_hash=hash_secret(secret),
        created_at=now,
        last_used_on=None,
        revoked_at=None,
        version=1,
    )
    return NewKey(key, secret)


def find_key(key_id: str, *, table: Table) -> ApiKey:
    """One key, revoked or not.

    Raises:
        NotFound: the tenant has none of this id.
    """
    item = table.get(items.api_key_key(table.tenant_id, key_id))
    if item is None:
        raise NotFound("There is no such API key.")
    return items.api_key_from(item)


def list_keys(
    *, status: Literal["active", "revoked"] | None, after: str | None, limit: int, table: Table
) -> Page[ApiKey]:
    """A page of the keys, oldest first; the position is a key's id."""
    wanted: list[ApiKey] = []
    position = joined("KEY", after) if after else None
    while True:
        batch = table.query(items.keys_pk(table.tenant_id), after=position, limit=MAX_READ, consistent=True)
        found = (items.api_key_from(item) for item in batch)
        wanted += [key for key in found if status is None or key.is_active == (status == "active")]
        if len(wanted) > limit or len(batch) < MAX_READ:
            return paging.page_of(wanted, limit=limit, position=lambda key: key.id)
        position = batch[-1]["sk"]


def create_key(
    *,
    name: str,
    scopes: Collection[Scope],
    by: str,
    registry: Table,
    now: datetime,
    remember: Remember[NewKey] = forget,
) -> NewKey:
    """Make a key. `by` is the acting key, which must hold what it grants, still when this is written.

    Raises:
        ScopeNotHeld: the acting key lacks a scope that it would grant.
        Contended: the acting key kept changing.
    """

    def attempt() -> NewKey:
        acting = _acting(by, registry)
        check_grant(scopes, held=acting.scopes)
        made = make_key(name=name, scopes=scopes, now=now)
        registry.write(
            *key_writes(made.key, registry), items.still_as_read(registry.tenant_id, acting), *remember(made)
        )
        return made

    return until_written(attempt)


def issue_key(*, name: str, scopes: Collection[Scope], registry: Table, now: datetime) -> NewKey:
    """Make a key on the operator's word, with no acting key: for a tenant that has lost all of its own."""
    made = make_key(name=name, scopes=scopes, now=now)
    registry.write(*key_writes(made.key, registry))
    return made


def key_writes(key: ApiKey, registry: Table) -> tuple[Write, Write]:
    """What makes a key: itself, and the way from its secret to it."""
    return items.put_key(registry.tenant_id, key), items.put_secret(registry.tenant_id, key)


def change_key(
    key_id: str,
    *,
    name: str | None = None,
    scopes: Collection[Scope] | None = None,
    by: str,
    table: Table,
    expects: Callable[[int], None] = any_version,
) -> ApiKey:
    """Rename a key or change its scopes; `None` leaves as it is. Known everywhere within 30 seconds.

    Raises:
        NotFound: the tenant has none of this id.
        KeyRevoked: it is revoked.
        ScopeNotHeld: the acting key `by` lacks a scope that it would add.
        OwnKey: the acting key would give up managing keys.
        StaleVersion: `expects` says so.
        Contended: one of the two keys kept changing.
    """

    def attempt() -> ApiKey:
        acting, key = _acting(by, table), find_key(key_id, table=table)
        expects(key.version)
        if not key.is_active:
            raise KeyRevoked("The key is revoked; make a new one.")
        chosen = key.scopes if scopes is None else frozenset(scopes)
        check_grant(chosen - key.scopes, held=acting.scopes)
        if key_id == by and MANAGING in key.scopes - chosen:
            raise OwnKey(f"A key cannot take {MANAGING} from itself; use another key.")
        changed = replace(key, name=key.name if name is None else name, scopes=chosen, version=key.version + 1)
        table.write(items.change_key(table.tenant_id, changed), *_still_allowed(acting, key_id, table))
        return changed

    return until_written(attempt)


def revoke_key(
    key_id: str, *, by: str, registry: Table, now: datetime, expects: Callable[[int], None] = any_version
) -> ApiKey:
    """End a key for good; it stays listed. A repeat changes nothing. Known everywhere within 30 seconds.

    Raises:
        NotFound: the tenant has none of this id.
        OwnKey: it is the acting key `by`.
        StaleVersion: `expects` says so.
        Contended: one of the two keys kept changing.
    """

    def attempt() -> ApiKey:
        acting, key = _acting(by, registry), find_key(key_id, table=registry)
        expects(key.version)
        if not key.is_active:
            return key
        if key_id == by:
            raise OwnKey("A key cannot revoke itself; use another key.")
        revoked = replace(key, revoked_at=now, version=key.version + 1)
        registry.write(
            items.revoke_key(registry.tenant_id, revoked, at=now),
            items.drop_secret(key),
            *_still_allowed(acting, key_id, registry),
        )
        return revoked

    return until_written(attempt)


def _acting(key_id: str, table: Table) -> ApiKey:
    key = find_key(key_id, table=table)
    if not key.is_active or MANAGING not in key.scopes:
        raise ScopeNotHeld("Your key may no longer manage keys.")
    return key


def _still_allowed(acting: ApiKey, key_id: str, table: Table) -> tuple[Write, ...]:
    """Two keys that revoke each other at once cannot both succeed: so one that manages keys always remains."""
    return () if acting.id == key_id else (items.still_as_read(table.tenant_id, acting),)
