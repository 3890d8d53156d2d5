"""Batches: what expires when, what to pick first, and who got units of one."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from inventory.csv_files import MAX_CSV_ROWS, csv_file, harmless
from inventory.tracking_schemas import BatchOut, BatchPickOut, BatchPicksOut, BatchSaleOut
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Sku
from storekeeper.edge.lists import MAX_CURSOR_LENGTH, Listed, ListOut, ListParams, page_out
from storekeeper.inventory.tracking.batches.model import plan_batches
from storekeeper.inventory.tracking.batches.store import (
    BatchFilter,
    batches_of_sku,
    list_batches,
    list_batches_of_order,
    list_sales,
    read_batch,
)
from storekeeper.kernel.ids import LocationId

router = APIRouter(prefix="/v1/batches", tags=["Serials and batches"])

COLUMNS = ("order_id", "shipment_id", "units", "sold_at", "sku", "number", "batch_id")
_Text = Annotated[str | None, Query(min_length=1, max_length=100)]


@router.get("")
async def find_batches(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: _Text = None,
    location_id: _Text = None,
    supplier_id: _Text = None,
    expired: Annotated[bool | None, Query(description="Only what has expired, or only what has not.")] = None,
    expires_until: Annotated[date | None, Query(description="Only what expires on this day or before.")] = None,
    left: Annotated[bool | None, Query(description="Only with units left, or only empty ones.")] = None,
) -> ListOut[BatchOut]:
    """Batches, what expires first being first. With filters a page may be short and yet have a next one."""
    wanted = BatchFilter(sku, location_id, supplier_id, expired, expires_until, left)
    page = list_batches(call.table, wanted, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, BatchOut.of)


@router.get("/picks", responses={409: {"description": "Fewer units lie there in batches that can be sold."}})
async def propose_picks(
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[Sku, Query(description="Of this SKU.")],
    location_id: Annotated[str, Query(min_length=1, max_length=64, description="At this location.")],
    quantity: Annotated[int, Query(ge=1, le=1_000_000_000, description="So many units.")],
) -> BatchPicksOut:
    """Which batches to pick from, first expired first out; none that has expired. Nothing is reserved by it."""
    batches = {batch.number: batch for batch in batches_of_sku(call.table, sku)}
    units = plan_batches(batches.values(), LocationId(location_id), quantity, now=call.now)
    return BatchPicksOut(data=[BatchPickOut.of(batches[number], count) for number, count in units.items()])


@router.get("/sales")
async def batches_of_order(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    order_id: Annotated[str, Query(min_length=1, max_length=64, description="Of this order.")],
) -> ListOut[BatchSaleOut]:
    """Which batches the units of an order came from."""
    page = list_batches_of_order(call.table, order_id, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, BatchSaleOut.of)


@router.get("/{batch_id}")
async def show_batch(batch_id: str, call: Annotated[Call, requires("inventory:read")], response: Response) -> BatchOut:
    """One batch: what is left of it, and where."""
    batch = read_batch(call.table, batch_id)
    return tagged(response, BatchOut.of_batch(batch), version=batch.version)


@router.get("/{batch_id}/recall")
async def recall_batch(
    batch_id: str, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[BatchSaleOut]:
    """The orders that got units of a batch, oldest order first; whom to call is told by each order."""
    batch = read_batch(call.table, batch_id)
    page = list_sales(call.table, batch, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, BatchSaleOut.of)


@router.get(
    "/{batch_id}/recall.csv",
    response_class=Response,
    responses={
        200: {
            "description": "The same as CSV. `Link` (rel=next) leads on where there are more.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": ",".join(COLUMNS) + "\r\n"}},
        }
    },
)
async def recall_batch_as_csv(
    batch_id: str,
    request: Request,
    call: Annotated[Call, requires("inventory:read")],
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH, description="As `Link` gave it.")] = None,
) -> Response:
    """The orders that got units of a batch, as CSV, at most 5,000 rows a file."""
    params = ListParams.of(request, cursor=cursor)
    batch = read_batch(call.table, batch_id)
    page = list_sales(call.table, batch, after=params.after(), limit=MAX_CSV_ROWS)
    sales = [BatchSaleOut.of(sale) for sale in page.entries]
    rows = [[harmless(getattr(sale, name)) for name in COLUMNS] for sale in sales]
    return csv_file("recall.csv", COLUMNS, rows, request=request, params=params, next_position=page.next_position)
