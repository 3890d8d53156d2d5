"""Serials: where each unit is, and all that became of it."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response

from inventory.tracking_schemas import SerialMoveIn, SerialOut, SerialRowOut, SerialStatusName
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.tracking.serials.model import Serial, SerialStatus
from storekeeper.inventory.tracking.serials.store import SerialFilter, list_serials, read_serial
from storekeeper.inventory.tracking.serials.use_cases import release_serial, take_serial_back, write_serial_off
from storekeeper.kernel.errors import Invalid

router = APIRouter(prefix="/v1/serials", tags=["Serials and batches"])

Move: TypeAlias = Callable[..., Serial]  # one of the use cases that move no level
_Text = Annotated[str | None, Query(min_length=1, max_length=100)]


@router.get("")
async def find_serials(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: _Text = None,
    order_id: _Text = None,
    number: _Text = None,
    location_id: _Text = None,
    status: Annotated[SerialStatusName | None, Query(description="Only those with this status.")] = None,
) -> ListOut[SerialRowOut]:
    """Serials of a SKU by number, of an order, or of one number: say which. With filters a page may be short."""
    if not (sku or order_id or number):
        raise Invalid.field("sku", "filter_missing", "Say sku, order_id or number.")
    wanted = SerialFilter(sku, order_id, number, SerialStatus(status) if status else None, location_id)
    page = list_serials(call.table, wanted, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, SerialRowOut.of)


@router.get("/{serial_id}")
async def show_serial(
    serial_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> SerialOut:
    """One unit, and all that became of it. Its customer is told by its order, to whoever may read orders."""
    return _answer(read_serial(call.table, serial_id), response)


@router.post("/{serial_id}/release", responses={409: {"description": "It is not reserved."}})
async def free_serial(
    serial_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: SerialMoveIn | None = None,
) -> SerialOut:
    """Put a unit aside for no order any more; the order keeps its reserved stock."""
    return _moved(release_serial, serial_id, body, call, response)


@router.post("/{serial_id}/return", responses={409: {"description": "It is not sold."}})
async def return_serial(
    serial_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: SerialMoveIn | None = None,
) -> SerialOut:
    """Say that a sold unit has come back. It is on no shelf until an adjustment of type `return` names it."""
    return _moved(take_serial_back, serial_id, body, call, response)


@router.post("/{serial_id}/write-off", responses={409: {"description": "It has not come back."}})
async def drop_serial(
    serial_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: SerialMoveIn | None = None,
) -> SerialOut:
    """Say that a unit that came back, or was on its way, is lost. What lies on a shelf goes by an adjustment."""
    return _moved(write_serial_off, serial_id, body, call, response)


def _moved(move: Move, serial_id: str, body: SerialMoveIn | None, call: Call, response: Response) -> SerialOut:
    serial = move(
        call.table,
        serial_id,
        reason=body.reason if body else "",
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(SerialOut.of_serial, status=200),
    )
    return _answer(serial, response)


def _answer(serial: Serial, response: Response) -> SerialOut:
    return tagged(response, SerialOut.of_serial(serial), version=serial.version)
