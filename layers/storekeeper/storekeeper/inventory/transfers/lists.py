"""Transfers as a merchant lists them, by their cards: newest first, or in the order in which they come.

What the index does not sort by is filtered as it is read, so that a page has a budget: it may be shorter than asked
for, and even empty, while its cursor still leads on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from storekeeper.inventory.transfers.items import all_pk, status_pk
from storekeeper.inventory.transfers.model import TransferStatus
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import GSI1, GSI2, Index, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

MAX_READS = 10  # of pages of the index for one page of the list
MIN_READ = 50  # rows to an index page: a filter may drop most of them

Row: TypeAlias = dict[str, Any]
"""A transfer as a list shows it."""

Sort: TypeAlias = Literal["created_at", "expected_at"]


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers are wanted; None: any. Periods include their beginning, not their end."""

    status: TransferStatus | None = None
    source_id: str | None = None
    target_id: str | None = None
    sku: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    expected_from: datetime | None = None
    expected_until: datetime | None = None

    def admits(self, row: Row) -> bool:
        """Whether a row is wanted, by all that the row shows."""
        return (
            self.status in {None, row["status"]}
            and self.source_id in {None, row["source_id"]}
            and self.target_id in {None, row["target_id"]}
            and (self.sku is None or self.sku in row["skus"])
            and _within(row["created_at"], self.created_from, self.created_until)
            and _within(row["expected_at"], self.expected_from, self.expected_until)
        )


def _within(at: str | None, since: datetime | None, until: datetime | None) -> bool:
    if at is None:
        return since is None and until is None
    return (since is None or at >= clock.to_text(since)) and (until is None or at < clock.to_text(until))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where to read: partitions of an index, and the bounds of their sort keys."""

    pks: tuple[str, ...]
    index: Index
    newest_first: bool
    since: datetime | None
    until: datetime | None


def _source(tenant_id: TenantId, wanted: TransferFilter, sort: Sort) -> _Source:
    if sort == "created_at":
        return _Source((all_pk(tenant_id),), GSI1, True, wanted.created_from, wanted.created_until)
    statuses = [wanted.status] if wanted.status else [*TransferStatus]
    pks = tuple(status_pk(tenant_id, status) for status in statuses)
    return _Source(pks, GSI2, False, wanted.expected_from, wanted.expected_until)


def list_transfers(table: Table, wanted: TransferFilter, *, sort: Sort, after: str | None, limit: int) -> Page[Row]:
    """One page: newest first by `created_at`; soonest first by `expected_at`, those with no date last."""
    source = _source(table.tenant_id, wanted, sort)
    bounds: dict[str, str] = {}
    if source.since:
        bounds["low"] = clock.to_text(source.since)
    if source.until:
        bounds["high"] = clock.to_text(source.until)
    found: list[Row] = []
    for _ in range(MAX_READS):
        look = read_sharded(
            table,
            source.pks,
            index=source.index,
            after=after,
            limit=max(limit, MIN_READ),
            newest_first=source.newest_first,
            **bounds,
        )
        for position, card in _cards(table, look.entries, source.index):
            if wanted.admits(row := json.loads(card)):
                found.append(row)
            if len(found) == limit:
                return Page(tuple(found), position)
        if (after := look.next_position) is None:
            break
    return Page(tuple(found), after)


def _cards(table: Table, entries: Sequence[Item], index: Index) -> Iterator[tuple[str, str]]:
    """The positions in the index, and the cards: gsi1 has them, gsi2 holds keys only."""
    keys = [Key(entry["pk"], entry["sk"]) for entry in entries]
    found = table.get_many(keys, consistent=False) if index is GSI2 else dict(zip(keys, entries, strict=True))
    for key, entry in zip(keys, entries, strict=True):
        if key in found:
            yield entry[index.sk], found[key]["card"]
