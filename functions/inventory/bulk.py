"""Thousands of adjustments as one run: asked for, followed, stopped, taken up again; what became of each row."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, JsonValue

from inventory.csv_rows import rows_from_csv
from inventory.runs import Runs, run_id_of
from inventory.schemas import LevelOut
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import InModel
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.edge.runs import RunOut
from storekeeper.inventory.adjustments.bulk import KIND as BULK_ADJUSTMENT
from storekeeper.inventory.adjustments.bulk import MAX_BULK_ROWS, start_bulk_adjustment
from storekeeper.runs import find_outcomes, get_run

router = APIRouter(prefix="/v1/inventory/adjustments", tags=["Inventory"])

_RUNS = Runs(BULK_ADJUSTMENT, RunOut.of)
EXAMPLE_ROW = {"sku": "MUG-BLUE", "quantity": 20, "type": "restock", "reason": "delivery"}
CSV_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": "sku,quantity,type\nMUG-BLUE,20,restock\n"},
        },
    }
}


class BulkIn(InModel):
    """Rows, each as an adjustment alone would be sent, of at most 4,096 bytes; `type` is `adjustment` if left out."""

    adjustments: Annotated[
        list[dict[str, JsonValue]], Field(min_length=1, max_length=MAX_BULK_ROWS, examples=[[EXAMPLE_ROW]])
    ]


class RowErrorOut(BaseModel):
    """Why a row was refused, and which member is at fault."""

    code: Annotated[str, Field(examples=["sku_unknown"])]
    detail: Annotated[str, Field(examples=["No variant has this SKU."])]
    field: Annotated[str | None, Field(examples=["sku"])] = None


class RowOut(BaseModel):
    """What became of a row; `row` counts from 0, in the order in which they were sent."""

    row: Annotated[int, Field(examples=[0])]
    sku: Annotated[str, Field(examples=["MUG-BLUE"])]
    outcome: Literal["applied", "refused"]
    level: LevelOut | None
    error: RowErrorOut | None

    @classmethod
    def of(cls, row: Any) -> "RowOut":
        """The row as it is answered."""
        return cls.model_validate(row)


@router.post("/bulk", status_code=202)
async def adjust_in_bulk(
    body: BulkIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Make up to 10,000 adjustments, each for itself: one that is refused stops no other. Follow the run answered."""
    return _start(body.adjustments, call, response)


@router.post("/bulk.csv", status_code=202, openapi_extra=CSV_BODY)
async def adjust_in_bulk_by_csv(
    request: Request, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """The same as a CSV file in UTF-8, whose first line names the columns: sku, quantity, type, reason, location_id."""
    return _start(rows_from_csv(await request.body(), at_most=MAX_BULK_ROWS), call, response)


@router.get("/bulk")
async def list_bulk_adjustments(params: Listed, call: Annotated[Call, requires("inventory:read")]) -> ListOut[RunOut]:
    """Bulk adjustments of the last 90 days, newest first."""
    return _RUNS.listed(params, call)


@router.get("/bulk/{bulk_id}")
async def read_bulk_adjustment(
    bulk_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> RunOut:
    """How far it is."""
    return _RUNS.found(bulk_id, call, response)


@router.get("/bulk/{bulk_id}/results")
async def list_bulk_results(
    bulk_id: str,
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    outcome: Annotated[Literal["applied", "refused"] | None, Query(description="Only rows that ended so.")] = None,
) -> ListOut[RowOut]:
    """What became of the rows that were worked on, in the order in which they were sent."""
    get_run(call.table, bulk_id, kind=BULK_ADJUSTMENT)
    page = find_outcomes(call.table, bulk_id, after=params.after(), limit=params.limit, outcome=outcome)
    return page_out(page, params.scope, RowOut.of)


@router.post("/bulk/{bulk_id}/cancel")
async def cancel_bulk_adjustment(
    bulk_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Stop it after the part that is being done. What was adjusted stays."""
    return _RUNS.cancelled(bulk_id, call, response)


@router.post("/bulk/{bulk_id}/resume")
async def resume_bulk_adjustment(
    bulk_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Take it up again where it failed."""
    return _RUNS.resumed(bulk_id, call, response)


def _start(rows: list[dict[str, JsonValue]], call: Call, response: Response) -> RunOut:
    run = start_bulk_adjustment(
        call.table, rows, run_id=run_id_of(call), now=call.now, remember=call.remembering(RunOut.of, status=202)
    )
    return _RUNS.started(run, call, response)
