"""Lists in pages: opaque cursors, and lists that are spread over shards merged in order.

A position is the sort key of the last item shown; sort keys of a list are unique (they end in an id), so a page never
skips or repeats. A cursor is bound to its list and filters and holds no key of the table: it cannot reach elsewhere.
"""

import heapq
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Generic, TypeVar

from msgspec import Struct

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.keys import MAX_SK_BYTES, Index
from storekeeper.kernel.table import Table, together

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
_LAST = "\U0010ffff"

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """Some entries of a list, and the position to go on from (None: these were the last)."""

    entries: tuple[T, ...]
    next_position: str | None


def to_cursor(position: str, *, scope: str) -> str:
    """The cursor of a position in the list that `scope` (route and filters) names."""
    return urlsafe_b64encode(json.dumps([_fingerprint(scope), position]).encode()).decode().rstrip("=")


def from_cursor(cursor: str, *, scope: str) -> str:
    """The position of a cursor.

    Raises:
        Invalid: `cursor_unreadable`: not one of ours, or one of another list or other filters.
    """
    try:
        fingerprint, position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        fingerprint, position = None, None
    if fingerprint != _fingerprint(scope) or not isinstance(position, str) or not _is_sort_key(position):
        raise Invalid.field(
            "cursor", "cursor_unreadable", "Send next_cursor of the page before, with the same filters."
        )
    return position


def _is_sort_key(position: str) -> bool:
    """Whether it could stand in a key; what somebody made up may be longer, or no text at all (a lone surrogate)."""
    try:
        return 0 < len(position.encode()) <= MAX_SK_BYTES
    except UnicodeEncodeError:
        return False


def _fingerprint(scope: str) -> int:
    return zlib.crc32(scope.encode())


def read_sharded(
    table: Table,
    pks: Sequence[str],
    *,
    index: Index | None,
    after: str | None,
    limit: int,
    newest_first: bool,
    low: str = "",
    high: str = _LAST,
) -> Page[Item]:
    """One page of a list that is spread over several partitions, in the order of the sort key, between two bounds."""
    sort_name = index.sk if index else "sk"
    shards = together(
        *[
            lambda pk=pk: table.query(
                pk, index=index, low=low, high=high, after=after, newest_first=newest_first, limit=limit + 1
            )
            for pk in pks
        ]
    )
    merged = heapq.merge(*shards, key=lambda item: item[sort_name], reverse=newest_first)
    return cut(list(islice(merged, limit + 1)), limit=limit, sort_name=sort_name)


def cut(items: Sequence[Item], *, limit: int, sort_name: str = "sk") -> Page[Item]:
    """A page of at most `limit`, from items read with one to spare."""
    entries = tuple(items[:limit])
    return Page(entries, entries[-1][sort_name] if len(items) > limit else None)


def page_of(entries: Sequence[T], *, limit: int, position: Callable[[T], str]) -> Page[T]:
    """A page of at most `limit`, from entries of which there may be more; `position` is what to go on from."""
    shown = tuple(entries[:limit])
    return Page(shown, position(shown[-1]) if len(entries) > limit else None)
