"""Which reports there are, what may be asked of them, and what their columns mean. Pure.

A row keeps whole numbers only: units, minor units of a currency, hundredths of a rate. The edge writes decimals.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

from storekeeper.inventory.costs.model import CostMethod
from storekeeper.inventory.levels.model import LOW_UNITS
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId, StoreId
from storekeeper.kernel.money import round_ratio

MILLISECOND = timedelta(milliseconds=1)
DAY_MS = timedelta(days=1) // MILLISECOND
HUNDREDTHS = 100
DEFAULT_DAYS, MAX_DAYS = 30, 366

Row: TypeAlias = Mapping[str, str | int | None]


class ReportName(StrEnum):
    """A report."""

    VALUATION = "valuation"
    LOW_STOCK = "low-stock"
    OUT_OF_STOCK = "out-of-stock"
    MOVEMENTS = "movements"
    TURNOVER = "turnover"
    VELOCITY = "velocity"
    DAYS_OF_COVER = "days-of-cover"
    AGING = "aging"
    DEAD_STOCK = "dead-stock"


class Column(StrEnum):
    """What a column holds. Units, costs and prices of stock are added up; all else is not."""

    TEXT = "text"
    INSTANT = "instant"
    UNITS = "units"
    COST = "cost"  # in the tenant's currency
    RETAIL = "retail"  # in the currency of the prices
    UNIT_COST = "unit_cost"
    RATE = "rate"  # hundredths

    @property
    def is_summed(self) -> bool:
        """Whether it makes sense to add it up."""
        return self in {Column.UNITS, Column.COST, Column.RETAIL}


AGES = ((0, 30), (31, 60), (61, 90), (91, 180), (181, 365), (366, None))
"""Age groups: from so many whole days to so many, both included."""

_PLACE = {"sku": Column.TEXT, "location_id": Column.TEXT}
_LEVEL = dict.fromkeys(("on_hand", "reserved", "available", "incoming"), Column.UNITS)
_AGE_COLUMNS = {
    f"{kind}_{first}_{'on' if last is None else last}": Column.UNITS if kind == "units" else Column.COST
    for first, last in AGES
    for kind in ("units", "value")
}
COLUMNS: Mapping[ReportName, Mapping[str, Column]] = {
    ReportName.VALUATION: {
        **_PLACE,
        "on_hand": Column.UNITS,
        "on_the_way": Column.UNITS,
        "value": Column.COST,
        "unit_cost": Column.UNIT_COST,
        "uncosted": Column.UNITS,
        "retail_value": Column.RETAIL,
        "unpriced": Column.UNITS,
    },
    ReportName.LOW_STOCK: {**_PLACE, "status": Column.TEXT, **_LEVEL},
    ReportName.OUT_OF_STOCK: {**_PLACE, **_LEVEL},
    ReportName.MOVEMENTS: {
        **_PLACE,
        "type": Column.TEXT,
        "movements": Column.UNITS,
        "units_in": Column.UNITS,
        "units_out": Column.UNITS,
        "reserved": Column.UNITS,
    },
    ReportName.TURNOVER: {
        **_PLACE,
        "sold": Column.UNITS,
        "on_hand": Column.UNITS,
        "average_on_hand": Column.RATE,
        "turnover": Column.RATE,
        "days_on_hand": Column.RATE,
    },
    ReportName.VELOCITY: {
        **_PLACE,
        "sold": Column.UNITS,
        "returned": Column.UNITS,
        "sold_a_day": Column.RATE,
        "on_hand": Column.UNITS,
    },
    ReportName.DAYS_OF_COVER: {
        **_PLACE,
        "sold": Column.UNITS,
        "sold_a_day": Column.RATE,
        "available": Column.UNITS,
        "incoming": Column.UNITS,
        "days_of_cover": Column.RATE,
    },
    ReportName.AGING: {**_PLACE, "on_hand": Column.UNITS, "value": Column.COST, "oldest_at": Column.INSTANT}
    | _AGE_COLUMNS,
    ReportName.DEAD_STOCK: {
        **_PLACE,
        "on_hand": Column.UNITS,
        "value": Column.COST,
        "last_sold_at": Column.INSTANT,
        "first_came_at": Column.INSTANT,
        "days_quiet": Column.RATE,
    },
}


class Asked(Struct, frozen=True, kw_only=True):
    """What a report shall show: stock as of an instant (included), and what happened after `since` until then.

    `by_location`: a row for each location of a SKU, else one for all together. `method` says how units are costed,
    `store_id` whose prices are taken (None: the products' own), `threshold` up to how many units are low.
    """

    name: ReportName
    as_of: datetime
    since: datetime
    by_location: bool = False
    location_id: LocationId | None = None
    method: CostMethod = CostMethod.MOVING_AVERAGE
    store_id: StoreId | None = None
    threshold: int = LOW_UNITS
    currency: str
    retail_currency: str

    @property
    def period_ms(self) -> int:
        """How long the period is; never 0."""
        return max(1, (self.as_of - self.since) // MILLISECOND)

    def as_item(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {
            "name": self.name.value,
            "as_of": clock.to_text(self.as_of),
            "since": clock.to_text(self.since),
            "by_location": self.by_location,
            "location_id": self.location_id,
            "method": self.method.value,
            "store_id": self.store_id,
            "threshold": self.threshold,
            "currency": self.currency,
            "retail_currency": self.retail_currency,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Asked":
        """From what a run keeps."""
        return cls(
            name=ReportName(item["name"]),
            as_of=clock.from_text(item["as_of"]),
            since=clock.from_text(item["since"]),
            by_location=item["by_location"],
            location_id=item["location_id"],
            method=CostMethod(item["method"]),
            store_id=item["store_id"],
            threshold=item["threshold"],
            currency=item["currency"],
            retail_currency=item["retail_currency"],
        )


def hundredths(numerator: int, denominator: int) -> int | None:
    """A rate in hundredths, rounded half away from zero; None where there is nothing to divide by."""
    return round_ratio(HUNDREDTHS * numerator, denominator) if denominator > 0 else None
