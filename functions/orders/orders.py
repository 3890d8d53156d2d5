"""Routes of orders: list, statistics, read, change of details, notes, timeline."""

from datetime import date, timedelta
from functools import partial
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from orders.schemas import OrderOut, OrderRowOut, SalesOut, StatisticsOut, TimelineEntryOut
from storekeeper import orders
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Email, Id, InModel, Instant, InstantOut, Tag, Text, left_out
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page
from storekeeper.orders import (
    DetailsPatch,
    FulfillmentStatus,
    Note,
    OrderFilters,
    OrderStatus,
    PaymentStatus,
    Row,
    Visibility,
)
from storekeeper.tenancy import Settings

MAX_TAGS = 50
MAX_METADATA = 50
MAX_DAYS = 366

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


class Filters:
    """Which orders are listed."""

    def __init__(
        self,
        status: OrderStatus | None = None,
        payment_status: PaymentStatus | None = None,
        fulfillment_status: FulfillmentStatus | None = None,
        tag: Annotated[Tag | None, Query()] = None,
        placed_from: Annotated[Instant | None, Query(alias="from", description="Placed then or later.")] = None,
        placed_until: Annotated[Instant | None, Query(alias="to", description="Placed before then.")] = None,
    ) -> None:
        self.wanted = OrderFilters(status, payment_status, fulfillment_status, tag, placed_from, placed_until)


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


class NoteIn(InModel):
    """A remark; `customer` notes are for the shopper's eyes too."""

    text: Annotated[Text, Field(min_length=1, examples=["Asked for a new lid."])]
    visibility: Annotated[Visibility, Field(strict=False)] = Visibility.INTERNAL


class NoteOut(BaseModel):
    """A remark and who made it."""

    id: str
    text: str
    visibility: Visibility
    author: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    created_at: InstantOut

    @classmethod
    def of(cls, note: Note) -> Self:
        """The note as it is answered."""
        return cls(
            id=note.id,
            text=note.text,
            visibility=note.visibility,
            author=note.author,
            created_at=clock.to_text(note.created_at),
        )


@router.get("")
async def list_orders(
    params: Listed,
    filters: Annotated[Filters, Depends()],
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
        page = orders.list_orders_by_number(number, stores, filters.wanted, table=call.table)
    elif email is not None:
        page = orders.list_orders_of_buyer(
            call.sealer().blind(email),
            stores,
            filters.wanted,
            after=params.after(),
            limit=params.limit,
            table=call.table,
        )
    else:
        page = orders.list_orders(
            stores,
            filters.wanted,
            since=settings.tenant.created_at,
            after=params.after(),
            limit=params.limit,
            table=call.table,
            now=call.now,
        )
    return page_out(page, params.scope, OrderRowOut.of)


@router.get("/statistics")
async def read_order_statistics(
    call: Annotated[Call, requires("orders:read")],
    store_id: Annotated[Id, Query()],
    first: Annotated[date, Query(alias="from", description="The first day (UTC).", examples=["2026-11-01"])],
    last: Annotated[date, Query(alias="to", description="The last day, included.", examples=["2026-11-30"])],
    period: Literal["day", "month"] = "day",
) -> StatisticsOut:
    """A store's sales by the day or month on which orders were placed; periods without sales are left out.

    Counted are accepted orders: not those pending, cancelled or made as a test. Figures are seconds behind.
    """
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
        raise Invalid.field("to", "range_too_long", f"Ask for 1 to {MAX_DAYS} days.")
    store = backend().settings.fresh(call.table).store(store_id)
    sales = orders.read_sales(store.id, first=first, last=last, by_month=period == "month", table=call.table)
    totals = orders.total_sales(sales, period=f"{first.isoformat()}/{last.isoformat()}")
    return StatisticsOut(data=[SalesOut.of(one) for one in sales], totals=[SalesOut.of(one) for one in totals])


@router.get("/{order_id}")
async def read_order(order_id: str, call: Annotated[Call, requires("orders:read")], response: Response) -> OrderOut:
    """One order, with lines, amounts, payment, shipments, and where its units are reserved."""
    shipped = orders.read_shipped(order_id, table=call.table)
    return tagged(response, OrderOut.of(shipped, sealer=call.sealer()), version=shipped.order.version)


@router.patch("/{order_id}")
async def patch_order(
    order_id: str, body: OrderPatch, call: Annotated[Call, requires("orders:write")], response: Response
) -> OrderOut:
    """Change tags, gift message or metadata."""
    sealer = call.sealer()
    shipped = orders.change_details(
        order_id, body.patch(), check_version=call.check_version, table=call.table, sealer=sealer, now=call.now
    )
    return tagged(response, OrderOut.of(shipped, sealer=sealer), version=shipped.order.version)


@router.post("/{order_id}/notes", status_code=201)
async def add_order_note(order_id: str, body: NoteIn, call: Annotated[Call, requires("orders:write")]) -> NoteOut:
    """Put a note beside an order."""
    note = orders.add_note(
        order_id,
        text=body.text,
        visibility=body.visibility,
        table=call.table,
        sealer=call.sealer(),
        now=call.now,
        remember=call.remembering(NoteOut.of),
    )
    return NoteOut.of(note)


@router.get("/{order_id}/notes")
async def list_order_notes(
    order_id: str, params: Listed, call: Annotated[Call, requires("orders:read")]
) -> ListOut[NoteOut]:
    """The notes of an order, oldest first."""
    order = orders.get_order(order_id, table=call.table)
    read = partial(orders.read_notes, order.id, table=call.table, sealer=call.sealer())
    return page_out(read(after=params.after(), limit=params.limit), params.scope, NoteOut.of)


@router.get("/{order_id}/timeline")
async def read_order_timeline(
    order_id: str, params: Listed, call: Annotated[Call, requires("orders:read")]
) -> ListOut[TimelineEntryOut]:
    """Everything that happened to an order, oldest first; seconds behind."""
    order = orders.get_order(order_id, table=call.table)
    page = orders.read_timeline(order.id, table=call.table, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, TimelineEntryOut.of)


def _stores(settings: Settings, store_id: str | None) -> tuple[StoreId, ...]:
    """The store that is asked for, or all; a store that is not the tenant's has no orders."""
    return tuple(one for one in settings.stores if store_id in (None, one))
