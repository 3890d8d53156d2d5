"""What buyers may fetch of an order's downloads, how often they did, and how they may once more."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from storekeeper import orders
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Id, InModel, Instant, InstantOut
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.kernel.paging import Page
from storekeeper.orders import Grant, GrantStatus, Order, grant_status_of

router = APIRouter(prefix="/v1/orders/{order_id}/downloads", tags=["Orders"])


class RenewalIn(InModel):
    """Until when it may be fetched; left out: as many days from now as were sold, or for ever."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"valid_until": "2027-01-31T00:00:00Z"}]})

    valid_until: Instant | None = None


class OrderDownloadOut(BaseModel):
    """One file for one line. `used` counts links ever given; null `downloads_left` and `valid_until`: no limit."""

    id: Annotated[Id, Field(examples=["grant_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    line_id: str
    sku: str
    download_id: Annotated[Id, Field(examples=["dl_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["handbook.pdf"])]
    size_bytes: int
    status: GrantStatus
    used: int
    downloads_left: int | None
    valid_until: InstantOut | None
    version: int

    @classmethod
    def of(cls, grant: Grant, order: Order, *, now: datetime) -> Self:
        """The grant as it is answered."""
        return cls(
            id=grant.id,
            line_id=grant.line.id,
            sku=grant.line.sku,
            download_id=grant.download.id,
            name=grant.download.name,
            size_bytes=grant.file.size_bytes,
            status=grant_status_of(order, grant, now=now),
            used=grant.usage.used,
            downloads_left=grant.left,
            valid_until=clock.to_text(grant.valid_until) if grant.valid_until else None,
            version=grant.usage.version,
        )


@router.get("")
async def list_order_downloads(
    order_id: str, params: Listed, call: Annotated[Call, requires("orders:read")]
) -> ListOut[OrderDownloadOut]:
    """What the buyer of an order may fetch, by line; all on one page."""
    params.after()
    granted = orders.read_grants(orders.get_order(order_id, table=call.table), table=call.table)
    page = Page(granted.grants, None)
    return page_out(page, params.scope, lambda one: OrderDownloadOut.of(one, granted.order, now=call.now))


@router.post("/{grant_id}/renew")
async def renew_order_download(
    order_id: str,
    grant_id: str,
    call: Annotated[Call, requires("orders:write")],
    response: Response,
    body: RenewalIn | None = None,
) -> OrderDownloadOut:
    """Let the buyer fetch a file as often as was sold once more. It does not make an unpaid order paid."""
    order = orders.get_order(order_id, table=call.table)

    def answer(grant: Grant) -> OrderDownloadOut:
        return OrderDownloadOut.of(grant, order, now=call.now)

    grant = orders.renew_grant(
        order_id,
        grant_id,
        valid_until=body.valid_until if body else None,
        table=call.table,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(grant), version=grant.usage.version)
