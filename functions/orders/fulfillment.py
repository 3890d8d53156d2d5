"""Routes by which an order leaves and arrives."""

from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from orders.answers import rendering_shipped
from orders.schemas import OrderOut
from storekeeper import orders
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import HttpUrl, Id, InModel, Name, Quantity, Sku
from storekeeper.kernel.ids import LocationId
from storekeeper.orders import Dispatch, Wanted

MAX_LINES = 100

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


class FulfillLineIn(InModel):
    """Units of one line: named by its id, or by its SKU."""

    line_id: Annotated[str | None, Field(max_length=64)] = None
    sku: Sku | None = None
    quantity: Quantity

    @model_validator(mode="after")
    def _check_named_once(self) -> Self:
        if (self.line_id is None) is (self.sku is None):
            raise ValueError("give either line_id or sku")
        return self


class FulfillIn(InModel):
    """What leaves, and how. Without `lines` it is all that has yet to leave.

    Without `location_id` units leave from wherever they are reserved. Without `tracking_url` it is made from the
    shipping method's template, if that has one.
    """

    lines: Annotated[
        list[FulfillLineIn] | None,
        Field(min_length=1, max_length=MAX_LINES, examples=[[{"sku": "MUG-BLUE", "quantity": 2}]]),
    ] = None
    carrier: Annotated[Name | None, Field(examples=["UPS"])] = None
    tracking_number: Annotated[Name | None, Field(examples=["1Z999AA10123456784"])] = None
    tracking_url: HttpUrl | None = None
    location_id: Annotated[Id | None, Field(examples=["loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])] = None

    def dispatch(self) -> Dispatch:
        """As the domain knows it."""
        lines = self.lines
        return Dispatch(
            wanted=tuple(Wanted(line.quantity, line.line_id, line.sku) for line in lines) if lines else None,
            location_id=LocationId(self.location_id) if self.location_id else None,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
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
