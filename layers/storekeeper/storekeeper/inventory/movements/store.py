"""Reads of the ledger: lists with filters, newest first, and a level as it was at an instant."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.levels.items import cause_from, level_from
from storekeeper.inventory.levels.model import Level, MovementType
from storekeeper.inventory.levels.store import find_levels_with
from storekeeper.inventory.movements.items import (
    MONTH_LENGTH,
    month_pks,
    movement_from,
    movement_key,
    position,
    reference_pk,
)
from storekeeper.inventory.movements.ledger import read_ledger
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import GSI1, GSI3, Index, Key
from storekeeper.kernel.paging import Page
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, together

CHUNK = 200
MAX_EXAMINED = 1_000  # rows that one page looks at: with narrow filters it may be short, and the cursor goes on
MAX_MONTHS = 24  # that one page looks into
MAX_LEDGERS = 16  # that one list is merged from: a SKU that is hot has more, and fills the months anyway
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_AFTER_ALL = "~"  # follows every digit and letter that a time is written with


class Wanted(Struct, frozen=True):
    """Which movements a list is of; `since` is included, `until` is not."""

    sku: str | None = None
    location_id: LocationId | None = None
    type: MovementType | None = None
    reference_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def admits(self, movement: Movement) -> bool:
        """Whether a movement is one of them; periods are bounds of the reading already."""
        asked = (self.sku, self.location_id, self.type, self.reference_id)
        given = (movement.sku, movement.location_id, movement.type, movement.reference_id)
        return all(want in (None, have) for want, have in zip(asked, given, strict=True))

    @property
    def low(self) -> str:
        """The lowest position of the period."""
        return clock.to_text(self.since) if self.since else ""

    @property
    def high(self) -> str:
        """The text that all positions of the period precede."""
        return clock.to_text(self.until) if self.until else _AFTER_ALL


_List: TypeAlias = Callable[[str | None, int], list[Item]]
"""Reads a list: so many rows that precede a position (None: from its top), newest first."""


class _Source(Struct, frozen=True):
    """Lists to be merged, and the text that all their positions follow."""

    lists: tuple[_List, ...]
    floor: str


def find_movements(
    table: Table,
    wanted: Wanted,
    *,
    locations: Sequence[LocationId],
    after: str | None,
    limit: int,
    now: datetime,
    oldest: datetime,
) -> Page[Movement]:
    """One page of movements, newest first, by the most selective way there is: reference, SKU, or month.

    No movement is older than `oldest`, when the tenant was made. What is listed follows the levels within seconds. A
    page may be short, even empty, and yet have a next one: what it looks at is bounded by MAX_EXAMINED rows and
    MAX_MONTHS months.
    """
    first_month = _month(max(wanted.low, clock.to_text(oldest)))
    newest_month = _month(min(after or _AFTER_ALL, wanted.high, clock.to_text(now) + _AFTER_ALL))
    months = islice(_months_back(newest_month, until=first_month), MAX_MONTHS + 1)
    sources = list(_sources(table, wanted, locations, months))
    matched: list[Movement] = []
    examined = 0
    chunk_size = limit + 1 if wanted == Wanted(since=wanted.since, until=wanted.until) else CHUNK
    for source in sources[:MAX_MONTHS]:
        for chunk in _chunks(source, after=after, size=chunk_size):
            for movement in filter(wanted.admits, chunk):
                if len(matched) == limit:
                    return Page(tuple(matched), position(matched[-1]))
                matched.append(movement)
            examined += len(chunk)
            if examined >= MAX_EXAMINED:
                return Page(tuple(matched), position(chunk[-1]))
    left = len(sources) > MAX_MONTHS
    return Page(tuple(matched), sources[MAX_MONTHS - 1].floor if left else None)


def _sources(table: Table, wanted: Wanted, locations: Sequence[LocationId], months: Iterable[str]) -> Iterator[_Source]:
    if wanted.reference_id is not None:
        yield _Source((_of_reference(table, wanted, wanted.reference_id),), wanted.low)
    elif (levels := _levels_of(table, wanted, locations)) is not None:
        yield _Source(tuple(_of_level(table, wanted, level) for level in levels), wanted.low)
    else:
        for month in months:
            pks = month_pks(table.tenant_id, month)
            yield _Source(tuple(_of_index(table, wanted, pk, GSI1) for pk in pks), month)


def _levels_of(table: Table, wanted: Wanted, locations: Sequence[LocationId]) -> Sequence[Item] | None:
    """The levels whose ledgers have all that is wanted; None if the months are to be read: no SKU, or a hot one."""
    if wanted.sku is None:
        return None
    among = [wanted.location_id] if wanted.location_id else locations
    _, levels = find_levels_with(table, [wanted.sku], locations=among, keys=(), ever=True)
    return tuple(levels.values()) if len(levels) <= MAX_LEDGERS else None


def _of_index(table: Table, wanted: Wanted, pk: str, index: Index) -> _List:
    return lambda after, size: table.query(
        pk, index=index, low=wanted.low, high=wanted.high, after=after, newest_first=True, limit=size
    )


def _of_reference(table: Table, wanted: Wanted, reference_id: str) -> _List:
    """Its index holds keys only."""
    listed = _of_index(table, wanted, reference_pk(table.tenant_id, reference_id), GSI3)

    def read(after: str | None, size: int) -> list[Item]:
        keys = [Key(row["pk"], row["sk"]) for row in listed(after, size)]
        found = table.get_many(keys)
        return [found[key] for key in keys if key in found]

    return read


def _of_level(table: Table, wanted: Wanted, level: Item) -> _List:
    def read(after: str | None, size: int) -> list[Item]:
        before = min(after or _AFTER_ALL, wanted.high)
        rows = read_ledger(table, level, before=before if before != _AFTER_ALL else None, limit=size)
        return [row for row in rows if row[GSI1.sk] >= wanted.low]

    return read


def _month(text: str) -> str:
    return text[:MONTH_LENGTH]


def _months_back(month: str, *, until: str) -> Iterator[str]:
    """`2026-02`, `2026-01`, `2025-12`, ... down to `until`.

    Raises:
        Invalid: the position that a cursor gave begins with no month.
    """
    if not _MONTH.fullmatch(month):
        raise Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before.")
    year, number = int(month[:4]), int(month[5:])
    while (text := f"{year:04}-{number:02}") >= until:
        yield text
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)


def _chunks(source: _Source, *, after: str | None, size: int) -> Iterator[Sequence[Movement]]:
    while chunk := _chunk(source, after=after, size=size):
        yield chunk
        if len(chunk) < size:
            return
        after = position(chunk[-1])


def _chunk(source: _Source, *, after: str | None, size: int) -> Sequence[Movement]:
    found = together(*[_reading(one, after, size) for one in source.lists])
    merged = heapq.merge(*found, key=lambda row: str(row[GSI1.sk]), reverse=True)
    return [movement_from(row) for row in islice(merged, size)]


def _reading(one: _List, after: str | None, size: int) -> Callable[[], list[Item]]:
    return lambda: one(after, size)


def find_levels_at(table: Table, levels: Iterable[Item], *, at: datetime) -> tuple[Level, ...]:
    """Levels, given as items, as they were at an instant; one that did not exist then is left out."""
    found = together(*[_reading_level(table, item, at) for item in levels])
    return tuple(level for level in found if level is not None)


def _reading_level(table: Table, item: Item, at: datetime) -> Callable[[], Level | None]:
    return lambda: _level_at(table, item, at)


def _level_at(table: Table, item: Item, at: datetime) -> Level | None:
    """The last row until then; but a change that the ledger does not have yet is known from the level itself."""
    high = clock.to_text(at) + "#" + _AFTER_ALL
    rows = read_ledger(table, item, before=high, limit=1)
    last = movement_from(rows[0]) if rows else None
    if (last is None or last.version < item["version"]) and cause_from(item).at <= at:
        newest = table.get(movement_key(item["pk"], item["version"]))
        if newest is None or movement_from(newest).occurred_at <= at:
            return replace(level_from(item), past=0)  # buckets of the past are among the levels
    return last.level if last else None
