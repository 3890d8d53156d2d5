"""Everything the stand-in knows, in memory; with a file, also after a restart.

A resource is a dictionary in the shape of Stripe's JSON. Fields whose names begin with `_` are ours
(the number behind a card, for instance) and never leave the process. With a file, what one request
changed is written in one SQLite transaction: a crash leaves all of a request or none of it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
# Kinds that are written once and seldom read: kept compressed, for thousands of payments leave many of them.
_PACKED = ("event", "idempotent_answer")
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, *, length: int = 24) -> str:
    """A fresh id such as `pi_3kQ…`."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"


def public(resource: Resource) -> Resource:
    """The resource, or list of resources, as the API shows it: a deep copy without our own fields."""
    if resource["object"] == "list":
        return resource | {"data": [public(row) for row in resource["data"]]}
    shown: Resource = json.loads(json.dumps(resource))
    return {name: value for name, value in shown.items() if not name.startswith("_")}


class Store:
    """Resources by kind (Stripe's `object` field) and id, oldest first.

    A resource that was found may be changed in place, and is then `put` again to be written to the file;
    events and kept answers are the exception: what is found is a copy.

    `lock` guards everything: a request holds it from its first read to `commit`.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._resources: dict[str, dict[str, Resource | bytes]] = {}
        self._changed: dict[tuple[str, str], Resource] = {}
        self._file = self._open(file) if file else None

    def put(self, resource: Resource, *, kind: str | None = None) -> Resource:
        """Keep a new resource, or note that a kept one has changed."""
        kind = kind or resource["object"]
        self._resources.setdefault(kind, {})[resource["id"]] = _kept(kind, resource)
        self._changed[kind, resource["id"]] = resource
        return resource

    def find(self, kind: str, resource_id: str) -> Resource | None:
        kept = self._resources.get(kind, {}).get(resource_id)
        return None if kept is None else _found(kept)

    def newest_first(self, kind: str) -> Iterator[Resource]:
        return map(_found, reversed(list(self._resources.get(kind, {}).values())))

    def commit(self) -> None:
        """Write what changed since the last commit. Does nothing without a file."""
        changed, self._changed = self._changed, {}
        if self._file is None or not changed:
            return
        rows = [(kind, key, json.dumps(resource)) for (kind, key), resource in changed.items()]
        with self._file:
            self._file.executemany(
                "INSERT INTO resource (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                rows,
            )

    def reset(self) -> None:
        """Forget everything, in memory and in the file."""
        self._resources.clear()
        self._changed.clear()
        if self._file is not None:
            with self._file:
                self._file.execute("DELETE FROM resource")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self, file: Path) -> sqlite3.Connection:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = sqlite3.connect(file, check_same_thread=False)
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("PRAGMA synchronous = NORMAL")
        opened.execute("CREATE TABLE IF NOT EXISTS resource (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")
        for kind, key, body in opened.execute("SELECT kind, id, body FROM resource ORDER BY rowid"):
            self._resources.setdefault(kind, {})[key] = _kept(kind, json.loads(body))
        return opened


def _kept(kind: str, resource: Resource) -> Resource | bytes:
    return zlib.compress(json.dumps(resource).encode()) if kind in _PACKED else resource


def _found(kept: Resource | bytes) -> Resource:
    if isinstance(kept, bytes):
        unpacked: Resource = json.loads(zlib.decompress(kept))
        return unpacked
    return kept
