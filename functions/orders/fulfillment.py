"""Routes by which an order leaves and arrives."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from orders.answers import rendering_shipped
from orders.names_schemas import AssignedOut, AssignIn, LeavingLineIn, LeavingUnitsIn, names_of
from orders.schemas import OrderOut
from orders.wanted_schemas import MAX_LINES
from storekeeper import orders
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import HttpUrl, Id, InModel, Name
from storekeeper.kernel.ids import LocationId
from storekeeper.orders import Dispatch
from storekeeper.orders.shipments import assigning

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


class FulfillIn(InModel):
    """What leaves, and how. Without `lines` it is all that has yet to leave.

    Without `location_id` units leave from wherever they are reserved. Without `tracking_url` it is made from the
    shipping method's template, if that has one.
    """

    lines: Annotated[
        list[LeavingLineIn] | None,
        Field(min_length=1, max_length=MAX_LINES, examples=[[{"sku": "MUG-BLUE", "quantity": 2}]]),
    ] = None
    units: list[LeavingUnitsIn] = Field(
        default_factory=list, max_length=MAX_LINES, description="By SKU, where no line says it."
    )
    carrier: Annotated[Name | None, Field(examples=["UPS"])] = None
    tracking_number: Annotated[Name | None, Field(examples=["1Z999AA10123456784"])] = None
    tracking_url: HttpUrl | None = None
    location_id: Annotated[Id | None, Field(examples=["loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])] = None

    def dispatch(self) -> Dispatch:
        """As the domain knows it."""
        return Dispatch(
            wanted=tuple(line.wanted() for line in self.lines) if self.lines else None,
            location_id=LocationId(self.location_id) if self.location_id else None,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
            names=names_of((*(self.lines or ()), *self.units)),
        )


@router.post("/{order_id}/fulfill", status_code=201)
async def fulfill_order(
    order_id: str,
    call: Annotated[Call, requires("orders:write")],
    response: Response,
    body: FulfillIn | None = None,
) -> OrderOut:
    """Let an order leave, whole or in part: makes a shipment and takes its units out of stock (movement `sale`).

    The order must be processing, and one that is paid by card must be paid or authorized. 409 `over_fulfilled` names
    lines of which fewer units have yet to leave.

    Of a SKU that is tracked by serial, its line says which units go (409 `names_missing`); by batch it may.
    """
    render = rendering_shipped(call)
    shipped = orders.fulfill_order(
        order_id,
        (body or FulfillIn()).dispatch(),
        table=call.table,
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render),
    )
    return tagged(response, render(shipped), version=shipped.order.version)


@router.post("/{order_id}/deliver")
async def deliver_order(order_id: str, call: Annotated[Call, requires("orders:write")], response: Response) -> OrderOut:
    """Say that a shipped order has arrived."""
    render = rendering_shipped(call)
    shipped = orders.deliver_order(
        order_id,
        table=call.table,
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(shipped), version=shipped.order.version)


@router.post("/{order_id}/serials", responses={409: {"description": "A unit is not in stock, or put aside elsewhere."}})
async def assign_serials(order_id: str, body: AssignIn, call: Annotated[Call, requires("orders:write")]) -> AssignedOut:
    """Put units aside for an order while it is picked: they leave with no other one. Nothing of its stock changes."""
    assigned = assigning.assign_serials(
        order_id,
        body.sku,
        body.serials,
        table=call.table,
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(AssignedOut.of, status=200),
    )
    return AssignedOut.of(assigned)
