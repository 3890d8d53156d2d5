"""Figures of a store's sales by day: counted by the projector, exactly once, and read by period.

An order counts from the moment it is accepted (not while it is pending, not once it is cancelled, never as a test),
for its total, on the day (UTC) it was placed. Its count is what it counts for as of one of its versions; each change
moves the day's figures by the difference to that, and a repeat of an old change is recognized by the version.

Figures and count must change together, and a transaction would cost twice the units. So the count of whichever order
came last is in the figures' own item. Who counts another order first copies it to where it stays, beside its order.
"""

import zlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put
from storekeeper.orders.items import order_pk
from storekeeper.orders.model import Order
from storekeeper.orders.statuses import OrderStatus

SCHEMA = 1
SHARDS = 4  # of a day's figures, so that readers of several stream shards seldom meet
_UNCOUNTED = frozenset({OrderStatus.PENDING, OrderStatus.CANCELLED})

ENTITIES = (
    Entity(
        name="order_counted",
        pk="T#<tenant>#ORDER#<order>",
        sk="COUNTED",
        holds="What an order counts for in its day's figures, and as of which of its versions.",
        found_by="Its order's key.",
        written_by="projector (orders.projections)",
    ),
    Entity(
        name="sales_day",
        pk="T#<tenant>#S#<store>#SALES",
        sk="<date>#<currency>#<n>",
        holds="A part of a store's figures of a day in one currency, and the count of the order that came last.",
        found_by="A range query over days; parts are added up.",
        written_by="projector (orders.projections)",
    ),
)


class Figures(Struct, frozen=True):
    """Counts of sales; amounts in minor units."""

    orders: int = 0
    revenue: int = 0
    refunded: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.orders + other.orders, self.revenue + other.revenue, self.refunded + other.refunded)

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(self.orders - other.orders, self.revenue - other.revenue, self.refunded - other.refunded)


class Sales(Struct, frozen=True):
    """Sales of a period in one currency. `period` is a day (`2026-11-20`) or a month (`2026-11`)."""

    period: str
    currency: Currency
    orders: int
    revenue: Money
    refunded: Money

    @property
    def average(self) -> Money:
        """Revenue per order, rounded down to whole minor units; zero without orders."""
        return Money(self.revenue.minor // self.orders if self.orders else 0, self.currency)


def figures_of(order: Order) -> Figures:
    """What an order counts for as it is."""
    if order.test or order.status in _UNCOUNTED:
        return Figures()
    refunded = order.payment.refunded.minor if order.payment else 0
    return Figures(1, order.totals.total.minor, refunded)


class Count(Struct, frozen=True):
    """What an order counts for, as of one of its versions."""

    order_id: OrderId
    version: int
    figures: Figures


def count_order(before: Order | None, after: Order, *, table: Table) -> None:
    """Bring the day's figures up to this change of an order; nothing if they are, or are further.

    Raises:
        Contended: others kept changing the same figures.
    """
    counts = figures_of(after)
    if counts == (figures_of(before) if before else Figures()):
        return
    day_key = _day_key(after)

    def attempt() -> None:
        day = table.get(day_key)
        last = _last_count(day)
        # After the day: a count that leaves it is copied before the day changes, so it is in one of the two.
        known = last if last and last.order_id == after.id else _kept_count(table, after.id)
        if known and known.version >= after.version:
            return
        if last and last.order_id != after.id:
            _keep(table, last)
        moved = _figures_from(day) + counts - (known.figures if known else Figures())
        table.write(put_day(day_key, day, moved, last=Count(after.id, after.version, counts)))

    until_written(attempt)


def _last_count(day: Item | None) -> Count | None:
    if day is None or (last := day.get("last")) is None:
        return None
    return Count(OrderId(last["order_id"]), last["version"], _figures_from(last))


def _kept_count(table: Table, order_id: OrderId) -> Count | None:
    item = table.get(_counted_key(table.tenant_id, order_id))
    return Count(order_id, item["version"], _figures_from(item)) if item else None


def _keep(table: Table, count: Count) -> None:
    with suppress(WriteRefused):  # it is kept already, or a later one is
        table.write(put_counted(table.tenant_id, count))


def read_sales(store_id: StoreId, *, first: date, last: date, by_month: bool, table: Table) -> tuple[Sales, ...]:
    """A store's sales from the first day to the last, both included: by period, then by currency; none is left out."""
    pk = _sales_pk(table.tenant_id, store_id)
    rows = table.query(pk, low=first.isoformat(), high=joined(last.isoformat(), "~"))
    figures: dict[tuple[str, str], Figures] = {}
    for row in rows:
        day, currency, _ = row["sk"].split("#")
        name = (day[:7] if by_month else day, currency)
        figures[name] = figures.get(name, Figures()) + _figures_from(row)
    return tuple(_sales(period, Currency.of(code), total) for (period, code), total in sorted(figures.items()))


def total_sales(sales: Iterable[Sales], *, period: str) -> tuple[Sales, ...]:
    """All of them added up, by currency."""
    totals: dict[Currency, Figures] = {}
    for one in sales:
        figures = Figures(one.orders, one.revenue.minor, one.refunded.minor)
        totals[one.currency] = totals.get(one.currency, Figures()) + figures
    return tuple(_sales(period, currency, total) for currency, total in totals.items())


def _sales(period: str, currency: Currency, figures: Figures) -> Sales:
    return Sales(period, currency, figures.orders, Money(figures.revenue, currency), Money(figures.refunded, currency))


def put_counted(tenant_id: TenantId, count: Count) -> Put:
    """An order's count in its place, unless there is a later one."""
    return Put(
        _counted_key(tenant_id, count.order_id),
        {"type": "order_counted", "schema": SCHEMA, "version": count.version, **_as_item(count.figures)},
        only_if="attribute_not_exists(pk) OR version < :version",
        values={":version": count.version},
    )


def put_day(key: Key, read: Item | None, figures: Figures, *, last: Count) -> Put:
    """A day's figures in place of those that were read, with the count that came last."""
    seen = read["version"] if read else 0
    count = {"order_id": last.order_id, "version": last.version, **_as_item(last.figures)}
    return Put(
        key,
        {"type": "sales_day", "schema": SCHEMA, "version": seen + 1, **_as_item(figures), "last": count},
        only_if="attribute_not_exists(pk) OR version = :seen",
        values={":seen": seen},
    )


def _as_item(figures: Figures) -> Item:
    return {"orders": figures.orders, "revenue": figures.revenue, "refunded": figures.refunded}


def _figures_from(item: Item | None) -> Figures:
    return Figures(item["orders"], item["revenue"], item["refunded"]) if item else Figures()


def _counted_key(tenant_id: TenantId, order_id: OrderId) -> Key:
    return Key(order_pk(tenant_id, order_id), "COUNTED")


def _day_key(order: Order) -> Key:
    shard = zlib.crc32(order.id.encode()) % SHARDS
    day = clock.to_text(order.placed_at)[:10]
    return Key(_sales_pk(order.tenant_id, order.store_id), joined(day, order.currency.code, str(shard)))


def _sales_pk(tenant_id: TenantId, store_id: StoreId) -> str:
    return tenant_pk(tenant_id, "S", store_id, "SALES")
