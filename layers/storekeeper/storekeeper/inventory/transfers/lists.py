"""Transfers as a merchant lists them, by their cards: newest first, or in the order in which they come."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from storekeeper.inventory.card_lists import Card, is_within, list_cards
from storekeeper.inventory.transfers.items import all_pk, status_pk
from storekeeper.inventory.transfers.model import TransferStatus
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import GSI1, GSI2, Index
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

Row: TypeAlias = Card
"""A transfer as a list shows it."""

Sort: TypeAlias = Literal["created_at", "expected_at"]


class TransferFilter(Struct, frozen=True):
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
            and is_within(row["created_at"], self.created_from, self.created_until)
            and is_within(row["expected_at"], self.expected_from, self.expected_until)
        )


class _Source(Struct, frozen=True):
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
    return list_cards(
        table,
        source.pks,
        index=source.index,
        admits=wanted.admits,
        after=after,
        limit=limit,
        newest_first=source.newest_first,
        since=source.since,
        until=source.until,
    )
