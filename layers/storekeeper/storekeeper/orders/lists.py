"""Lists of orders, newest first: nothing personal. Which orders there are is seconds behind.

A store's list is read from the cards in its index. A buyer's is short: its index has keys only, so that an order that
is paid need not be written there again, and the orders themselves are read.

A store's orders lie in months, each spread over shards: a page is merged from the shards of a month, then of the month
before, and so on. What the index does not sort by is filtered as it is read, so that a page has a budget: it may be
shorter than asked for, and even empty, while its cursor still leads on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI1, GSI2, Index, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table
from storekeeper.orders.items import as_item, buyer_pk, month_pks, row_from_card
from storekeeper.orders.model import Order
from storekeeper.orders.statuses import FulfillmentStatus, OrderStatus, PaymentStatus
from storekeeper.orders.store import find_order_by_number

MAX_READS = 12  # index pages read for one page of the list
MONTH_LENGTH = len("2026-11")
MIN_READ = 50  # rows to an index page: a filter may drop most of them
_MONTH = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])-")

Row: TypeAlias = dict[str, Any]
"""An order as a list shows it."""


class OrderFilters(Struct, frozen=True):
    """Which orders are wanted; None: any. `placed_from` is included, `placed_until` is not."""

    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    fulfillment_status: FulfillmentStatus | None = None
    tag: str | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None

    def match(self, row: Row) -> bool:
        """Whether a row is wanted, by all that the row shows."""
        return (
            self.status in {None, row["status"]}
            and self.payment_status in {None, row["payment_status"]}
            and self.fulfillment_status in {None, row["fulfillment_status"]}
            and (self.tag is None or self.tag in row.get("tags", ()))
            and self._in_time(row["placed_at"])
        )

    def _in_time(self, placed_at: str) -> bool:
        early = self.placed_from is not None and placed_at < clock.to_text(self.placed_from)
        return not early and (self.placed_until is None or placed_at < clock.to_text(self.placed_until))


def list_orders(
    stores: Sequence[StoreId],
    filters: OrderFilters,
    *,
    since: datetime,
    after: str | None,
    limit: int,
    table: Table,
    now: datetime,
) -> Page[Row]:
    """A page of the orders of these stores. `since`: before it there can be none (the tenant was not there yet).

    Raises:
        Invalid: `cursor_unreadable`.
    """
    floor, ceiling = max(since, filters.placed_from or since), _ceiling(filters, now)
    if ceiling <= floor or not stores:
        return Page((), None)
    start = after or clock.to_text(ceiling)
    looks = _looks_back(stores, start=start, floor=clock.to_text(floor), limit=limit, table=table)
    return _page(looks, GSI1, filters.match, limit=limit)


def _looks_back(stores: Sequence[StoreId], *, start: str, floor: str, limit: int, table: Table) -> Iterator[Page[Item]]:
    """Looks at the cards of these stores, month after month, down to the month of `floor`."""
    month = _month_of(start)
    while True:
        pks = [pk for store_id in stores for pk in month_pks(table.tenant_id, store_id, month)]
        look = read_sharded(table, pks, index=GSI1, after=start, limit=max(limit, MIN_READ), newest_first=True)
        if look.next_position is not None:
            start = look.next_position
            yield look
        elif month <= floor[:MONTH_LENGTH]:
            yield look
            return
        else:
            start = f"{month}-01"  # before all of this month, after all of the month before
            yield Page(look.entries, start)
            month = _month_before(month)


def list_orders_of_buyer(
    email_hash: str,
    stores: Sequence[StoreId],
    filters: OrderFilters,
    *,
    after: str | None,
    limit: int,
    table: Table,
) -> Page[Row]:
    """A page of the orders that were placed with one e-mail address."""

    def is_wanted(row: Row) -> bool:
        return row["store_id"] in stores and filters.match(row)

    looks = _looks_at_buyer(buyer_pk(table.tenant_id, email_hash), start=after, limit=limit, table=table)
    return _page(looks, GSI2, is_wanted, limit=limit)


def _looks_at_buyer(pk: str, *, start: str | None, limit: int, table: Table) -> Iterator[Page[Item]]:
    while True:
        look = read_sharded(table, [pk], index=GSI2, after=start, limit=max(limit, MIN_READ), newest_first=True)
        keys = [Key(row["pk"], row["sk"]) for row in look.entries]
        found = table.get_many(keys, consistent=False)
        yield Page(tuple(found[key] for key in keys if key in found), look.next_position)
        if (start := look.next_position) is None:
            return


def _page(looks: Iterator[Page[Item]], index: Index, is_wanted: Callable[[Row], bool], *, limit: int) -> Page[Row]:
    """The first rows that are wanted, from at most MAX_READS looks; and where to go on."""
    found: list[Row] = []
    position: str | None = None
    for look in islice(looks, MAX_READS):
        for item in look.entries:
            row = row_from_card(item["card"], item[index.sk])
            if is_wanted(row):
                found.append(row)
            if len(found) == limit:
                return Page(tuple(found), item[index.sk])
        position = look.next_position
    return Page(tuple(found), position)


def list_orders_by_number(number: str, stores: Sequence[StoreId], filters: OrderFilters, *, table: Table) -> Page[Row]:
    """The order with this number in each of the stores."""
    orders = (find_order_by_number(store_id, number, table=table) for store_id in stores)
    rows = [row_of(order) for order in orders if order]
    return Page(tuple(row for row in rows if filters.match(row)), None)


def row_of(order: Order) -> Row:
    """The row that lists show of an order."""
    item = as_item(order)
    return row_from_card(item["card"], item[GSI1.sk])


def _ceiling(filters: OrderFilters, now: datetime) -> datetime:
    """An instant after every order wanted: clocks of others may be a little ahead of ours."""
    newest = now + timedelta(days=1)
    return min(filters.placed_until or newest, newest)


def _month_of(position: str) -> str:
    if not _MONTH.match(position):
        raise Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before, unchanged.")
    return position[:MONTH_LENGTH]


def _month_before(month: str) -> str:
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return clock.to_text(first - timedelta(days=1))[:MONTH_LENGTH]
