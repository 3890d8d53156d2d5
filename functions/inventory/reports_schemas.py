"""Bodies and answers of reports and snapshots."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, RootModel

from inventory.schemas import LocationRef
from storekeeper.edge.fields import CurrencyCode, Id, InModel, Instant, InstantOut
from storekeeper.edge.runs import RunOut
from storekeeper.inventory.costs.model import CostMethod
from storekeeper.inventory.reports.items import Snapshot
from storekeeper.inventory.reports.model import (
    COLUMNS,
    DEFAULT_DAYS,
    HUNDREDTHS,
    MAX_DAYS,
    Asked,
    Column,
    ReportName,
    Row,
    hundredths,
)
from storekeeper.inventory.reports.snapshots import FIGURES
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId, StoreId
from storekeeper.kernel.money import Currency, Money
from storekeeper.runs import Run
from storekeeper.tenancy import Settings

Name: TypeAlias = Literal[
    "valuation",
    "low-stock",
    "out-of-stock",
    "movements",
    "turnover",
    "velocity",
    "days-of-cover",
    "aging",
    "dead-stock",
]
Method: TypeAlias = Literal["moving_average", "fifo"]
By: TypeAlias = Literal["sku", "location"]
Cell: TypeAlias = str | int | None
StoreRef: TypeAlias = Annotated[Id, Field(examples=["sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_RATE = Currency("", len(str(HUNDREDTHS)) - 1)


class ReportIn(InModel):
    """What to show; all of it may be left out."""

    as_of: Annotated[
        Instant | None,
        Field(description="Stock as it was at this instant; now if left out.", examples=["2026-11-20T00:00:00.000Z"]),
    ] = None
    days: Annotated[int, Field(ge=1, le=MAX_DAYS, description="The period that ends there.")] = DEFAULT_DAYS
    since: Annotated[
        Instant | None,
        Field(description="Where the period begins, instead of `days`.", examples=["2026-11-01T00:00:00.000Z"]),
    ] = None
    by: Annotated[By, Field(description="A row for each SKU, or for each of its locations.")] = "sku"
    location_id: Annotated[LocationRef | None, Field(description="Only stock at this one.")] = None
    method: Annotated[Method, Field(description="How units are costed. Aging is always `fifo`.")] = "moving_average"
    store_id: Annotated[StoreRef | None, Field(description="Whose prices; the products' own if left out.")] = None
    threshold: Annotated[int, Field(ge=1, le=1_000_000, description="Up to how many available are low.")] = 10

    def asked(self, name: ReportName, *, settings: Settings, now: datetime) -> Asked:
        """As the domain knows it.

        Raises:
            Invalid: `as_of_in_the_future`, `as_of_too_early`, `period_empty`, `period_too_long`.
            NotFound: there is no such store, or location.
        """
        as_of = self.as_of or now
        if as_of < EARLIEST:
            raise Invalid.field("as_of", "as_of_too_early", "Give an instant of this century.")
        since = self.since or as_of - timedelta(days=self.days)
        if as_of > now:
            raise Invalid.field("as_of", "as_of_in_the_future", "Give an instant that has passed, or leave it out.")
        if since >= as_of:
            raise Invalid.field("since", "period_empty", "Give an instant before `as_of`.")
        if as_of - since > timedelta(days=MAX_DAYS):
            raise Invalid.field("since", "period_too_long", f"Ask for {MAX_DAYS} days at most.")
        location = settings.location(self.location_id) if self.location_id else None
        store = settings.store(self.store_id) if self.store_id else None
        currency = settings.tenant.currency.code
        return Asked(
            name=name,
            as_of=as_of,
            since=since,
            by_location=self.by == "location",
            location_id=LocationId(location.id) if location else None,
            method=CostMethod.FIFO if name is ReportName.AGING else CostMethod(self.method),
            store_id=StoreId(store.id) if store else None,
            threshold=self.threshold,
            currency=currency,
            retail_currency=store.currency.code if store else currency,
        )


class AskedOut(BaseModel):
    """What a report shows. Costs are in `currency`, retail values in `retail_currency`."""

    name: Name
    as_of: InstantOut
    since: InstantOut
    by: By
    location_id: LocationRef | None
    method: Method
    store_id: StoreRef | None
    threshold: int
    currency: CurrencyCode
    retail_currency: CurrencyCode

    @classmethod
    def of(cls, asked: Asked) -> "AskedOut":
        """What was asked for, as it is answered."""
        return cls.model_validate(
            {**asked.as_item(), "by": "location" if asked.by_location else "sku", "name": asked.name.value}
        )


class ReportOut(RunOut):
    """A report: ask for it again until `status` is `done`. `totals` are of all rows; amounts are decimal strings."""

    asked: AskedOut
    columns: Annotated[
        dict[str, str],
        Field(description="What each column of its rows holds.", examples=[{"sku": "text", "value": "cost"}]),
    ]
    totals: Annotated[dict[str, Cell], Field(examples=[{"rows": 412, "on_hand": 9120, "value": "48210.00"}])]

    @classmethod
    def of(cls, run: Run) -> "ReportOut":
        """The report as it is answered."""
        asked = Asked.from_item(run.asked)
        counts = {name: run.figures.get(name, 0) for name in ("skus", "rows")}
        return cls.model_validate(
            {
                **RunOut.of(run).model_dump(),
                "counts": counts,
                "asked": AskedOut.of(asked),
                "columns": {name: kind.value for name, kind in COLUMNS[asked.name].items()},
                "totals": cells(run.figures, asked),
            }
        )


class ReportRowOut(RootModel[dict[str, Cell]]):
    """One row: its columns by name. `location_id` is null where a row is of all locations, or on the way."""


class ReportTotalOut(BaseModel):
    """What some rows add up to: those with this `value` in the column by which they are grouped; all if null."""

    value: Annotated[str | None, Field(examples=["sale"])]
    totals: Annotated[dict[str, Cell], Field(examples=[{"rows": 12, "units_in": 0, "units_out": 31}])]


class ReportTotalsOut(BaseModel):
    """Totals of the rows that were asked for."""

    data: list[ReportTotalOut]


class ValuationOut(BaseModel):
    """What a SKU's stock is worth: by location, and with what is on its way between them."""

    sku: Annotated[str, Field(description="As it was asked for.", examples=["MUG-BLUE"])]
    as_of: InstantOut
    currency: CurrencyCode
    retail_currency: CurrencyCode
    moving_average: Annotated[list[ReportRowOut] | None, Field(description="Null if only the other was asked for.")]
    fifo: Annotated[list[ReportRowOut] | None, Field(description="Null if only the other was asked for.")]


class SnapshotOut(BaseModel):
    """Stock at the end of a day in UTC, and what moved on it. SKUs are counted by their state in all locations."""

    day: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-19"])]
    as_of: InstantOut
    skus: int
    skus_ok: int
    skus_low: int
    skus_critical: int
    skus_out: int
    on_hand: int
    reserved: int
    available: int
    incoming: int
    units_in: int
    units_out: int
    sold: int
    returned: int
    in_stock_percent: Annotated[
        str | None, Field(description="SKUs that can be sold; null if there are none.", examples=["97.50"])
    ]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotOut":
        """The snapshot as it is answered."""
        figures = {name: snapshot.figures[name] for name in FIGURES}
        in_stock = hundredths(100 * (figures["skus"] - figures["skus_out"]), figures["skus"])
        return cls.model_validate(
            {
                **figures,
                "day": snapshot.day.isoformat(),
                "as_of": clock.to_text(snapshot.as_of),
                "in_stock_percent": None if in_stock is None else str(Money(in_stock, _RATE)),
            }
        )


def cells(row: Row | Mapping[str, int], asked: Asked) -> dict[str, Cell]:
    """A row, or totals, with amounts and rates as decimal strings."""
    columns = COLUMNS[asked.name]
    return {name: _cell(value, columns.get(name, Column.UNITS), asked) for name, value in row.items()}


def _cell(value: Cell, kind: Column, asked: Asked) -> Cell:
    if not isinstance(value, int):
        return value
    if kind in {Column.COST, Column.UNIT_COST}:
        return str(Money(value, Currency.of(asked.currency)))
    if kind is Column.RETAIL:
        return str(Money(value, Currency.of(asked.retail_currency)))
    return str(Money(value, _RATE)) if kind is Column.RATE else value
