"""Reconciliations: whether stock is what ledger, holds, orders and deliveries say, and repair where it is not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from inventory.runs import Runs, run_id_of
from inventory.schemas import LocationRef
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import InModel, InstantOut, Sku
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.edge.runs import RunOut
from storekeeper.inventory.reconciliation.model import Drift, DriftKind
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.inventory.reconciliation.use_cases import list_drifts, start_reconciliation
from storekeeper.kernel import clock
from storekeeper.runs import get_run

router = APIRouter(prefix="/v1/inventory/reconciliations", tags=["Inventory"])

_RUNS = Runs(RECONCILIATION, RunOut.of)


class ReconciliationIn(InModel):
    """What to mend of what is found. Nothing, if left out: then it only tells."""

    repair: Annotated[
        list[Literal["figures", "incoming", "reserved", "ledger"]],
        Field(
            max_length=4,
            description="`figures`: back to what the ledger leads to. `incoming`: as it is on its way. "
            "`reserved`: as holds and orders own. `ledger`: changes without a row, once none can come.",
            examples=[["figures", "reserved"]],
        ),
    ] = Field(default_factory=list)


class FiguresOut(BaseModel):
    """Figures of one bucket of a level."""

    on_hand: Annotated[int, Field(examples=[10])]
    reserved: Annotated[int, Field(examples=[2])]
    available: Annotated[int, Field(examples=[8])]
    incoming: Annotated[int, Field(examples=[0])]


class DriftOut(BaseModel):
    """One difference. `since`: it arose after this. `left_to_a_person`: mending it would harm, or is too early.

    `cause` is the likely one: `written_outside` (the table was changed by other means), `delivery_gone` (what is
    expected has come, or never will), `delivery_uncovered` (something is on its way that is not expected), `owner_gone`
    (what the units were reserved for is over), `owner_uncovered` (an order owns units that are not reserved),
    `record_lost` (a change has no row in the ledger).
    """

    sku: Sku
    location_id: LocationRef
    bucket: int
    kind: Literal["figures", "incoming", "reserved", "ledger"]
    cause: Literal[
        "written_outside", "delivery_gone", "delivery_uncovered", "owner_gone", "owner_uncovered", "record_lost"
    ]
    outcome: Literal["found", "mended", "left_to_a_person"]
    expected: FiguresOut
    found: FiguresOut
    version: int
    first_version: int | None
    last_version: int | None
    since: InstantOut
    found_at: InstantOut

    @classmethod
    def of(cls, told: tuple[Drift, str, str]) -> "DriftOut":
        """The difference as it is answered."""
        drift, outcome, found_at = told
        return cls.model_validate(
            {
                "sku": drift.sku,
                "location_id": drift.location_id,
                "bucket": drift.bucket,
                "kind": drift.kind.value,
                "cause": drift.cause.value,
                "outcome": outcome,
                "expected": FiguresOut.model_validate(drift.expected, from_attributes=True),
                "found": FiguresOut.model_validate(drift.found, from_attributes=True),
                "version": drift.version,
                "first_version": drift.first_version,
                "last_version": drift.last_version,
                "since": clock.to_text(drift.since),
                "found_at": found_at,
            }
        )


@router.post("", status_code=202)
async def reconcile_stock(
    call: Annotated[Call, requires("inventory:write")], response: Response, body: ReconciliationIn | None = None
) -> RunOut:
    """Look through all stock of the tenant; it is also done once a day, without repair. Follow the run answered."""
    run = start_reconciliation(
        call.table,
        run_id=run_id_of(call),
        repair={DriftKind(kind) for kind in (body or ReconciliationIn()).repair},
        now=call.now,
        remember=call.remembering(RunOut.of, status=202),
    )
    return _RUNS.started(run, call, response)


@router.get("")
async def list_reconciliations(params: Listed, call: Annotated[Call, requires("inventory:read")]) -> ListOut[RunOut]:
    """Reconciliations of the last 90 days, newest first."""
    return _RUNS.listed(params, call)


@router.get("/{reconciliation_id}")
async def read_reconciliation(
    reconciliation_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> RunOut:
    """How far it is. It is `waiting` until levels that were busy can be looked at again (`looked_again`).

    Skipped are levels that could not be compared with everything: `skipped_busy` changed at each of four looks,
    `skipped_ledger` differ from a ledger that was not mended, `skipped_orders` had too many new orders to look through.
    """
    return _RUNS.found(reconciliation_id, call, response)


@router.get("/{reconciliation_id}/drifts")
async def list_reconciliation_drifts(
    reconciliation_id: str, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[DriftOut]:
    """What it has found so far, by SKU."""
    get_run(call.table, reconciliation_id, kind=RECONCILIATION)
    page = list_drifts(call.table, reconciliation_id, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, DriftOut.of)


@router.post("/{reconciliation_id}/cancel")
async def cancel_reconciliation(
    reconciliation_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Stop it. What was mended stays so."""
    return _RUNS.cancelled(reconciliation_id, call, response)


@router.post("/{reconciliation_id}/resume")
async def resume_reconciliation(
    reconciliation_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Take it up again where it failed."""
    return _RUNS.resumed(reconciliation_id, call, response)
