"""Routes of carts: every one answers the cart as it is now, with totals computed by us."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response

from checkout.cart_schemas import CartIn, CartItemIn, CartItemPatch, CartOut, CartPatch, ShippingQuoteOut
from checkout.environment import leases
from storekeeper import carts
from storekeeper.carts import Basket, CartStore
from storekeeper.edge.call import tagged
from storekeeper.edge.lists import ListOut
from storekeeper.edge.shopper import Visit, visit

router = APIRouter(prefix="/v1/storefront/{domain}/carts", tags=["Carts"])
Visited = Annotated[Visit, Depends(visit)]


@router.post("", status_code=201)
async def create_cart(visit: Visited, response: Response, body: Annotated[CartIn | None, Body()] = None) -> CartOut:
    """Start a cart. Its id is the key to it: whoever knows it can change it."""
    given = body or CartIn()
    basket = carts.create_cart(
        additions=given.additions(),
        details=given.details(),
        carts=_store(visit),
        now=visit.now,
        remember=visit.remembering(_render(visit)),
    )
    return _answer(basket, visit, response)


@router.get("/{cart_id}")
async def read_cart(cart_id: str, visit: Visited, response: Response) -> CartOut:
    """A cart as it is now."""
    return _answer(_load(cart_id, visit), visit, response)


@router.patch("/{cart_id}")
async def change_cart(cart_id: str, body: CartPatch, visit: Visited, response: Response) -> CartOut:
    """Change what is said of a cart. A chosen shipping method that no longer applies is dropped."""
    basket = carts.change_details(
        cart_id, body.details(), carts=_store(visit), now=visit.now, expects=visit.check_version
    )
    return _answer(basket, visit, response)


@router.delete("/{cart_id}")
async def delete_cart(cart_id: str, visit: Visited, response: Response) -> CartOut:
    """Remove a cart and what is held for it; answers it as it last was."""
    basket = carts.delete_cart(cart_id, carts=_store(visit), now=visit.now, expects=visit.check_version)
    return _answer(basket, visit, response)


@router.post("/{cart_id}/items", status_code=201)
async def add_item(cart_id: str, body: CartItemIn, visit: Visited, response: Response) -> CartOut:
    """Add units of a SKU: to its item, or as a new one. Takes no stock; more than is available is accepted."""
    basket = carts.add_item(
        cart_id,
        body.addition(),
        carts=_store(visit),
        now=visit.now,
        remember=visit.remembering(_render(visit)),
    )
    return _answer(basket, visit, response)


@router.patch("/{cart_id}/items/{item_id}")
async def change_item(cart_id: str, item_id: str, body: CartItemPatch, visit: Visited, response: Response) -> CartOut:
    """Have this many units of an item."""
    basket = carts.change_item(
        cart_id, item_id, units=body.quantity, carts=_store(visit), now=visit.now, expects=visit.check_version
    )
    return _answer(basket, visit, response)


@router.delete("/{cart_id}/items/{item_id}")
async def remove_item(cart_id: str, item_id: str, visit: Visited, response: Response) -> CartOut:
    """Take an item out."""
    basket = carts.take_out_item(cart_id, item_id, carts=_store(visit), now=visit.now, expects=visit.check_version)
    return _answer(basket, visit, response)


@router.get("/{cart_id}/shipping-methods")
async def list_shipping_methods(cart_id: str, visit: Visited) -> ListOut[ShippingQuoteOut]:
    """The shipping methods that apply to the cart, cheapest first; none when nothing needs shipping."""
    basket = _load(cart_id, visit)
    return ListOut(data=[ShippingQuoteOut.of(quote, basket) for quote in basket.quotes], next_cursor=None)


@router.post("/{cart_id}/hold", status_code=201)
async def hold_cart(cart_id: str, visit: Visited, response: Response) -> CartOut:
    """Reserve what is in the cart, or renew that. Checkout takes the hold over."""
    remember = visit.remembering(_render(visit))
    basket = carts.hold_cart(cart_id, carts=_store(visit), leases=leases(), now=visit.now, remember=remember)
    return _answer(basket, visit, response)


def _store(visit: Visit) -> CartStore:
    return CartStore(visit.table, visit.settings, visit.sealer(), store_id=visit.store_id)


def _load(cart_id: str, visit: Visit) -> Basket:
    return carts.load_basket(visit.table, visit.settings, visit.sealer(), store_id=visit.store_id, cart_id=cart_id)


def _render(visit: Visit) -> partial[CartOut]:
    return partial(CartOut.of, now=visit.now)


def _answer(basket: Basket, visit: Visit, response: Response) -> CartOut:
    return tagged(response, _render(visit)(basket), version=basket.cart.version)
