"""The route by which a shopper fetches what they bought."""

from typing import Annotated

from fastapi import APIRouter, Depends

from checkout.download_schemas import BuyerIn, LinkOut
from storekeeper import checkout
from storekeeper.edge.shopper import Visit, visit

router = APIRouter(prefix="/v1/storefront/{domain}/orders", tags=["Checkout"])


@router.post("/{number}/downloads/{grant_id}")
async def fetch_download(number: str, grant_id: str, body: BuyerIn, visit: Annotated[Visit, Depends(visit)]) -> LinkOut:
    """A link to a file of a paid order, good for five minutes; it counts as one download.

    `grant_id` is the download's id in tracking; wrong numbers and addresses are limited as there. 409 `not_paid`,
    `refunded`, `expired` and `no_downloads_left` say why there is none. A repeat with the same Idempotency-Key is not
    counted, and gives a link with the same end; after that end it is 409 `link_over`.
    """
    sealer = visit.sealer()
    order = checkout.find_followed(
        number,
        email=body.email,
        store_id=visit.store_id,
        caller=visit.address,
        table=visit.table,
        sealer=sealer,
        now=visit.now,
    )
    link = checkout.give_link(order, grant_id, keyed=visit.keyed, table=visit.table, sealer=sealer, now=visit.now)
    return LinkOut.of(link, now=visit.now)
