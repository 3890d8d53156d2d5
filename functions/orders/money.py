"""Routes that move an order's money: cancel, refund, capture, mark as paid."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from orders.answers import rendering_order, rendering_refunded
from orders.refund_schemas import RefundIn
from orders.schemas import OrderOut
from storekeeper import checkout
from storekeeper.checkout import Till
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import InModel, Line
from storekeeper.kernel.ids import derived_id, new_id
from storekeeper.orders import Order, get_order
from storekeeper.payments import stripe_gateway
from storekeeper.tenancy import load_settings

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["Orders"])


class CancelIn(InModel):
    """Why the order is cancelled; shown with it."""

    reason: Annotated[Line, Field(examples=["The customer changed their mind."])] = ""


@router.post("/cancel")
async def cancel_order(
    order_id: str,
    call: Annotated[Call, requires("orders:write")],
    response: Response,
    body: CancelIn | None = None,
) -> OrderOut:
    """Cancel an order of which nothing has left: its stock is free again, an open payment is given up.

    Money that was captured stays; refund it. 409 while the payment is being processed.
    """
    render = rendering_order(call)
    order = checkout.cancel_order(
        order_id,
        reason=(body or CancelIn()).reason,
        till=_till(call),
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(order), version=order.version)


@router.post("/refund", status_code=201)
async def refund_order(
    order_id: str,
    call: Annotated[Call, requires("orders:write")],
    response: Response,
    body: RefundIn | None = None,
) -> OrderOut:
    """Send back all or a part of what was captured, and put units back into stock if that is asked.

    409 `refund_too_large` for more than is left. A refund in the answer may still be pending.
    """
    order = get_order(order_id, table=call.table)
    render = rendering_refunded(call)
    done = checkout.refund_order(
        order_id,
        (body or RefundIn()).request(order.currency),
        refund_id=_refund_id(call, order),
        till=_till(call),
        settings=load_settings(call.table),
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render),
    )
    return tagged(response, render(done), version=done.order.version)


@router.post("/capture")
async def capture_payment(
    order_id: str, call: Annotated[Call, requires("orders:write")], response: Response
) -> OrderOut:
    """Take the money that the shopper's bank has authorized: all of it."""
    render = rendering_order(call)
    order = checkout.capture_payment(
        order_id,
        till=_till(call),
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(order), version=order.version)


@router.post("/mark-paid")
async def mark_order_paid(
    order_id: str, call: Annotated[Call, requires("orders:write")], response: Response
) -> OrderOut:
    """Note that the payment by hand has come, in full."""
    render = rendering_order(call)
    order = checkout.mark_paid(
        order_id,
        table=call.table,
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(render, status=200),
    )
    return tagged(response, render(order), version=order.version)


def _till(call: Call) -> Till:
    return Till(call.table, stripe_gateway, call.sealer())


def _refund_id(call: Call, order: Order) -> str:
    """The same for the same Idempotency-Key, so that a repeat goes on with what was begun."""
    if call.keyed is None:
        return new_id("ref", at=call.now)
    return derived_id("ref", order.id, call.keyed.scope, call.keyed.key, at=order.placed_at)
