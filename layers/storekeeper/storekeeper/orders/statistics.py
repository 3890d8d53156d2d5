"""Figures of a store's sales by day: counted by the projector, exactly once, and read by period.

An order counts from the moment it is accepted (not while it is pending, not once it is cancelled, never as a test),
for its total, on the day (UTC) it was placed. What it counts for now is kept beside it; each change moves the day's
figures by the difference, in one transaction. A repeat of an old change is recognized by the order's version.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put
from storekeeper.orders.items import order_pk
from storekeeper.orders.model import Order
from storekeeper.orders.statuses import OrderStatus

SCHEMA = 1
SHARDS = 4  # of a day's figures, so that readers of several stream shards seldom meet
MAX_ATTEMPTS = 10
_UNCOUNTED = frozenset({OrderStatus.PENDING, OrderStatus.CANCELLED})
NEW_OR_AS_READ = "attribute_not_exists(pk) OR version = :seen"

ENTITIES = (
    Entity(
        name="order_counted",
        pk="T#<tenant>#ORDER#<order>",
        sk="COUNTED",
        holds="What an order counts for in its day's figures, and by which of its versions.",
        found_by="Its order's key.",
        written_by="projector (orders.projections)",
    ),
    Entity(
        name="sales_day",
        pk="T#<tenant>#S#<store>#SALES",
        sk="<date>#<currency>#<n>",
        holds="A part of a store's figures of a day in one currency: orders, revenue, refunded.",
        found_by="A range query over days; parts are added up.",
        written_by="projector (orders.projections)",
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of sales; amounts in minor units."""

    orders: int = 0
    revenue: int = 0
    refunded: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.orders + other.orders, self.revenue + other.revenue, self.refunded + other.refunded)

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(self.orders - other.orders, self.revenue - other.revenue, self.refunded - other.refunded)


@dataclass(frozen=True, slots=True)
class Sales:
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


def count_order(order: Order, *, table: Table) -> None:
    """Bring the day's figures up to this version of the order; nothing if they are, or are further.

    A pending order counts for nothing, and no order becomes pending again: it leaves no mark, whenever it comes.

    Raises:
        Contended: others kept changing the same figures.
    """
    if order.status is OrderStatus.PENDING:
        return
    counted_key = Key(order_pk(order.tenant_id, order.id), "COUNTED")
    day_key = _day_key(order)
    for _ in range(MAX_ATTEMPTS):
        found = table.get_many([counted_key, day_key])
        counted, day = found.get(counted_key), found.get(day_key)
        if counted and counted["version"] >= order.version:
            return
        now_counts = figures_of(order)
        moved_by = now_counts - _figures_from(counted)
        writes = [_put(counted_key, "order_counted", counted, now_counts, version=order.version)]
        if moved_by != Figures():
            seen = day["version"] if day else 0
            writes.append(_put(day_key, "sales_day", day, _figures_from(day) + moved_by, version=seen + 1))
        try:
            table.write(*writes)
        except WriteRefused:
            continue
        return
    raise Contended("Others are counting the same day.")


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


def _put(key: Key, kind: str, read: Item | None, figures: Figures, *, version: int) -> Put:
    return Put(
        key,
        {
            "type": kind,
            "schema": SCHEMA,
            "version": version,
            "orders": figures.orders,
            "revenue": figures.revenue,
            "refunded": figures.refunded,
        },
        only_if=NEW_OR_AS_READ,
        values={":seen": read["version"] if read else 0},
    )


def _figures_from(item: Item | None) -> Figures:
    return Figures(item["orders"], item["revenue"], item["refunded"]) if item else Figures()


def _day_key(order: Order) -> Key:
    shard = zlib.crc32(order.id.encode()) % SHARDS
    day = clock.to_text(order.placed_at)[:10]
    return Key(_sales_pk(order.tenant_id, order.store_id), joined(day, order.currency.code, str(shard)))


def _sales_pk(tenant_id: TenantId, store_id: StoreId) -> str:
    return tenant_pk(tenant_id, "S", store_id, "SALES")
