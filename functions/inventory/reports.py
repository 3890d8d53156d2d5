"""Reports of stock: asked for, followed, read as rows, as sums and as CSV; what stock is worth; daily snapshots."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from inventory.csv_files import MAX_CSV_ROWS, csv_file, harmless
from inventory.reports_schemas import (
    Method,
    Name,
    ReportIn,
    ReportOut,
    ReportRowOut,
    ReportTotalOut,
    ReportTotalsOut,
    SnapshotOut,
    ValuationOut,
    cells,
)
from inventory.runs import Runs, run_id_of
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import Instant
from storekeeper.edge.lists import MAX_CURSOR_LENGTH, Listed, ListOut, ListParams, page_out
from storekeeper.inventory.costs.model import CostMethod
from storekeeper.inventory.reports.model import COLUMNS, Asked, Column, ReportName, Row
from storekeeper.inventory.reports.results import Order, RowFilter, add_up_rows, find_rows
from storekeeper.inventory.reports.snapshots import list_snapshots
from storekeeper.inventory.reports.use_cases import kind_of, latest_report, start_report, value_sku
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Invalid
from storekeeper.runs import Run, get_run

router = APIRouter(prefix="/v1/inventory", tags=["Inventory reports"])

Day = Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-19"])]
SortParam = Annotated[str | None, Query(max_length=40, description="A column; with `-` before it the highest first.")]


async def _wanted(
    name: Name,
    sku: Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this SKU.")] = None,
    location_id: Annotated[str | None, Query(min_length=1, max_length=64, description="Only at this one.")] = None,
    type_: Annotated[
        str | None, Query(alias="type", min_length=1, max_length=64, description="Only movements of this type.")
    ] = None,
    status: Annotated[str | None, Query(min_length=1, max_length=64, description="Only `low`, or `critical`.")] = None,
) -> RowFilter:
    """The rows that a request asks for."""
    given = {"sku": sku, "location_id": location_id, "type": type_, "status": status}
    columns = {column: value for column, value in given.items() if value is not None}
    for column in columns:
        if column not in COLUMNS[ReportName(name)]:
            raise Invalid.field(column, "filter_unknown", f"The report {name} has no such column.")
    return RowFilter(columns)


Wanted = Annotated[RowFilter, Depends(_wanted)]


@router.post("/reports/{name}", status_code=202)
async def start_stock_report(
    name: Name, call: Annotated[Call, requires("inventory:write")], response: Response, body: ReportIn | None = None
) -> ReportOut:
    """Make a report of all stock, as of now or of any instant before. Follow the report answered."""
    asked = (body or ReportIn()).asked(ReportName(name), settings=backend().settings.fresh(call.table), now=call.now)
    remember = call.remembering(ReportOut.of, status=202)
    run = start_report(call.table, asked, run_id=run_id_of(call), now=call.now, remember=remember)
    return _runs(name).started(run, call, response)


@router.get("/reports/{name}")
async def list_stock_reports(
    name: Name, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[ReportOut]:
    """Reports of this name of the last 90 days, newest first."""
    return _runs(name).listed(params, call)


@router.get("/reports/{name}/{report_id}")
async def read_stock_report(
    name: Name, report_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> ReportOut:
    """How far it is, and what its rows add up to."""
    return _runs(name).found(report_id, call, response)


@router.get("/reports/{name}/{report_id}/rows")
async def list_report_rows(
    name: Name,
    report_id: str,
    params: Listed,
    wanted: Wanted,
    call: Annotated[Call, requires("inventory:read")],
    sort: SortParam = None,
) -> ListOut[ReportRowOut]:
    """Its rows, by SKU or by any column; so far, while it is being made."""
    asked = Asked.from_item(_report(call, name, report_id).asked)
    order = Order.parse(sort, asked.name) if sort else None
    page = find_rows(call.table, report_id, asked.name, wanted, order=order, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, lambda row: ReportRowOut(cells(row, asked)))


@router.get(
    "/reports/{name}/{report_id}/rows.csv",
    response_class=Response,
    responses={
        200: {
            "description": "The rows. `Link` (rel=next) leads on where there are more.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": "sku,location_id,on_hand\r\n"}},
        }
    },
)
async def export_report_rows(
    request: Request,
    name: Name,
    report_id: str,
    wanted: Wanted,
    call: Annotated[Call, requires("inventory:read")],
    sort: SortParam = None,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH, description="As `Link` gave it.")] = None,
) -> Response:
    """Its rows as CSV, at most 5,000 a file. What a spreadsheet would compute begins with a `'`."""
    params = ListParams.of(request, cursor=cursor)
    asked = Asked.from_item(_report(call, name, report_id).asked)
    order = Order.parse(sort, asked.name) if sort else None
    page = find_rows(call.table, report_id, asked.name, wanted, order=order, after=params.after(), limit=MAX_CSV_ROWS)
    return csv_file(
        f"{name}.csv",
        list(COLUMNS[asked.name]),
        [_line(row, asked) for row in page.entries],
        request=request,
        params=params,
        next_position=page.next_position,
    )


@router.get("/reports/{name}/{report_id}/totals")
async def total_report_rows(
    name: Name,
    report_id: str,
    wanted: Wanted,
    call: Annotated[Call, requires("inventory:read")],
    group_by: Annotated[str | None, Query(max_length=40, description="A column of text, such as `type`.")] = None,
) -> ReportTotalsOut:
    """What the rows with these filters add up to: all of them, or by location, type, status or SKU."""
    asked = Asked.from_item(_report(call, name, report_id).asked)
    if group_by is not None and COLUMNS[asked.name].get(group_by) is not Column.TEXT:
        raise Invalid.field("group_by", "column_unknown", f"Group {name} by a column that holds text.")
    groups = add_up_rows(call.table, report_id, asked.name, wanted, by=group_by)
    ordered = sorted(groups.items(), key=lambda group: group[0] or "")
    return ReportTotalsOut(data=[ReportTotalOut(value=value, totals=cells(totals, asked)) for value, totals in ordered])


@router.post("/reports/{name}/{report_id}/cancel")
async def cancel_stock_report(
    name: Name, report_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> ReportOut:
    """Stop it. The rows that were found stay."""
    return _runs(name).cancelled(report_id, call, response)


@router.post("/reports/{name}/{report_id}/resume")
async def resume_stock_report(
    name: Name, report_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> ReportOut:
    """Take it up again where it failed."""
    return _runs(name).resumed(report_id, call, response)


@router.get(
    "/valuation",
    responses={
        404: {"description": "There is no such store."},
        409: {"description": "The SKU has moved too often: start a report."},
    },
)
async def value_stock(
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[str, Query(min_length=1, max_length=64, description="The SKU.")],
    as_of: Annotated[Instant | None, Query(description="As it was at this instant.")] = None,
    method: Annotated[Method | None, Query(description="Only by this method.")] = None,
    store_id: Annotated[str | None, Query(min_length=1, max_length=64, description="Whose prices.")] = None,
) -> ValuationOut:
    """What a SKU's stock is worth, at once: by cost and retail. All stock is valued by the report `valuation`."""
    settings = backend().settings.fresh(call.table)
    known = ReportIn.model_construct(as_of=as_of, by="location", store_id=store_id)  # the query was checked already
    asked = known.asked(ReportName.VALUATION, settings=settings, now=call.now)
    valued = value_sku(call.table, sku, settings=settings, asked=asked)
    shown = {one.value: _rows(rows, asked) for one, rows in valued.items() if method in (None, one.value)}
    return ValuationOut.model_validate(
        {
            "sku": sku,
            "as_of": clock.to_text(asked.as_of),
            "currency": asked.currency,
            "retail_currency": asked.retail_currency,
            **{one.value: shown.get(one.value) for one in CostMethod},
        }
    )


@router.get("/valuation/latest", responses={404: {"description": "There is none yet."}})
async def read_latest_valuation(call: Annotated[Call, requires("inventory:read")], response: Response) -> ReportOut:
    """The newest finished report `valuation`, with what all stock was worth."""
    return _runs("valuation").answered(latest_report(call.table, ReportName.VALUATION), response)


@router.get("/snapshots")
async def list_stock_snapshots(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    since: Annotated[Day, Query(alias="from", description="From this day on.")] = None,
    until: Annotated[Day, Query(alias="to", description="To this day, included.")] = None,
) -> ListOut[SnapshotOut]:
    """Stock at the end of each day, newest first. A day's is made within a day after it."""
    page = list_snapshots(
        call.table, since=_day("from", since), until=_day("to", until), after=params.after(), limit=params.limit
    )
    return page_out(page, params.scope, SnapshotOut.of)


def _runs(name: Name) -> Runs[ReportOut]:
    return Runs(kind_of(ReportName(name)), ReportOut.of)


def _report(call: Call, name: Name, report_id: str) -> Run:
    return get_run(call.table, report_id, kind=kind_of(ReportName(name)))


def _rows(rows: Sequence[Row], asked: Asked) -> list[ReportRowOut]:
    return [ReportRowOut(cells(row, asked)) for row in rows]


def _line(row: Row, asked: Asked) -> list[object]:
    shown: Mapping[str, object] = cells(row, asked)
    texts = {name for name, kind in COLUMNS[asked.name].items() if kind is Column.TEXT}
    return [harmless(shown[name]) if name in texts else shown[name] for name in COLUMNS[asked.name]]


def _day(field: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid.field(field, "day_unknown", "Give a day of the calendar, such as 2026-11-19.") from error
