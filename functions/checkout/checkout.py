"""Routes by which a cart becomes an order, and is had back while the order is not paid."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from checkout.cart_schemas import CartOut
from checkout.checkout_schemas import BoughtOut, CardPaymentOut, CheckoutIn, CheckoutOut, ManualPaymentOut
from checkout.environment import leases
from storekeeper import checkout
from storekeeper.carts import load_basket
from storekeeper.checkout import Placed, Till
from storekeeper.edge.call import tagged
from storekeeper.edge.shopper import Visit, visit
from storekeeper.payments import stripe_gateway

router = APIRouter(prefix="/v1/storefront/{domain}/carts/{cart_id}", tags=["Checkout"])
Visited = Annotated[Visit, Depends(visit)]


@router.post("/checkout", status_code=201, responses={200: {"model": CheckoutOut, "description": "It was an order."}})
async def check_out(cart_id: str, body: CheckoutIn, visit: Visited, response: Response) -> CheckoutOut:
    """Make an order of the cart, with its stock, and prepare its payment. Again: the same order and payment.

    422 names everything that is missing; 409 `insufficient_stock` every SKU that is short, and nothing is written.
    """
    till = _till(visit)
    placed = checkout.check_out(
        cart_id,
        store_id=visit.store_id,
        method=body.payment_method,
        till=till,
        settings=visit.settings,
        numbers=visit.numbers,
        leases=leases(),
        now=visit.now,
    )
    status = 201 if placed.created else 200
    # The order is its own mark, and what is remembered here is only its answer: so it may follow by itself.
    if marks := visit.remembering(partial(_render, till), status=status)(placed):
        visit.table.write(*marks)
    response.status_code = status
    return _render(till, placed)


@router.post("/reopen")
async def reopen_cart(cart_id: str, visit: Visited, response: Response) -> CartOut:
    """Give up the pending order of a cart, so that the cart can be changed and bought again.

    409 while a payment is being processed or has succeeded. A cart that is open is answered as it is.
    """
    till = _till(visit)
    checkout.reopen_cart(cart_id, store_id=visit.store_id, till=till, now=visit.now)
    basket = load_basket(visit.table, visit.settings, till.sealer, store_id=visit.store_id, cart_id=cart_id)
    render = partial(CartOut.of, now=visit.now)
    if marks := visit.remembering(render, status=200)(basket):  # without it a late repeat would give up a later order
        visit.table.write(*marks)
    return tagged(response, render(basket), version=basket.cart.version)


def _till(visit: Visit) -> Till:
    return Till(visit.table, stripe_gateway, visit.sealer())


def _render(till: Till, placed: Placed) -> CheckoutOut:
    payment = placed.order.payment
    shown: CardPaymentOut | ManualPaymentOut | None = None
    if payment and payment.provider == "stripe":
        shown = CardPaymentOut.of(payment, sealer=till.sealer, publishable_key=till.gateway.publishable_key)
    elif payment:
        shown = ManualPaymentOut(provider="manual", status=payment.state)
    return CheckoutOut(order=BoughtOut.of(placed.order, sealer=till.sealer), payment=shown)
