"""What a secret opens: found by its hash, and kept for at most 30 seconds, within which a revocation is known."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.kernel.errors import Contended, Unavailable
from storekeeper.kernel.expiring import ExpiringCache
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.untenanted import Lookups
from storekeeper.tenancy.api_keys import items
from storekeeper.tenancy.api_keys.model import Scope, hash_secret

KEPT = timedelta(seconds=30)
MAX_KEYS = 2_000


class Access(Struct, frozen=True):
    """A key of a tenant, and what it may do."""

    tenant_id: TenantId
    key_id: str
    scopes: frozenset[Scope]


class AccessCache:
    """One environment's knowledge of keys. Unknown secrets are not kept: guessing must not push out what is known."""

    def __init__(self) -> None:
        self._kept: ExpiringCache[str, Access] = ExpiringCache(max_entries=MAX_KEYS)

    def find(
        self, secret: str, *, lookups: Lookups, table_of: Callable[[TenantId], Table], now: datetime
    ) -> Access | None:
        """What the secret opens; None if it is unknown or its key is revoked. Notes the day of use."""
        secret_hash = hash_secret(secret)
        kept = self._kept.find(secret_hash, now=now)
        if kept is not None:
            return kept
        found = lookups.find(items.secret_key(secret_hash))
        if found is None:
            return None
        tenant_id = TenantId(found["tenant_id"])
        access = _read(found["key_id"], table=table_of(tenant_id), now=now)
        return access and self._kept.keep(secret_hash, access, until=now + KEPT)


def _read(key_id: str, *, table: Table, now: datetime) -> Access | None:
    item = table.get(items.api_key_key(table.tenant_id, key_id))
    key = items.api_key_from(item) if item else None
    if key is None or not key.is_active:
        return None
    if key.last_used_on is None or key.last_used_on < now.date():
        # Another environment may be noting it just now; and a call must not fail because this could not be noted.
        with suppress(WriteRefused, Contended, Unavailable):
            table.write(items.note_use(table.tenant_id, key_id, on=now.date()))
    return Access(table.tenant_id, key.id, key.scopes)
