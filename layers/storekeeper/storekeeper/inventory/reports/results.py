"""Reads of a finished (or growing) report: its rows filtered and sorted, and what they add up to.

Rows lie in the order of SKUs, which a list follows part by part. Sorted by a column, every part is looked through for
each page, and memory holds one page of rows.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.reports.items import part_from, parts_pk
from storekeeper.inventory.reports.model import COLUMNS, Column, ReportName, Row
from storekeeper.inventory.reports.use_cases import sums
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.keys import joined, padded
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

PARTS_AT_ONCE = 10
MAX_DIGITS = 9
FILTERS = ("sku", "location_id", "type", "status")
_LAST = "\U0010ffff"

_Numbered: TypeAlias = tuple[int, Row]
_Rank: TypeAlias = tuple[bool, int | str, int]


class RowFilter(Struct, frozen=True):
    """Which rows are wanted: those whose columns have these values."""

    columns: Mapping[str, str]

    def admits(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return all(row.get(name) == value for name, value in self.columns.items())


class Order(Struct, frozen=True):
    """By which column rows are sorted; what has no value there comes last."""

    column: str
    descending: bool

    @classmethod
    def parse(cls, text: str, name: ReportName) -> "Order":
        """From `value`, or `-value` for the highest first.

        Raises:
            Invalid: `sort_unknown`.
        """
        column = text.removeprefix("-")
        if column not in COLUMNS[name]:
            names = ", ".join(COLUMNS[name])
            raise Invalid.field("sort", "sort_unknown", f"Sort by one of {names}; with - before it the highest first.")
        return cls(column, text.startswith("-"))

    def rank(self, numbered: _Numbered, name: ReportName) -> _Rank:
        """Where a row stands: unique, and comparable with every other row of the report."""
        number, row = numbered
        value = row[self.column]
        nothing: int | str = "" if COLUMNS[name][self.column] in {Column.TEXT, Column.INSTANT} else 0
        if self.descending:
            return (value is not None, nothing if value is None else value, -number)
        return (value is None, nothing if value is None else value, number)


def find_rows(
    table: Table,
    run_id: str,
    name: ReportName,
    wanted: RowFilter,
    *,
    order: Order | None,
    after: str | None,
    limit: int,
) -> Page[Row]:
    """One page of a report's rows; by SKU where no other order is wanted. `after` is the number of the last row seen.

    Raises:
        Invalid: `cursor_unreadable`.
    """
    if order is not None:
        return _sorted(table, run_id, name, wanted, order, after=after, limit=limit)
    found: list[Row] = []
    last = 0
    for number, row in _rows(table, run_id, first=_number(after) + 1 if after else 0):
        if wanted.admits(row):
            if len(found) == limit:
                return Page(tuple(found), str(last))
            found.append(row)
            last = number
    return Page(tuple(found), None)


def _sorted(
    table: Table, run_id: str, name: ReportName, wanted: RowFilter, order: Order, *, after: str | None, limit: int
) -> Page[Row]:
    seen = _rank_of(table, run_id, name, order, after) if after else None

    def following() -> Iterator[tuple[_Rank, Row]]:
        for numbered in _rows(table, run_id, first=0):
            rank = order.rank(numbered, name)
            if wanted.admits(numbered[1]) and (seen is None or (rank < seen if order.descending else rank > seen)):
                yield rank, numbered[1]

    best = heapq.nlargest if order.descending else heapq.nsmallest
    chosen = best(limit + 1, following(), key=lambda ranked: ranked[0])
    rows = tuple(row for _, row in chosen[:limit])
    return Page(rows, str(abs(chosen[limit - 1][0][2])) if len(chosen) > limit else None)


def _rank_of(table: Table, run_id: str, name: ReportName, order: Order, after: str) -> _Rank:
    number = _number(after)
    for numbered in _rows(table, run_id, first=number):
        return order.rank(numbered, name)
    raise Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before.")


def add_up_rows(
    table: Table, run_id: str, name: ReportName, wanted: RowFilter, *, by: str | None
) -> Mapping[str | None, Mapping[str, int]]:
    """What the rows that are wanted add up to; all of them, or for each value of a column."""
    groups: dict[str | None, dict[str, int]] = {} if by else {None: sums(name, [])}
    for rows in _batches(table, run_id):
        parted: dict[str | None, list[Row]] = defaultdict(list)
        for row in filter(wanted.admits, rows):
            value = row[by] if by else None
            parted[None if value is None else str(value)].append(row)
        for value, some in parted.items():
            known = groups.setdefault(value, sums(name, []))
            for column, total in sums(name, some).items():
                known[column] += total
    return groups


def _batches(table: Table, run_id: str) -> Iterator[Sequence[Row]]:
    batch: list[Row] = []
    for _, row in _rows(table, run_id, first=0):
        batch.append(row)
        if len(batch) == 1_000:
            yield batch
            batch = []
    yield batch


def _rows(table: Table, run_id: str, *, first: int) -> Iterator[_Numbered]:
    """The rows of a report with their numbers, from one on."""
    pk = parts_pk(table.tenant_id, run_id)
    begun = table.query(pk, low="", high=joined("ROWS", padded(first), _LAST), newest_first=True, limit=1)
    after = None
    low = begun[0]["sk"] if begun else ""
    while parts := table.query(pk, low=low, high=_LAST, after=after, limit=PARTS_AT_ONCE):
        for item in parts:
            part = part_from(item)
            for number, row in enumerate(part.rows, start=part.first):
                if number >= first:
                    yield number, row
        after = parts[-1]["sk"]


def _number(position: str) -> int:
    if not position.isascii() or not position.isdigit() or len(position) > MAX_DIGITS:
        raise Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before.")
    return int(position)
