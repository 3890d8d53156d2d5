"""Idempotency marks: the first answer to a keyed request, kept beside what it did.

The mark travels in the effect's own transaction, so there is never an effect without its mark or a mark without its
effect. It holds a hash of the body and the sealed answer: no personal data in clear.
"""

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import TenantId, derived_id
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Put, Write

KEPT = timedelta(hours=24)
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)  # of derived ids: a request has no time that its repeat sees too
MIN_KEY_LENGTH, MAX_KEY_LENGTH = 16, 255

ENTITIES = (
    Entity(
        name="mark",
        pk="T#<tenant>#MARK#<hash of scope, route and key>",
        sk="MARK",
        holds="The first answer to a request with an Idempotency-Key, sealed, and a hash of the request's body.",
        found_by="Read by key before each request that has an Idempotency-Key; void after 24 hours.",
        written_by="every use case that can be remembered, in the transaction of its effect",
    ),
)

T = TypeVar("T")
Remember: TypeAlias = Callable[[T], tuple[Write, ...]]
"""Given what a use case is about to have done, the writes by which it is remembered (none without a key)."""


class KeyReused(StorekeeperError):
    """The key came with another body before."""

    code, kind = "idempotency_key_reused", "invalid"


class KeyInUse(StorekeeperError):
    """The same request is being worked on right now."""

    code, kind, retry_after_s = "idempotency_key_in_use", "conflict", 1


class Answer(Struct, frozen=True):
    """An answer as it was given: status, JSON text, and the entity's version for its ETag, if it had one."""

    status: int
    body: str
    version: int | None


class Keyed(Struct, frozen=True):
    """A request with an Idempotency-Key: `scope` is whose key it is (API key, cart), `route` what was called."""

    tenant_id: TenantId
    scope: str
    route: str
    key: str
    body_hash: str

    @property
    def mark_key(self) -> Key:
        """Where its mark is kept."""
        digest = hashlib.sha256(f"{self.scope}\x1f{self.route}\x1f{self.key}".encode()).hexdigest()
        return Key(tenant_pk(self.tenant_id, "MARK", digest), "MARK")

    def derived_id(self, prefix: str, *parts: str) -> str:
        """The id of what the request makes: its repeat has it again, even when the answer is long forgotten.

        `parts` tell several things of one request apart.
        """
        return derived_id(prefix, *self.mark_key, self.body_hash, *parts, at=_MADE_AT)


def hash_body(body: bytes) -> str:
    """A hash of what the body says: the order of members and white space do not count."""
    with suppress(ValueError, RecursionError):  # not JSON, or absurdly deep: its bytes are what it says
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest()


def forget(_: Any) -> tuple[Write, ...]:
    """The `Remember` of a request without a key."""
    return ()


def find_answer(keyed: Keyed, *, table: Table, sealer: Callable[[], Sealer], now: datetime) -> Answer | None:
    """The first answer, if the request was answered within `KEPT`.

    Raises:
        KeyReused: it was, but to another body.
    """
    mark = table.get(keyed.mark_key)
    if mark is None or mark["expires_at"] <= clock.to_text(now):
        return None
    if mark["body_hash"] != keyed.body_hash:
        raise KeyReused("This Idempotency-Key was used with another body; use a new key.")
    packed = sealer().open(mark["answer"], purpose="mark")
    return Answer(mark["status"], zlib.decompress(b64decode(packed)).decode(), mark.get("entity_version"))


def mark_write(keyed: Keyed, answer: Answer, *, sealer: Sealer, now: datetime) -> Put:
    """The mark, to go into the transaction of the effect; a second one is `KeyInUse`."""
    expires_at = now + KEPT
    packed = b64encode(zlib.compress(answer.body.encode())).decode()
    return Put(
        keyed.mark_key,
        {
            "type": "mark",
            "schema": 1,
            "body_hash": keyed.body_hash,
            "status": answer.status,
            "entity_version": answer.version,
            "answer": sealer.seal(packed, purpose="mark"),
            "expires_at": clock.to_text(expires_at),
            "ttl": clock.to_epoch_s(expires_at),
        },
        only_if="attribute_not_exists(pk) OR expires_at <= :now",
        values={":now": clock.to_text(now)},
        otherwise=KeyInUse("The same request is still being worked on; send it again in a moment."),
    )
