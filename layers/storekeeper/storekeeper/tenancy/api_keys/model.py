"""What an API key is, which scopes there are, and who may grant what."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from storekeeper.kernel.errors import Fault, StorekeeperError

Scope: TypeAlias = Literal[
    "tenant:read",
    "tenant:write",
    "keys:read",
    "keys:write",
    "stores:read",
    "stores:write",
    "catalog:read",
    "catalog:write",
    "inventory:read",
    "inventory:write",
    "orders:read",
    "orders:write",
]
ALL_SCOPES: tuple[Scope, ...] = get_args(Scope)
MANAGING: Scope = "keys:write"
KEY_MARK = "stk_"  # by which a scanner of leaked texts knows our keys
SECRET_BYTES = 32
HINT_LENGTH = 10


class ScopeNotHeld(StorekeeperError):
    """A key can grant only what it may do itself."""

    code, kind = "scope_not_held", "forbidden"


class OwnKey(StorekeeperError):
    """A key cannot revoke itself or give up managing keys: so a tenant never locks itself out."""

    code, kind = "own_key", "conflict"


class KeyRevoked(StorekeeperError):
    """The key is revoked, for good."""

    code, kind = "key_revoked", "conflict"


class ApiKey(Struct, frozen=True):
    """A key without its secret, of which only a hash and the first characters (`hint`) are kept.

    `last_used_on` is a day: writing it at each call would make of every read a write.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    hint: str
    secret_hash: str
    created_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None
    version: int

    @property
    def is_active(self) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None


def new_secret() -> str:
    """A secret that cannot be guessed; shown once."""
    return KEY_MARK + secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that a plain hash cannot be turned around."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def check_grant(scopes: Collection[Scope], *, held: Collection[Scope]) -> None:
    """Whether a key with the scopes `held` may give these.

    Raises:
        ScopeNotHeld: it lacks some of them.
    """
    lacking = sorted(set(scopes) - set(held))
    if lacking:
        faults = [Fault("scopes", "scope_not_held", f"Your key lacks {scope}.") for scope in lacking]
        raise ScopeNotHeld("A key can grant only scopes that it has itself.", faults=faults)
