"""Figures of sales, beside the list of orders."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import AmountOut, CurrencyCode, Id
from storekeeper.kernel.errors import Invalid
from storekeeper.orders import statistics
from storekeeper.orders.statistics import Sales

MAX_DAYS = 366

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


class SalesOut(BaseModel):
    """Accepted orders of a period in one currency: how many, their totals, what was refunded, the average total."""

    period: Annotated[str, Field(examples=["2026-11-20"])]
    currency: CurrencyCode
    orders: int
    revenue: AmountOut
    refunded: AmountOut
    average: AmountOut

    @classmethod
    def of(cls, sales: Sales) -> Self:
        """The figures as they are answered."""
        return cls(
            period=sales.period,
            currency=sales.currency.code,
            orders=sales.orders,
            revenue=str(sales.revenue),
            refunded=str(sales.refunded),
            average=str(sales.average),
        )


class StatisticsOut(BaseModel):
    """Figures by period and currency, and their sums by currency (`period` says from when to when)."""

    data: list[SalesOut]
    totals: list[SalesOut]


@router.get("/statistics", responses={404: {"description": "There is no such store."}})
async def read_order_statistics(
    call: Annotated[Call, requires("orders:read")],
    store_id: Annotated[Id, Query()],
    first: Annotated[date, Query(alias="from", description="The first day (UTC).", examples=["2026-11-01"])],
    last: Annotated[date, Query(alias="to", description="The last day, included.", examples=["2026-11-30"])],
    period: Literal["day", "month"] = "day",
) -> StatisticsOut:
    """A store's sales by the day or month on which orders were placed; periods without sales are left out.

    Counted are accepted orders: not those pending, cancelled or made as a test. Figures are seconds behind.
    """
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
        raise Invalid.field("to", "range_too_long", f"Ask for 1 to {MAX_DAYS} days.")
    store = backend().settings.fresh(call.table).store(store_id)
    sales = statistics.read_sales(store.id, first=first, last=last, by_month=period == "month", table=call.table)
    totals = statistics.total_sales(sales, period=f"{first.isoformat()}/{last.isoformat()}")
    return StatisticsOut(data=[SalesOut.of(one) for one in sales], totals=[SalesOut.of(one) for one in totals])
