"""Transfers: units that go from one location to another."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from inventory.transfer_schemas import (
    CancelTransferIn,
    CloseIn,
    DispatchIn,
    ReceiptIn,
    Status,
    TransferIn,
    TransferOut,
    TransferPatch,
    TransferRowOut,
    status_of,
)
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Instant, Sku
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.transfers import drafting, use_cases
from storekeeper.inventory.transfers.lists import Sort, TransferFilter, list_transfers
from storekeeper.inventory.transfers.store import read_transfer

router = APIRouter(prefix="/v1/transfers", tags=["Transfers"])

_MOVES: dict[int | str, dict[str, Any]] = {409: {"description": "It is too far on, or not far enough, for that."}}


async def _wanted(
    status: Annotated[Status | None, Query(description="Only those with this status.")] = None,
    source_location_id: Annotated[str | None, Query(max_length=64, description="Only from there.")] = None,
    target_location_id: Annotated[str | None, Query(max_length=64, description="Only to there.")] = None,
    sku: Annotated[Sku | None, Query(description="Only with a line of this SKU.")] = None,
    created_from: Annotated[Instant | None, Query(description="Made then or later.")] = None,
    created_until: Annotated[Instant | None, Query(alias="created_to", description="Made before then.")] = None,
    expected_from: Annotated[Instant | None, Query(description="Expected then or later.")] = None,
    expected_until: Annotated[Instant | None, Query(alias="expected_to", description="Expected before then.")] = None,
) -> TransferFilter:
    return TransferFilter(
        status_of(status),
        source_location_id,
        target_location_id,
        sku,
        created_from,
        created_until,
        expected_from,
        expected_until,
    )


@router.get("")
async def find_transfers(
    params: Listed,
    wanted: Annotated[TransferFilter, Depends(_wanted)],
    call: Annotated[Call, requires("inventory:read")],
    sort: Annotated[Sort, Query(description="Newest first, or expected soonest first and without a date last.")] = (
        "created_at"
    ),
) -> ListOut[TransferRowOut]:
    """Transfers, with the units of all their lines. With filters a page may be short and yet have a next one."""
    page = list_transfers(call.table, wanted, sort=sort, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, TransferRowOut.of)


@router.post("", status_code=201, responses={409: {"description": "It has more than 45 lines."}})
async def make_transfer(
    body: TransferIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> TransferOut:
    """Draft a transfer. No stock moves until it is dispatched."""
    transfer = drafting.create_transfer(
        call.table,
        body.draft(),
        settings=backend().settings.fresh(call.table),
        now=call.now,
        remember=call.remembering(TransferOut.of_transfer),
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.get("/{transfer_id}")
async def show_transfer(
    transfer_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> TransferOut:
    """One transfer: its lines with what is outstanding, and what has come of it."""
    transfer = read_transfer(call.table, transfer_id)
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.patch("/{transfer_id}", responses=_MOVES)
async def patch_transfer(
    transfer_id: str, body: TransferPatch, call: Annotated[Call, requires("inventory:write")], response: Response
) -> TransferOut:
    """Change the lines of a draft; reference, notes or expected arrival of what is not over."""
    transfer = drafting.change_transfer(
        call.table, transfer_id, body.changes(), now=call.now, expects=call.check_version
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.post("/{transfer_id}/dispatch", responses={409: {"description": "The source has too little, or it is over."}})
async def dispatch_transfer(
    transfer_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: DispatchIn | None = None,
) -> TransferOut:
    """Send it: its units leave the source, of what can be sold there, and are `incoming` at the target.

    All of it or nothing: 409 `transfer_insufficient_stock` names each SKU with `requested` and `available`. What is in
    transit already is answered as it is. Of a SKU that is tracked, `lines` say which units go (409 `names_missing`).
    """
    transfer = use_cases.dispatch_transfer(
        call.table,
        transfer_id,
        settings=backend().settings.fresh(call.table),
        now=call.now,
        names=body.names() if body else None,
        expects=call.check_version,
        remember=call.remembering(TransferOut.of_transfer, status=200),
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.post("/{transfer_id}/receive", responses=_MOVES)
async def receive_transfer(
    transfer_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: ReceiptIn | None = None,
) -> TransferOut:
    """Take in what has come, in as many parts as it takes (100); it is received when nothing is outstanding.

    409 `too_many_units` names each SKU of which fewer are `outstanding`; what came besides is `found`. Units of a SKU
    that is tracked come by name: those that were sent, or the ones that `lines` name.
    """
    transfer = use_cases.receive_transfer(
        call.table,
        transfer_id,
        (body or ReceiptIn()).arrivals(),
        now=call.now,
        receipt_id=call.keyed.derived_id("rec") if call.keyed else None,
        expects=call.check_version,
        remember=call.remembering(TransferOut.of_transfer, status=200),
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.post("/{transfer_id}/close", responses=_MOVES)
async def close_transfer(
    transfer_id: str, body: CloseIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> TransferOut:
    """Book what is outstanding as missing: nothing more will come."""
    transfer = use_cases.close_transfer(
        call.table,
        transfer_id,
        reason=body.reason,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(TransferOut.of_transfer, status=200),
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)


@router.post("/{transfer_id}/cancel", responses=_MOVES)
async def cancel_transfer(
    transfer_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: CancelTransferIn | None = None,
) -> TransferOut:
    """Drop a draft; or put what is outstanding back on the source's shelf. What has come stays where it is."""
    transfer = use_cases.cancel_transfer(
        call.table,
        transfer_id,
        reason=body.reason if body else "",
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(TransferOut.of_transfer, status=200),
    )
    return tagged(response, TransferOut.of_transfer(transfer), version=transfer.version)
