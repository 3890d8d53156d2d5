"""Routes of orders: list, read, change of details."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, StringConstraints

from orders.answers import rendering_shipped
from orders.schemas import OrderOut, OrderRowOut
from storekeeper import orders
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Email, Id, InModel, Instant, Tag, Text, left_out
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page
from storekeeper.orders import FulfillmentStatus, OrderStatus, PaymentStatus, details, lists
from storekeeper.orders.details import DetailsPatch
from storekeeper.orders.lists import OrderFilters, Row
from storekeeper.tenancy import Settings

MAX_TAGS = 50
MAX_METADATA = 50

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


async def _wanted(
    status: OrderStatus | None = None,
    payment_status: PaymentStatus | None = None,
    fulfillment_status: FulfillmentStatus | None = None,
    tag: Annotated[Tag | None, Query()] = None,
    placed_from: Annotated[Instant | None, Query(alias="from", description="Placed then or later.")] = None,
    placed_until: Annotated[Instant | None, Query(alias="to", description="Placed before then.")] = None,
) -> OrderFilters:
    return OrderFilters(status, payment_status, fulfillment_status, tag, placed_from, placed_until)


class OrderPatch(InModel):
    """What can be changed on an order at any time. `metadata` is merged; a null member is removed, null empties it."""

    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS, examples=[["gift"]])] = left_out()
    gift_message: Annotated[Text | None, Field(examples=["Happy birthday!"])] = None
    metadata: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(pattern=r"^[!-~]{1,40}$")],
                Annotated[str, StringConstraints(max_length=500)] | None,
            ],
            Field(max_length=MAX_METADATA, examples=[{"crm_id": "4711"}]),
        ]
        | None
    ) = None

    def patch(self) -> DetailsPatch:
        """As the domain knows it."""
        given = frozenset(self.model_fields_set)
        tags = tuple(self.tags) if "tags" in given else ()
        return DetailsPatch(given, tags, self.gift_message or None, self.metadata)


@router.get("")
async def list_orders(
    params: Listed,
    wanted: Annotated[OrderFilters, Depends(_wanted)],
    call: Annotated[Call, requires("orders:read")],
    store_id: Annotated[Id | None, Query(description="Of one store; else of all.")] = None,
    email: Annotated[Email | None, Query(description="Placed with this address.")] = None,
    number: Annotated[str | None, Query(max_length=64, description="With this number.")] = None,
) -> ListOut[OrderRowOut]:
    """Orders, newest first. With filters a page may be shorter than `limit` and still have a next one."""
    settings = backend().settings.fresh(call.table)
    stores = _stores(settings, store_id)
    page: Page[Row]
    if number is not None:
        page = lists.list_orders_by_number(number, stores, wanted, table=call.table)
    elif email is not None:
        page = lists.list_orders_of_buyer(
            call.sealer().blind(email),
            stores,
            wanted,
            after=params.after(),
            limit=params.limit,
            table=call.table,
        )
    else:
        page = lists.list_orders(
            stores,
            wanted,
            since=settings.tenant.created_at,
            after=params.after(),
            limit=params.limit,
            table=call.table,
            now=call.now,
        )
    return page_out(page, params.scope, OrderRowOut.of)


@router.get("/{order_id}")
async def read_order(order_id: str, call: Annotated[Call, requires("orders:read")], response: Response) -> OrderOut:
    """One order, with lines, amounts, payment, shipments, and where its units are reserved."""
    shipped = orders.read_shipped(order_id, table=call.table)
    return tagged(response, rendering_shipped(call)(shipped), version=shipped.order.version)


@router.patch("/{order_id}")
async def patch_order(
    order_id: str, body: OrderPatch, call: Annotated[Call, requires("orders:write")], response: Response
) -> OrderOut:
    """Change tags, gift message or metadata."""
    shipped = details.change_details(
        order_id, body.patch(), check_version=call.check_version, table=call.table, sealer=call.sealer(), now=call.now
    )
    return tagged(response, rendering_shipped(call)(shipped), version=shipped.order.version)


def _stores(settings: Settings, store_id: str | None) -> tuple[StoreId, ...]:
    """The store that is asked for, or all; a store that is not the tenant's has no orders."""
    return tuple(one for one in settings.stores if store_id in (None, one))
