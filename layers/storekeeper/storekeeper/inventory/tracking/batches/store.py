"""Reads of batches: one as it is now, lists by date, and who got units of one."""

import json
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.card_lists import Card, list_cards
from storekeeper.inventory.tracking.batches import items
from storekeeper.inventory.tracking.batches.items import BatchSale
from storekeeper.inventory.tracking.batches.model import Batch, BatchNotFound, batch_id
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.keys import GSI1, GSI2, Key
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.table import Table

Row: TypeAlias = Card
"""A batch as a list shows it."""


class BatchFilter(Struct, frozen=True):
    """Which batches are wanted; None: any. `expires_until`: on this day or before. `left`: with units, or empty."""

    sku: str | None = None
    location_id: str | None = None
    supplier_id: str | None = None
    expired: bool | None = None
    expires_until: date | None = None
    left: bool | None = None

    def admits(self, row: Row) -> bool:
        """Whether a batch, as its row shows it, is one of them."""
        until = self.expires_until.isoformat() if self.expires_until else None
        return (
            self.sku in (None, row["sku"])
            and (self.location_id is None or self.location_id in row["units"])
            and self.supplier_id in (None, row["supplier_id"])
            and self.expired in (None, row["expired"])
            and (until is None or (row["expires_on"] is not None and row["expires_on"] <= until))
            and self.left in (None, bool(row["left"]))
        )


def read_batch(table: Table, wanted: str) -> Batch:
    """The batch with this id, as it is now.

    Raises:
        BatchNotFound: there is none.
    """
    item = table.get(items.batch_key(table.tenant_id, wanted)) if is_id(wanted, "bat") else None
    if item is None:
        raise BatchNotFound("There is no such batch.")
    return items.batch_from(item)


def find_batches(table: Table, sku: str, numbers: Iterable[str]) -> dict[str, Batch]:
    """A SKU's batches by their numbers, as they are now; those that never were are left out."""
    keys = [items.batch_key(table.tenant_id, batch_id(table.tenant_id, sku, number)) for number in numbers]
    return {batch.number: batch for batch in map(items.batch_from, table.get_many(keys).values())}


def batches_of_sku(table: Table, sku: str) -> tuple[Batch, ...]:
    """A SKU's batches that have units left, each as it is now; which there are follows within seconds."""
    rows = table.query(items.of_sku_pk(table.tenant_id, sku), index=GSI1)
    keys = [Key(row["pk"], row["sk"]) for row in rows if json.loads(row["card"])["left"]]
    return tuple(map(items.batch_from, table.get_many(keys).values()))


def list_batches(table: Table, wanted: BatchFilter, *, after: str | None, limit: int) -> Page[Row]:
    """One page of batches, what expires first being first, and what never does last."""
    of_sku = wanted.sku is not None
    pk = items.of_sku_pk(table.tenant_id, wanted.sku or "") if of_sku else items.all_pk(table.tenant_id)
    index = GSI1 if of_sku else GSI2
    return list_cards(table, [pk], index=index, admits=wanted.admits, after=after, limit=limit)


def list_sales(table: Table, batch: Batch, *, after: str | None, limit: int) -> Page[BatchSale]:
    """One page of what left of a batch, the oldest order first: whom to call when it is recalled."""
    rows = table.query(
        items.batch_pk(table.tenant_id, batch.id), prefix=items.SALES, after=after, limit=limit + 1, consistent=True
    )
    page = cut(rows, limit=limit)
    return Page(tuple(map(items.sale_from, page.entries)), page.next_position)


def list_batches_of_order(table: Table, order_id: str, *, after: str | None, limit: int) -> Page[BatchSale]:
    """One page of what an order got of batches."""
    rows = table.query(items.of_order_pk(table.tenant_id, order_id), index=GSI1, after=after, limit=limit + 1)
    page = cut(rows, limit=limit, sort_name=GSI1.sk)
    return Page(tuple(map(items.sale_from, page.entries)), page.next_position)
