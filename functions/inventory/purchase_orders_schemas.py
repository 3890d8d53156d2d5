"""Bodies and answers of purchase orders."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from inventory.schemas import LocationRef, Reason
from inventory.suppliers_schemas import SupplierRef, Units
from storekeeper.edge.fields import (
    Amount,
    AmountOut,
    CurrencyCode,
    Id,
    InModel,
    Instant,
    InstantOut,
    Line,
    Sku,
    Text,
    left_out,
)
from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.exchange import PATTERN, ExchangeRate
from storekeeper.inventory.purchasing.lists import OnTheWay
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder
from storekeeper.inventory.purchasing.planning import Draft
from storekeeper.kernel import clock
from storekeeper.kernel.money import Currency, Money

MAX_LINES_SENT = 500  # beyond what an order may have, so that it is refused in words

Status: TypeAlias = Literal["draft", "sent", "partially_received", "received", "closed_short", "cancelled"]
PurchaseRef: TypeAlias = Annotated[Id, Field(examples=["pur_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
LineRef: TypeAlias = Annotated[Id, Field(examples=["pol_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
Rate: TypeAlias = Annotated[
    str,
    Field(
        pattern=PATTERN,
        description="What one unit of the supplier's currency costs in the tenant's, where they differ.",
        examples=["1.0842"],
    ),
]


class PurchaseLineIn(InModel):
    """Units of a SKU for a location. Left out: the supplier's cost, the default location, the order's date."""

    sku: Sku
    quantity: Units
    unit_cost: Annotated[Amount, Field(examples=["4.00"])] | None = None
    location_id: LocationRef | None = None
    expected_at: Instant | None = None

    def wanted(self, row: int, currency: Currency) -> WantedLine:
        """As the domain knows it."""
        field = f"lines.{row}.unit_cost"
        unit_cost = Money.parse(self.unit_cost, currency, field=field) if self.unit_cost is not None else None
        return WantedLine(self.sku, self.quantity, unit_cost, self.location_id, self.expected_at)


PurchaseLines: TypeAlias = Annotated[
    list[PurchaseLineIn], Field(min_length=1, max_length=MAX_LINES_SENT, description="At most 90.")
]


def wanted_lines(lines: list[PurchaseLineIn], currency: Currency) -> tuple[WantedLine, ...]:
    """As the domain knows them."""
    return tuple(line.wanted(row, currency) for row, line in enumerate(lines))


class PurchaseOrderIn(InModel):
    """A new purchase order. It is a draft until it is sent. `reference` is the supplier's own number for it."""

    supplier_id: SupplierRef
    lines: PurchaseLines
    reference: Annotated[Line, Field(examples=["AB-2026-17"])] = ""
    notes: Text = ""
    exchange_rate: Rate | None = None
    expected_at: Instant | None = None

    def draft(self) -> Draft:
        """As the domain knows it."""
        return Draft(
            supplier_id=self.supplier_id,
            lines=lambda currency: wanted_lines(self.lines, currency),
            reference=self.reference,
            notes=self.notes,
            exchange_rate=ExchangeRate.parse(self.exchange_rate) if self.exchange_rate else None,
            expected_at=self.expected_at,
        )


class PurchaseOrderPatch(InModel):
    """Changes of a purchase order, as a merge patch; lines are replaced as a whole, in a draft only."""

    lines: PurchaseLines = left_out()
    reference: Annotated[Line, Field(examples=["AB-2026-17"])] = left_out()
    notes: Text = left_out()
    exchange_rate: Rate | None = None
    expected_at: Instant | None = None

    def changes(self) -> dict[str, Any]:
        """What is changed, but for lines and notes."""
        changes = self.model_dump(exclude_unset=True, exclude={"lines", "notes"})
        if changes.get("exchange_rate"):
            changes["exchange_rate"] = ExchangeRate.parse(changes["exchange_rate"])
        return changes


class PurchaseSendIn(InModel):
    """What was settled with the supplier, who takes the order though it is too small, or not of whole packs."""

    override_minimum: bool = False
    override_packs: bool = False

    def override(self) -> frozenset[str]:
        """The codes that count for nothing."""
        minimum = {"below_minimum_order", "below_minimum_quantity"} if self.override_minimum else set()
        return frozenset(minimum | ({"not_whole_packs"} if self.override_packs else set()))


class PurchaseEndIn(InModel):
    """Why nothing more comes; the movements of stock show it."""

    reason: Reason = ""


class PurchaseUnitsOut(BaseModel):
    """Units, by where they are: on the shelf, rejected, not coming, yet to come."""

    quantity: Annotated[int, Field(examples=[24])]
    received: Annotated[int, Field(examples=[12])]
    rejected: Annotated[int, Field(examples=[0])]
    short: Annotated[int, Field(examples=[0])]
    outstanding: Annotated[int, Field(examples=[12])]


class PurchaseLineOut(PurchaseUnitsOut):
    """A line of a purchase order. Amounts are in the order's currency."""

    id: LineRef
    sku: Sku
    supplier_sku: Annotated[str, Field(examples=["LW-4711"])] | None
    location_id: LocationRef
    unit_cost: Annotated[AmountOut, Field(examples=["4.00"])]
    total: Annotated[AmountOut, Field(examples=["96.00"])]
    received_cost: Annotated[AmountOut, Field(description="Of what was received.", examples=["48.00"])]
    expected_at: InstantOut | None

    @classmethod
    def of(cls, line: PurchaseLine) -> "PurchaseLineOut":
        """The line as it is answered."""
        units = {name: getattr(line, name) for name in PurchaseUnitsOut.model_fields}
        return cls(
            **units,
            id=line.id,
            sku=line.sku,
            supplier_sku=line.supplier_sku,
            location_id=line.location_id,
            unit_cost=str(line.unit_cost),
            total=str(line.total),
            received_cost=str(line.received_cost),
            expected_at=text_of(line.expected_at),
        )


class PurchaseOrderSharedOut(BaseModel):
    """What lists and single orders show. Amounts are in the supplier's currency."""

    id: PurchaseRef
    number: Annotated[str, Field(examples=["PO-1001"])]
    supplier_id: SupplierRef
    supplier_name: Annotated[str, Field(examples=["Lantern Works"])]
    status: Status
    currency: CurrencyCode
    total: Annotated[AmountOut, Field(examples=["96.00"])]
    received_total: Annotated[AmountOut, Field(description="What was received has cost.", examples=["48.00"])]
    outstanding_total: Annotated[AmountOut, Field(examples=["48.00"])]
    units: PurchaseUnitsOut
    reference: Annotated[str, Field(examples=["AB-2026-17"])]
    expected_at: InstantOut | None
    sent_at: InstantOut | None
    created_at: InstantOut
    updated_at: InstantOut
    version: int


class PurchaseOrderRowOut(PurchaseOrderSharedOut):
    """A purchase order in a list."""

    skus: list[Sku]
    location_ids: list[LocationRef]

    @classmethod
    def of(cls, row: dict[str, Any]) -> "PurchaseOrderRowOut":
        """The row as it is answered."""
        return cls(**row)


class PurchaseOrderOut(PurchaseOrderSharedOut):
    """A purchase order. `ended_at`, `ending_reason`: when nothing more came, and why it was given up."""

    lines: list[PurchaseLineOut]
    notes: str
    exchange_rate: Rate | None
    ended_at: InstantOut | None
    ending_reason: str

    @classmethod
    def figures(cls, order: PurchaseOrder, notes: str) -> dict[str, Any]:
        """The order's members as they are answered."""
        return {
            "id": order.id,
            "number": order.number,
            "supplier_id": order.supplier_id,
            "supplier_name": order.supplier_name,
            "status": order.status.value,
            "currency": order.currency.code,
            "total": str(order.total),
            "received_total": str(order.received_total),
            "outstanding_total": str(order.outstanding_total),
            "units": PurchaseUnitsOut(**{name: order.units(name) for name in PurchaseUnitsOut.model_fields}),
            "reference": order.reference,
            "expected_at": text_of(order.expected_at),
            "sent_at": text_of(order.sent_at),
            "created_at": text_of(order.created_at),
            "updated_at": text_of(order.updated_at),
            "version": order.version,
            "lines": [PurchaseLineOut.of(line) for line in order.lines],
            "notes": notes,
            "exchange_rate": str(order.exchange_rate) if order.exchange_rate else None,
            "ended_at": text_of(order.ended_at),
            "ending_reason": order.ending_reason,
        }


class CurrencyTotalOut(BaseModel):
    """An amount in a currency of its own."""

    currency: CurrencyCode
    amount: Annotated[AmountOut, Field(examples=["48.00"])]


class PurchasesOnTheWayOut(BaseModel):
    """What is on its way altogether. `overdue` orders should have come. `more`: there are orders not added up."""

    orders: Annotated[int, Field(examples=[3])]
    overdue: Annotated[int, Field(examples=[1])]
    units: Annotated[int, Field(examples=[120])]
    totals: list[CurrencyTotalOut]
    more: bool

    @classmethod
    def of(cls, summed: OnTheWay) -> "PurchasesOnTheWayOut":
        """The sums as they are answered."""
        totals = [CurrencyTotalOut(currency=code, amount=str(amount)) for code, amount in summed.totals.items()]
        return cls(
            orders=summed.orders, overdue=summed.overdue, units=summed.units, totals=totals, more=not summed.is_whole
        )


def text_of(at: datetime | None) -> str | None:
    """An instant as it is answered."""
    return clock.to_text(at) if at else None
