"""Bodies and answers of transfers."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec.structs import asdict
from pydantic import BaseModel, Field, StringConstraints

from inventory.names_schemas import NamingIn
from inventory.schemas import MAX_QUANTITY, LocationRef, Reason
from storekeeper.edge.fields import Id, InModel, Instant, InstantOut, Line, Sku, Text, UnitNumber, left_out
from storekeeper.inventory.tracking.model import Names
from storekeeper.inventory.transfers.drafting import Draft
from storekeeper.inventory.transfers.items import card_of
from storekeeper.inventory.transfers.lists import Row
from storekeeper.inventory.transfers.model import (
    Arrival,
    Receipt,
    Sums,
    Transfer,
    TransferLine,
    TransferStatus,
    new_lines,
)
from storekeeper.kernel import clock

MAX_ROWS = 1_000  # of a body; a transfer takes fewer, and says so

Status: TypeAlias = Literal["draft", "in_transit", "received", "closed", "cancelled"]
TransferRef: TypeAlias = Annotated[Id, Field(examples=["trf_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
Count: TypeAlias = Annotated[int, Field(ge=0, le=MAX_QUANTITY, examples=[0])]
Why: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=400, pattern=r"^[^\u0000-\u001f\u007f]*$"),
    Field(examples=["lost by the carrier"]),
]


class TransferLineIn(InModel):
    """Units of a SKU to send; each SKU has one line."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY, examples=[5])]


TransferLinesIn: TypeAlias = Annotated[
    list[TransferLineIn], Field(min_length=1, max_length=MAX_ROWS, description="At most 45; split what is longer.")
]


class TransferIn(InModel):
    """A transfer to be sent later. The source may be a closed location, the target may not."""

    source_location_id: LocationRef
    target_location_id: LocationRef
    lines: TransferLinesIn
    reference: Annotated[Line, Field(description="Your own name for it.", examples=["TR-2026-118"])] = ""
    notes: Text = ""
    expected_at: Annotated[Instant | None, Field(description="When it should arrive.")] = None

    def draft(self) -> Draft:
        """As the domain knows it."""
        return Draft(
            self.source_location_id,
            self.target_location_id,
            _lines(self.lines),
            self.reference,
            self.notes,
            self.expected_at,
        )


class TransferPatch(InModel):
    """Changes of a transfer: `lines`, replaced as a whole, of a draft; the others until it is over."""

    lines: TransferLinesIn = left_out()
    reference: Annotated[Line, Field(examples=["TR-2026-118"])] = left_out()
    notes: Text = left_out()
    expected_at: Instant | None = None

    def changes(self) -> dict[str, Any]:
        """As the domain knows them."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return given | ({"lines": _lines(self.lines)} if "lines" in given else {})


def _lines(lines: list[TransferLineIn]) -> tuple[TransferLine, ...]:
    return new_lines((line.sku, line.quantity) for line in lines)


class ArrivalIn(NamingIn):
    """What came of a SKU. All but `quantity` is booked, and needs a `reason`.

    `serials` or `batches` say which units are for the shelf, of a SKU that is tracked: as many as `quantity` and
    `found`, or none, to be named later.
    """

    sku: Sku
    quantity: Annotated[int, Field(ge=0, le=MAX_QUANTITY, description="For the shelf.", examples=[5])] = 0
    damaged: Annotated[Count, Field(description="Came, but cannot be sold.")] = 0
    missing: Annotated[Count, Field(description="Will not come.")] = 0
    found: Annotated[Count, Field(description="For the shelf as well, though more than was sent.")] = 0
    reason: Reason = ""

    def arrival(self) -> Arrival:
        """As the domain knows it."""
        counts = (self.quantity, self.damaged, self.missing, self.found)
        return Arrival(self.sku, *counts, self.reason.strip(), self.names())


class SentLineIn(NamingIn):
    """Which units of a SKU are sent."""

    sku: Sku


class DispatchIn(InModel):
    """Which units are sent, of SKUs that are tracked."""

    lines: Annotated[list[SentLineIn], Field(max_length=MAX_ROWS, default_factory=list)]

    def names(self) -> dict[str, Names]:
        """As the domain knows it."""
        return {line.sku: line.names() for line in self.lines}


class ReceiptIn(InModel):
    """What has come. Without `lines` it is all that is outstanding, by the serials and batches it was sent by."""

    lines: Annotated[list[ArrivalIn] | None, Field(min_length=1, max_length=MAX_ROWS)] = None

    def arrivals(self) -> list[Arrival] | None:
        """As the domain knows it."""
        return None if self.lines is None else [line.arrival() for line in self.lines]


class CloseIn(InModel):
    """Why nothing more will come."""

    reason: Why


class CancelTransferIn(InModel):
    """Why it is not sent, or comes back."""

    reason: Reason = ""


class UnitsOut(BaseModel):
    """Units by where they are: `dispatched` = received + damaged + missing + returned + outstanding."""

    quantity: Annotated[int, Field(description="To be sent.", examples=[5])]
    dispatched: Annotated[int, Field(examples=[5])]
    received: Annotated[int, Field(examples=[3])]
    damaged: Annotated[int, Field(examples=[0])]
    missing: Annotated[int, Field(examples=[0])]
    returned: Annotated[int, Field(description="Back at the source.", examples=[0])]
    found: Annotated[int, Field(description="Received though not sent.", examples=[0])]
    outstanding: Annotated[int, Field(description="On their way.", examples=[2])]

    @classmethod
    def of(cls, units: Sums) -> "UnitsOut":
        """The units as they are answered."""
        return cls(**asdict(units), outstanding=units.outstanding)


class NamedBatchOut(BaseModel):
    """Units of a batch."""

    number: UnitNumber
    quantity: Annotated[int, Field(examples=[12])]


class NamesOut(BaseModel):
    """Which units they are, of a SKU that is tracked."""

    serials: list[UnitNumber]
    batches: list[NamedBatchOut]


def _names(names: Names) -> dict[str, Any]:
    batches = [NamedBatchOut(number=batch.number, quantity=batch.units) for batch in names.batches]
    return {"serials": list(names.serials), "batches": batches}


class TransferLineOut(UnitsOut, NamesOut):
    """The units of one SKU. `serials` and `batches`: what was sent by name, and has not come by it."""

    sku: Sku

    @classmethod
    def of_line(cls, line: TransferLine) -> "TransferLineOut":
        """The line as it is answered."""
        return cls(sku=line.sku, **asdict(line.units), outstanding=line.units.outstanding, **_names(line.names))


class ArrivalOut(NamesOut):
    """What came of a SKU at one time. `serials` and `batches`: what was taken in by name."""

    sku: Sku
    quantity: Annotated[int, Field(examples=[3])]
    damaged: Annotated[int, Field(examples=[0])]
    missing: Annotated[int, Field(examples=[0])]
    found: Annotated[int, Field(examples=[0])]
    reason: Annotated[str, Field(examples=[""])]


class ReceiptOut(BaseModel):
    """What came at one time, and who took it in."""

    id: Annotated[Id, Field(examples=["rec_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    number: Annotated[int, Field(description="Counts from 1 within the transfer.", examples=[1])]
    received_at: InstantOut
    actor: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    lines: list[ArrivalOut]

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptOut":
        """The receipt as it is answered."""
        lines = [_arrival(arrival) for arrival in receipt.arrivals]
        at = clock.to_text(receipt.received_at)
        return cls(id=receipt.id, number=receipt.number, received_at=at, actor=receipt.actor, lines=lines)


def _arrival(arrival: Arrival) -> ArrivalOut:
    counts = {name: getattr(arrival, name) for name in ("sku", "damaged", "missing", "found", "reason")}
    return ArrivalOut(**counts, quantity=arrival.received, **_names(arrival.names))


class TransferRowOut(BaseModel):
    """A transfer in a list; `units` are those of all lines together."""

    id: TransferRef
    status: Status
    source_location_id: LocationRef
    target_location_id: LocationRef
    reference: Annotated[str, Field(examples=["TR-2026-118"])]
    line_count: Annotated[int, Field(examples=[1])]
    units: UnitsOut
    expected_at: InstantOut | None
    created_at: InstantOut
    dispatched_at: InstantOut | None
    ended_at: Annotated[InstantOut | None, Field(description="When it was received, closed or cancelled.")]
    version: int

    @classmethod
    def of(cls, row: Row) -> "TransferRowOut":
        """The transfer as a list shows it."""
        same = {name: row[name] for name in cls.model_fields.keys() & row.keys() - {"units"}}
        return cls(
            **same,
            source_location_id=row["source_id"],
            target_location_id=row["target_id"],
            line_count=len(row["skus"]),
            units=UnitsOut.of(Sums(**row["units"])),
        )


class TransferOut(TransferRowOut):
    """A transfer with its lines, and with all that has come of it, in order."""

    lines: list[TransferLineOut]
    receipts: list[ReceiptOut]
    notes: Annotated[str, Field(examples=["by hand"])]
    reason: Annotated[str, Field(description="Why it was closed or cancelled.", examples=[""])]
    updated_at: InstantOut

    @classmethod
    def of_transfer(cls, transfer: Transfer) -> "TransferOut":
        """The transfer as it is answered."""
        row = TransferRowOut.of(card_of(transfer))
        return cls(
            **row.model_dump(),
            lines=[TransferLineOut.of_line(line) for line in transfer.lines],
            receipts=[ReceiptOut.of(receipt) for receipt in transfer.receipts],
            notes=transfer.notes,
            reason=transfer.reason,
            updated_at=clock.to_text(transfer.updated_at),
        )


def status_of(status: Status | None) -> TransferStatus | None:
    """The status that a filter names."""
    return TransferStatus(status) if status else None
