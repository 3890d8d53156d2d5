"""Reads of the ledger: lists with filters, newest first, and a level as it was at an instant."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

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
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import GSI1, GSI2, GSI3, Index, Key
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table, together

CHUNK = 200
MAX_EXAMINED = 1_000  # rows that one page looks at: with narrow filters it may be short, and the cursor goes on
MAX_MONTHS = 24  # that one page looks into
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_AFTER_ALL = "~"  # follows every digit and letter that a time is written with


@dataclass(frozen=True, slots=True)
class Wanted:
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


@dataclass(frozen=True, slots=True)
class _Source:
    """Partitions to be merged, and the text that all their positions follow."""

    pks: tuple[str, ...]
    index: Index
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
        for chunk in _chunks(table, source, wanted, after=after, size=chunk_size):
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
        yield _Source((reference_pk(table.tenant_id, wanted.reference_id),), GSI3, wanted.low)
    elif wanted.sku is not None:
        among = [wanted.location_id] if wanted.location_id else locations
        _, levels = find_levels_with(table, [wanted.sku], locations=among, keys=(), ever=True)
        pks = tuple(key.pk for key in levels)
        yield _Source(pks, GSI2, wanted.low)
    else:
        for month in months:
            yield _Source(month_pks(table.tenant_id, month), GSI1, month)


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


def _chunks(
    table: Table, source: _Source, wanted: Wanted, *, after: str | None, size: int
) -> Iterator[Sequence[Movement]]:
    while chunk := _chunk(table, source, wanted, after=after, size=size):
        yield chunk
        if len(chunk) < size:
            return
        after = position(chunk[-1])


def _chunk(table: Table, source: _Source, wanted: Wanted, *, after: str | None, size: int) -> Sequence[Movement]:
    reads = [_reading(table, pk, source.index, wanted, after=after, size=size) for pk in source.pks]
    sort_name = source.index.sk
    merged = heapq.merge(*together(*reads), key=lambda row: str(row[sort_name]), reverse=True)
    rows = list(islice(merged, size))
    if source.index is not GSI3:
        return [movement_from(row) for row in rows]
    keys = [Key(row["pk"], row["sk"]) for row in rows]  # gsi3 holds keys only
    found = table.get_many(keys)
    return [movement_from(found[key]) for key in keys if key in found]


def _reading(
    table: Table, pk: str, index: Index, wanted: Wanted, *, after: str | None, size: int
) -> Callable[[], list[Item]]:
    return lambda: table.query(
        pk, index=index, low=wanted.low, high=wanted.high, after=after, newest_first=True, limit=size
    )


def find_levels_at(table: Table, levels: Iterable[Item], *, at: datetime) -> tuple[Level, ...]:
    """Levels, given as items, as they were at an instant; one that did not exist then is left out."""
    found = together(*[_reading_level(table, item, at) for item in levels])
    return tuple(level for level in found if level is not None)


def _reading_level(table: Table, item: Item, at: datetime) -> Callable[[], Level | None]:
    return lambda: _level_at(table, item, at)


def _level_at(table: Table, item: Item, at: datetime) -> Level | None:
    """The last row until then; but a change that the ledger does not have yet is known from the level itself."""
    high = clock.to_text(at) + "#" + _AFTER_ALL
    rows = table.query(item["pk"], index=GSI2, high=high, newest_first=True, limit=1)
    last = movement_from(rows[0]) if rows else None
    if (last is None or last.version < item["version"]) and cause_from(item).at <= at:
        newest = table.get(movement_key(item["pk"], item["version"]))
        if newest is None or movement_from(newest).occurred_at <= at:
            return replace(level_from(item), past=0)  # buckets of the past are among the levels
    return last.level if last else None
