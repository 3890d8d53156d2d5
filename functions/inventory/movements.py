"""Movements: the ledger, as a list and as CSV."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from inventory.csv_files import MAX_CSV_ROWS, csv_file, harmless
from inventory.schemas import MovementName, MovementOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import Instant
from storekeeper.edge.lists import MAX_CURSOR_LENGTH, Listed, ListOut, ListParams, page_out
from storekeeper.inventory import MovementType
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency
from storekeeper.kernel.paging import MAX_LIMIT, Page

router = APIRouter(prefix="/v1/inventory", tags=["Inventory"])

MAX_CSV_PAGES = 50
COLUMNS = (
    "id",
    "occurred_at",
    "sku",
    "location_id",
    "bucket",
    "type",
    "quantity",
    "on_hand_before",
    "on_hand_after",
    "reserved_before",
    "reserved_after",
    "incoming_after",
    "unit_cost",
    "reason",
    "reference_type",
    "reference_id",
    "actor",
    "version",
)
_TEXTS = frozenset({"sku", "reason"})


async def _wanted(
    sku: Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this SKU.")] = None,
    location_id: Annotated[str | None, Query(min_length=1, max_length=64, description="Only at this one.")] = None,
    type_: Annotated[MovementName | None, Query(alias="type", description="Only of this type.")] = None,
    reference_id: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Only what this order, hold, ... caused.")
    ] = None,
    since: Annotated[Instant | None, Query(alias="from", description="From this instant on.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Before this instant.")] = None,
) -> Wanted:
    """The movements that a request asks for."""
    location = LocationId(location_id) if location_id else None
    return Wanted(sku, location, MovementType(type_) if type_ else None, reference_id, since, until)


@router.get("/movements")
async def list_movements(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    wanted: Annotated[Wanted, Depends(_wanted)],
) -> ListOut[MovementOut]:
    """Movements, newest first. With narrow filters a page may be short and yet have a `next_cursor`."""
    page, currency = _page(call, wanted, after=params.after(), limit=params.limit), _currency(call)
    return page_out(page, params.scope, lambda movement: MovementOut.of(movement, currency))


@router.get(
    "/movements.csv",
    response_class=Response,
    responses={
        200: {
            "description": "The movements, newest first. `Link` (rel=next) leads on where there are more.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": ",".join(COLUMNS) + "\r\n"}},
        }
    },
)
async def export_movements(
    request: Request,
    call: Annotated[Call, requires("inventory:read")],
    wanted: Annotated[Wanted, Depends(_wanted)],
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH, description="As `Link` gave it.")] = None,
) -> Response:
    """Movements as CSV, newest first, at most 5,000 rows a file. What a spreadsheet would compute begins with a `'`."""
    params = ListParams.of(request, cursor=cursor)
    page = _file(call, wanted, after=params.after())
    currency = _currency(call)
    rows = [_line(movement, currency) for movement in page.entries]
    return csv_file("movements.csv", COLUMNS, rows, request=request, params=params, next_position=page.next_position)


def _page(call: Call, wanted: Wanted, *, after: str | None, limit: int) -> Page[Movement]:
    settings = backend().settings.fresh(call.table)
    return find_movements(
        call.table,
        wanted,
        locations=tuple(settings.locations),
        after=after,
        limit=limit,
        now=call.now,
        oldest=settings.tenant.created_at,
    )


def _file(call: Call, wanted: Wanted, *, after: str | None) -> Page[Movement]:
    """As many rows as one file holds."""
    rows: list[Movement] = []
    for _ in range(MAX_CSV_PAGES):
        page = _page(call, wanted, after=after, limit=min(MAX_LIMIT, MAX_CSV_ROWS - len(rows)))
        rows += page.entries
        after = page.next_position
        if after is None or len(rows) == MAX_CSV_ROWS:
            break
    return Page(tuple(rows), after)


def _currency(call: Call) -> Currency:
    return backend().settings.fresh(call.table).tenant.currency


def _line(movement: Movement, currency: Currency) -> list[object]:
    shown = MovementOut.of(movement, currency).model_dump()
    reference = shown.pop("reference") or {"type": "", "id": ""}
    shown |= {"reference_type": reference["type"], "reference_id": reference["id"]}
    return [harmless(shown[name]) if name in _TEXTS else shown[name] for name in COLUMNS]
