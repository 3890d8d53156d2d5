"""Purchase orders as a merchant lists them, by their cards, and what is on its way altogether. Seconds behind."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from storekeeper.inventory.card_lists import Card, is_within, list_cards
from storekeeper.inventory.purchasing.items import all_pk, card_of, open_pk, purchase_from, supplier_pk
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import GSI1, GSI2, GSI3, Index, Key
from storekeeper.kernel.money import Money
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

MAX_OPEN = 1_000  # orders that a summary adds up

Row: TypeAlias = Card
"""A purchase order as a list shows it."""

Sort: TypeAlias = Literal["created_at", "expected_at"]


class PurchaseFilter(Struct, frozen=True):
    """Which purchase orders are wanted; None: any. Periods include their beginning, not their end."""

    status: PurchaseStatus | None = None
    supplier_id: str | None = None
    sku: str | None = None
    location_id: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    expected_from: datetime | None = None
    expected_until: datetime | None = None

    def admits(self, row: Row) -> bool:
        """Whether a row is wanted, by all that the row shows."""
        return (
            self.status in {None, row["status"]}
            and self.supplier_id in {None, row["supplier_id"]}
            and (self.sku is None or self.sku in row["skus"])
            and (self.location_id is None or self.location_id in row["location_ids"])
            and is_within(row["created_at"], self.created_from, self.created_until)
            and is_within(row["expected_at"], self.expected_from, self.expected_until)
        )


def list_purchase_orders(
    wanted: PurchaseFilter, *, sort: Sort, after: str | None, limit: int, table: Table
) -> Page[Row]:
    """One page: all of them, newest first; by `expected_at` those on their way, soonest first, without a date last."""
    pk, index = _partition(table.tenant_id, wanted, sort)
    newest_first = index is not GSI2
    return list_cards(
        table, [pk], index=index, admits=wanted.admits, after=after, limit=limit, newest_first=newest_first
    )


def row_of(order: PurchaseOrder) -> Row:
    """The row that lists show of an order."""
    return card_of(order)


def _partition(tenant_id: TenantId, wanted: PurchaseFilter, sort: Sort) -> tuple[str, Index]:
    if sort == "expected_at":
        return open_pk(tenant_id), GSI2
    if wanted.supplier_id is not None:
        return supplier_pk(tenant_id, wanted.supplier_id), GSI3
    return all_pk(tenant_id), GSI1


class OnTheWay(Struct, frozen=True):
    """What is on its way altogether, by currency. `overdue` orders should have come by now.

    `is_whole`: there are no more orders than were added up.
    """

    orders: int
    overdue: int
    units: int
    totals: Mapping[str, Money]
    is_whole: bool


def sum_on_the_way(*, supplier_id: str | None, now: datetime, table: Table) -> OnTheWay:
    """Add up what is on its way, of one supplier or of all: the first MAX_OPEN orders, the soonest expected first."""
    entries = table.query(open_pk(table.tenant_id), index=GSI2, limit=MAX_OPEN + 1)
    keys = [Key(entry["pk"], entry["sk"]) for entry in entries[:MAX_OPEN]]
    orders = [purchase_from(item) for item in table.get_many(keys, consistent=False).values()]
    counted = [order for order in orders if order.is_open and supplier_id in (None, order.supplier_id)]
    minor: Counter[str] = Counter()
    for order in counted:
        minor[order.currency.code] += order.outstanding_total.minor
    currencies = {order.currency.code: order.currency for order in counted}
    return OnTheWay(
        orders=len(counted),
        overdue=sum(_is_overdue(order, now) for order in counted),
        units=sum(order.units("outstanding") for order in counted),
        totals={code: Money(minor[code], currencies[code]) for code in sorted(currencies)},
        is_whole=len(entries) <= MAX_OPEN,
    )


def _is_overdue(order: PurchaseOrder, now: datetime) -> bool:
    return order.expected_at is not None and order.expected_at < now
