"""Idempotency keys: the first answer to a key is kept and given again, for a day.

Another request under the same key is refused (400), and so is a second one while the first is still
being answered (409). Requests that failed validation leave no trace under their key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from local.stripe.errors import invalid, key_in_use, key_reused
from local.stripe.store import Store

KEPT_S = 24 * 60 * 60
MAX_KEY = 255
_KIND = "idempotent_answer"


@dataclass(frozen=True)
class Answer:
    """An answer as it goes over the wire, without the headers that every answer has."""

    status: int
    body: dict[str, Any]


class IdempotencyKeys:
    """The answers by key. Every method is called with the store's lock held."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._in_progress: set[str] = set()

    def begin(self, key: str, *, request: str, now: int) -> Answer | None:
        """Claim the key for this request, or answer what was answered the first time.

        Raises:
            ApiError: the key is too long, belongs to another request, or is in use.
        """
        if len(key) > MAX_KEY:
            raise invalid(f"Idempotency keys may be at most {MAX_KEY} characters long.")
        if key in self._in_progress:
            raise key_in_use(key)
        kept = self._store.find(_KIND, key)
        if kept and kept["at"] > now - KEPT_S:
            if kept["request"] != request:
                raise key_reused(key)
            return Answer(kept["status"], kept["body"])
        self._in_progress.add(key)
        return None

    def keep(self, key: str, answer: Answer, *, request: str, now: int) -> None:
        """Remember the answer."""
        kept = {"id": key, "request": request, "at": now, "status": answer.status, "body": answer.body}
        self._store.put(kept, kind=_KIND)

    def end(self, key: str) -> None:
        """The request has been answered, or never will be."""
        self._in_progress.discard(key)


def fingerprint(method: str, path: str, params: dict[str, Any]) -> str:
    """Equal for equal requests, whatever the order of their parameters."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
