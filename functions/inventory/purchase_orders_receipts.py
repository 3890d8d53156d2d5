"""Receiving purchase orders: what has come, and at which cost."""

from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from inventory.names_schemas import NamingIn
from inventory.purchase_orders_schemas import LineRef, PurchaseOrderOut, PurchaseRef, Rate, text_of
from inventory.schemas import LocationRef, Reason
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Amount, AmountOut, CurrencyCode, Id, InModel, InstantOut, Sku
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.purchasing import use_cases
from storekeeper.inventory.purchasing.exchange import ExchangeRate
from storekeeper.inventory.purchasing.items import open_notes
from storekeeper.inventory.purchasing.receiving import Arrival, Delivery, Receipt, ReceiptLine
from storekeeper.inventory.purchasing.store import get_purchase_order, list_receipts
from storekeeper.inventory.suppliers.skus.model import MAX_UNITS
from storekeeper.kernel.money import Currency, Money

router = APIRouter(prefix="/v1/purchase-orders", tags=["Purchase orders"])

MAX_LINES = 100


class PurchaseArrivalIn(NamingIn):
    """What came of a line, named by its id or by its SKU: `quantity` units for the shelf, `rejected` ones not.

    `unit_cost` is what a unit has really cost, if that is not what was agreed. `serials` or `batches` say which
    units they are, of a SKU that is tracked.
    """

    line_id: LineRef | None = None
    sku: Sku | None = None
    location_id: LocationRef | None = None
    quantity: Annotated[int, Field(ge=0, le=MAX_UNITS, examples=[12])] = 0
    rejected: Annotated[int, Field(ge=0, le=MAX_UNITS, examples=[0])] = 0
    reason: Annotated[Reason, Field(description="Why units were rejected.", examples=["broken"])] = ""
    unit_cost: Annotated[Amount, Field(examples=["4.10"])] | None = None

    @model_validator(mode="after")
    def _check_named_once(self) -> Self:
        if (self.line_id is None) is (self.sku is None):
            raise ValueError("give either line_id or sku")
        return self

    def arrival(self, row: int, currency: Currency) -> Arrival:
        """As the domain knows it."""
        field = f"lines.{row}.unit_cost"
        unit_cost = Money.parse(self.unit_cost, currency, field=field) if self.unit_cost is not None else None
        return Arrival(
            self.quantity,
            self.rejected,
            self.reason,
            unit_cost,
            self.line_id,
            self.sku,
            self.location_id,
            self.names(),
        )


class PurchaseReceiveIn(InModel):
    """What has come. `exchange_rate` counts for this receipt; without it the order's does."""

    lines: Annotated[
        list[PurchaseArrivalIn],
        Field(min_length=1, max_length=MAX_LINES, examples=[[{"sku": "MUG-BLUE", "quantity": 12}]]),
    ]
    exchange_rate: Rate | None = None
    allow_over: Annotated[bool, Field(description="More than is outstanding is meant.")] = False

    def delivery(self, currency: Currency) -> Delivery:
        """As the domain knows it."""
        rate = ExchangeRate.parse(self.exchange_rate) if self.exchange_rate else None
        arrivals = tuple(line.arrival(row, currency) for row, line in enumerate(self.lines))
        return Delivery(arrivals, rate, self.allow_over)


class PurchaseReceiptLineOut(BaseModel):
    """What came of a line. `cost` is what a unit is valued at, in the tenant's currency."""

    line_id: LineRef
    sku: Sku
    location_id: LocationRef
    quantity: Annotated[int, Field(examples=[12])]
    rejected: Annotated[int, Field(examples=[0])]
    reason: Annotated[str, Field(examples=[""])]
    unit_cost: Annotated[AmountOut, Field(examples=["4.10"])]
    cost: Annotated[AmountOut, Field(examples=["4.45"])]

    @classmethod
    def of(cls, line: ReceiptLine) -> "PurchaseReceiptLineOut":
        """The line as it is answered."""
        return cls(
            line_id=line.line_id,
            sku=line.sku,
            location_id=line.location_id,
            quantity=line.received,
            rejected=line.rejected,
            reason=line.reason,
            unit_cost=str(line.unit_cost),
            cost=str(line.cost),
        )


class PurchaseReceiptOut(BaseModel):
    """What came of a purchase order at one time."""

    id: Annotated[Id, Field(examples=["rec_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    purchase_order_id: PurchaseRef
    lines: list[PurchaseReceiptLineOut]
    currency: Annotated[CurrencyCode, Field(description="Of `unit_cost`.")]
    cost_currency: Annotated[CurrencyCode, Field(description="Of `cost`.")]
    exchange_rate: Rate | None
    actor: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    received_at: InstantOut

    @classmethod
    def of(cls, receipt: Receipt) -> "PurchaseReceiptOut":
        """The receipt as it is answered."""
        first = receipt.lines[0]
        return cls(
            id=receipt.id,
            purchase_order_id=receipt.order_id,
            lines=[PurchaseReceiptLineOut.of(line) for line in receipt.lines],
            currency=first.unit_cost.currency.code,
            cost_currency=first.cost.currency.code,
            exchange_rate=str(receipt.exchange_rate) if receipt.exchange_rate else None,
            actor=receipt.actor,
            received_at=text_of(receipt.received_at) or "",
        )


class PurchaseReceivedOut(PurchaseOrderOut):
    """A purchase order after a delivery, and the receipt of it."""

    receipt: PurchaseReceiptOut


@router.post(
    "/{purchase_order_id}/receive",
    status_code=201,
    responses={409: {"description": "Nothing is on its way, or more came than is outstanding."}},
)
async def receive_purchase_order(
    purchase_order_id: str,
    body: PurchaseReceiveIn,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
) -> PurchaseReceivedOut:
    """Take in what has come: it is on the shelf, at its cost, and no longer `incoming`, in one transaction.

    More than is outstanding: 409 `too_many_units`, unless `allow_over` is true. Rejected units have come too: what
    replaces them is another order. Costs in another currency need an `exchange_rate`.
    """

    def render(received: use_cases.Received) -> PurchaseReceivedOut:
        notes = open_notes(received.order, sealer=call.sealer())
        figures = PurchaseOrderOut.figures(received.order, notes)
        return PurchaseReceivedOut(**figures, receipt=PurchaseReceiptOut.of(received.receipt))

    received = use_cases.receive_purchase_order(
        purchase_order_id,
        body.delivery,
        table=call.table,
        settings=backend().settings.fresh(call.table),
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(render),
    )
    return tagged(response, render(received), version=received.order.version)


@router.get("/{purchase_order_id}/receipts")
async def list_purchase_receipts(
    purchase_order_id: str, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[PurchaseReceiptOut]:
    """What came of a purchase order, oldest first."""
    order = get_purchase_order(purchase_order_id, table=call.table)
    page = list_receipts(order, after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, PurchaseReceiptOut.of)
