"""Purchase orders: list, draft, read, change, send, close short, cancel."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from inventory.purchase_orders_schemas import (
    PurchaseEndIn,
    PurchaseOrderIn,
    PurchaseOrderOut,
    PurchaseOrderPatch,
    PurchaseOrderRowOut,
    PurchaseSendIn,
    PurchasesOnTheWayOut,
    Status,
    wanted_lines,
)
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Instant
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.purchasing import planning, use_cases
from storekeeper.inventory.purchasing.items import open_notes
from storekeeper.inventory.purchasing.lists import (
    PurchaseFilter,
    Sort,
    list_purchase_orders,
    row_of,
    sum_on_the_way,
)
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.store import find_purchase_order_by_number, get_purchase_order
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/purchase-orders", tags=["Purchase orders"])


async def _wanted(
    status: Annotated[Status | None, Query(description="Only those with this status.")] = None,
    supplier_id: Annotated[str | None, Query(max_length=64, description="Only of this supplier.")] = None,
    sku: Annotated[str | None, Query(max_length=64, description="Only with a line of this SKU.")] = None,
    location_id: Annotated[str | None, Query(max_length=64, description="Only with a line for there.")] = None,
    created_from: Annotated[Instant | None, Query(description="Made then or later.")] = None,
    created_until: Annotated[Instant | None, Query(alias="created_to", description="Made before then.")] = None,
    expected_from: Annotated[Instant | None, Query(description="Expected then or later.")] = None,
    expected_until: Annotated[
        Instant | None, Query(alias="expected_to", description="Expected before then; now: the overdue ones.")
    ] = None,
) -> PurchaseFilter:
    return PurchaseFilter(
        PurchaseStatus(status) if status else None,
        supplier_id,
        sku,
        location_id,
        created_from,
        created_until,
        expected_from,
        expected_until,
    )


@router.get("")
async def find_purchase_orders(
    params: Listed,
    wanted: Annotated[PurchaseFilter, Depends(_wanted)],
    call: Annotated[Call, requires("inventory:read")],
    number: Annotated[
        str | None, Query(min_length=1, max_length=32, description="Only the one of this number.")
    ] = None,
    sort: Annotated[Sort, Query(description="All, newest first; or what is on its way, the soonest first.")] = (
        "created_at"
    ),
) -> ListOut[PurchaseOrderRowOut]:
    """Purchase orders, seconds behind. With filters a page may be short and yet have a next one."""
    if number is not None:
        order = find_purchase_order_by_number(number, table=call.table)
        rows = (row_of(order),) if order else ()
        page = Page(tuple(row for row in rows if wanted.admits(row)), None)
    else:
        page = list_purchase_orders(wanted, sort=sort, after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, PurchaseOrderRowOut.of)


@router.get("/summary")
async def sum_purchase_orders(
    call: Annotated[Call, requires("inventory:read")],
    supplier_id: Annotated[str | None, Query(max_length=64, description="Only of this supplier.")] = None,
) -> PurchasesOnTheWayOut:
    """What is on its way altogether: how many orders and units, how many are overdue, and what has yet to come."""
    return PurchasesOnTheWayOut.of(sum_on_the_way(supplier_id=supplier_id, now=call.now, table=call.table))


@router.post("", status_code=201, responses={404: {"description": "There is no such supplier."}})
async def make_purchase_order(
    body: PurchaseOrderIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> PurchaseOrderOut:
    """Draft a purchase order, of at most 90 lines. Nothing is on its way until it is sent."""
    render = _rendering(call)
    order = planning.create_purchase_order(
        body.draft(),
        table=call.table,
        settings=backend().settings.fresh(call.table),
        sealer=call.sealer(),
        now=call.now,
        remember=call.remembering(render),
    )
    return tagged(response, render(order), version=order.version)


@router.get("/{purchase_order_id}")
async def read_purchase_order(
    purchase_order_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> PurchaseOrderOut:
    """One purchase order, with what has come of each line."""
    order = get_purchase_order(purchase_order_id, table=call.table)
    return tagged(response, _rendering(call)(order), version=order.version)


@router.patch("/{purchase_order_id}")
async def patch_purchase_order(
    purchase_order_id: str,
    body: PurchaseOrderPatch,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
) -> PurchaseOrderOut:
    """Change a draft; of an order that was sent, all but its lines, until it is over."""
    named = body.model_fields_set
    order = planning.change_purchase_order(
        purchase_order_id,
        body.changes(),
        lines=(lambda currency: wanted_lines(body.lines, currency)) if "lines" in named else None,
        notes=body.notes if "notes" in named else None,
        table=call.table,
        settings=backend().settings.fresh(call.table),
        sealer=call.sealer(),
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, _rendering(call)(order), version=order.version)


@router.post("/{purchase_order_id}/send")
async def send_purchase_order(
    purchase_order_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: PurchaseSendIn | None = None,
) -> PurchaseOrderOut:
    """Send a draft: its units are `incoming` where they shall go. Nothing is mailed: telling the supplier is yours.

    409 `below_minimum_order`, `below_minimum_quantity` or `not_whole_packs` where the supplier would not take it so,
    with every reason in `errors`; `override_minimum` and `override_packs` send it all the same.
    """
    render = _rendering(call)
    order = use_cases.send_purchase_order(
        purchase_order_id,
        override=(body or PurchaseSendIn()).override(),
        table=call.table,
        settings=backend().settings.fresh(call.table),
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(order), version=order.version)


@router.post("/{purchase_order_id}/close")
async def close_purchase_order(
    purchase_order_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: PurchaseEndIn | None = None,
) -> PurchaseOrderOut:
    """Say that no more comes of an order of which some has: what is outstanding is `short`, and not `incoming`."""
    return _give_up(purchase_order_id, PurchaseStatus.CLOSED_SHORT, body, call, response)


@router.post("/{purchase_order_id}/cancel")
async def cancel_purchase_order(
    purchase_order_id: str,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
    body: PurchaseEndIn | None = None,
) -> PurchaseOrderOut:
    """Cancel a draft, or an order of which nothing has come. One of which some has is closed short instead."""
    return _give_up(purchase_order_id, PurchaseStatus.CANCELLED, body, call, response)


def _give_up(
    purchase_order_id: str, to: PurchaseStatus, body: PurchaseEndIn | None, call: Call, response: Response
) -> PurchaseOrderOut:
    render = _rendering(call)
    order = use_cases.give_up_purchase_order(
        purchase_order_id,
        to,
        reason=body.reason if body else "",
        table=call.table,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(order), version=order.version)


def _rendering(call: Call) -> Callable[[PurchaseOrder], PurchaseOrderOut]:
    return lambda order: PurchaseOrderOut(**PurchaseOrderOut.figures(order, open_notes(order, sealer=call.sealer())))
