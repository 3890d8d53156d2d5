"""Changes of a store's stock as they come: as Server-Sent Events, or as JSON. Each answer is short and ends at once.

A connection that waits would keep a function busy: the browser's own reconnection, every two seconds, costs a
twentieth of that, and sees a change as soon.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from inventory.stock_schemas import StockChangeOut, StockChangesOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires
from storekeeper.edge.lists import MAX_CURSOR_LENGTH
from storekeeper.inventory.live.model import Position
from storekeeper.inventory.live.use_cases import Told, listen, of_store
from storekeeper.kernel.paging import from_cursor, to_cursor

router = APIRouter(prefix="/v1/stores/{store_id}/stock/realtime", tags=["Store stock"])

RETRY_MS = 2_000
AT_ONCE_MS = 100
EVENTS = "text/event-stream"


@router.get(
    "",
    response_model=StockChangesOut,
    responses={
        200: {
            "description": "Changes since the cursor: JSON if `Accept` names it, else events.",
            "content": {EVENTS: {"schema": {"type": "string"}}},
        }
    },
)
async def watch_stock(
    store_id: str,
    request: Request,
    call: Annotated[Call, requires("inventory:read")],
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`cursor` of the answer before.")
    ] = None,
    last_event_id: Annotated[
        str | None, Header(max_length=MAX_CURSOR_LENGTH, description="As `cursor`; what browsers send by themselves.")
    ] = None,
) -> Response:
    """Changes of stock of what the store lists, in the order in which they were told: each once, none left out.

    Events: `change`, as a row of the JSON, and `reset`: read the levels now. Every event's id is a cursor.
    """
    store = backend().settings.fresh(call.table).store(store_id)
    scope = f"stock changes of {store.id}"
    sent = last_event_id or cursor
    after = Position.of(from_cursor(sent, scope=scope)) if sent else None
    told = of_store(call.table, listen(call.table, after, now=call.now), store.id)
    if "application/json" in request.headers.get("accept", ""):
        return Response(_as_json(told, scope).model_dump_json(), media_type="application/json")
    return Response(_as_events(told, scope), media_type=EVENTS)


def _as_json(told: Told, scope: str) -> StockChangesOut:
    return StockChangesOut(
        data=[StockChangeOut.of(movement) for _, movement in told.movements],
        cursor=_cursor(told.position, scope),
        reset=told.is_reset,
        more=told.has_more,
    )


def _as_events(told: Told, scope: str) -> str:
    lines = [f"retry: {AT_ONCE_MS if told.has_more else RETRY_MS}", ""]
    for position, movement in told.movements:
        change = StockChangeOut.of(movement).model_dump_json()
        lines += ["event: change", f"id: {_cursor(position, scope)}", f"data: {change}", ""]
    if told.is_reset:
        lines += ["event: reset", f"id: {_cursor(told.position, scope)}", "data: {}", ""]
    elif told.position is not None:
        lines += [f"id: {_cursor(told.position, scope)}", ""]
    return "\n".join(lines) + "\n"


def _cursor(position: Position | None, scope: str) -> str | None:
    return None if position is None else to_cursor(str(position), scope=scope)
