"""The route by which a shopper follows an order."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from checkout.checkout_schemas import TrackedOut
from storekeeper import checkout
from storekeeper.edge.shopper import Visit, visit

MAX_EMAIL_LENGTH = 254

router = APIRouter(prefix="/v1/storefront/{domain}/orders", tags=["Checkout"])


@router.get("/{number}/track")
async def track_order(
    number: str,
    email: Annotated[str, Query(min_length=1, max_length=MAX_EMAIL_LENGTH, examples=["ada@example.com"])],
    visit: Annotated[Visit, Depends(visit)],
) -> TrackedOut:
    """How far an order has come, for whoever knows its number and its e-mail address; and what of it can be downloaded.

    A wrong number and a wrong address are the same 404. After 10 of them in a minute an address gets 429, also for
    right ones.
    """
    tracked = checkout.track_order(
        number,
        email=email,
        store_id=visit.store_id,
        caller=visit.address,
        table=visit.table,
        sealer=visit.sealer(),
        now=visit.now,
    )
    return TrackedOut.of(tracked, now=visit.now)
