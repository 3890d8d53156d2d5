"""Bodies and answers of tracking, serials and batches."""

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from inventory.names_schemas import NamingIn
from inventory.schemas import LocationRef, Reason
from storekeeper.edge.fields import Id, InModel, InstantOut, Sku
from storekeeper.inventory import Level
from storekeeper.inventory.tracking.batches.items import BatchSale, card_of
from storekeeper.inventory.tracking.batches.model import Batch
from storekeeper.inventory.tracking.batches.store import Row as BatchRow
from storekeeper.inventory.tracking.model import Mode
from storekeeper.inventory.tracking.serials import items as serials
from storekeeper.inventory.tracking.serials.model import Serial, Step
from storekeeper.inventory.tracking.serials.store import Row as SerialRow
from storekeeper.inventory.tracking.use_cases import Tracking
from storekeeper.kernel import clock

TrackingName: TypeAlias = Literal["none", "serial", "batch"]
SerialStatusName: TypeAlias = Literal["in_stock", "reserved", "in_transit", "sold", "returned", "written_off"]
SerialRef: TypeAlias = Annotated[Id, Field(examples=["ser_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
BatchRef: TypeAlias = Annotated[Id, Field(examples=["bat_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
Count: TypeAlias = Annotated[int, Field(examples=[12])]


class TrackingIn(InModel):
    """By what the units of the SKU are told apart."""

    tracking: TrackingName = Field(examples=["serial"])

    def mode(self) -> Mode | None:
        """As the domain knows it."""
        return None if self.tracking == "none" else Mode(self.tracking)


class TrackedLevelOut(BaseModel):
    """Units at a location: `unnamed` ones have no serial yet, or lie in no batch."""

    location_id: LocationRef
    on_hand: Count
    named: Count
    unnamed: Count

    @classmethod
    def of(cls, level: Level) -> "TrackedLevelOut":
        """The level as it is answered."""
        unnamed = level.on_hand - level.named
        return cls(location_id=level.location_id, on_hand=level.on_hand, named=level.named, unnamed=unnamed)


class TrackingOut(BaseModel):
    """How the units of a SKU are told apart, and how many are not yet."""

    sku: Sku
    tracking: TrackingName
    locations: list[TrackedLevelOut]
    version: Annotated[int, Field(examples=[1])]

    @classmethod
    def of(cls, tracking: Tracking) -> "TrackingOut":
        """How it is answered."""
        mode: TrackingName = tracking.mode.value if tracking.mode else "none"
        locations = [TrackedLevelOut.of(level) for level in tracking.levels] if tracking.mode else []
        return cls(sku=tracking.sku, tracking=mode, locations=locations, version=tracking.version)


class NameStockIn(NamingIn):
    """Units that lie at a location, and have no name yet."""

    sku: Sku
    location_id: LocationRef


class SerialMoveIn(InModel):
    """Why."""

    reason: Reason = ""


class StepOut(BaseModel):
    """One thing that became of a unit."""

    status: SerialStatusName
    at: InstantOut
    actor: str
    reference_type: Annotated[str, Field(examples=["order"])]
    reference_id: Annotated[str, Field(examples=["ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    location_id: LocationRef | None
    reason: str

    @classmethod
    def of(cls, step: Step) -> "StepOut":
        """The step as it is answered."""
        same = ("actor", "reference_type", "reference_id", "location_id", "reason")
        figures: dict[str, Any] = {name: getattr(step, name) for name in same}
        return cls(status=step.status.value, at=clock.to_text(step.at), **figures)


class SerialRowOut(BaseModel):
    """One unit of a SKU. `location_id` while it lies there, `order_id` while it is reserved, sold or returned."""

    id: SerialRef
    sku: Sku
    number: Annotated[str, Field(examples=["SN-2026-000118"])]
    status: SerialStatusName
    location_id: LocationRef | None
    order_id: Annotated[Id, Field(examples=["ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])] | None
    updated_at: InstantOut
    version: Annotated[int, Field(examples=[3])]

    @classmethod
    def of(cls, row: SerialRow) -> "SerialRowOut":
        """The row as it is answered."""
        return cls(**row)


class SerialOut(SerialRowOut):
    """One unit of a SKU, with all that became of it, oldest first. Who has it: see its order."""

    history: list[StepOut]

    @classmethod
    def of_serial(cls, serial: Serial) -> "SerialOut":
        """The serial as it is answered."""
        return cls(**serials.card_of(serial), history=[StepOut.of(step) for step in serial.history])


class BatchOut(BaseModel):
    """Units of a SKU that expire together: `units` are left, by location; `expired` once that was told."""

    id: BatchRef
    sku: Sku
    number: Annotated[str, Field(examples=["LOT-7"])]
    expires_on: date | None
    supplier_id: str | None
    received_at: InstantOut
    units: Annotated[dict[str, int], Field(examples=[{"loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD": 12}])]
    left: Count
    sold: Count
    expired: bool
    version: Annotated[int, Field(examples=[3])]

    @classmethod
    def of(cls, row: BatchRow) -> "BatchOut":
        """The row as it is answered."""
        return cls(**row)

    @classmethod
    def of_batch(cls, batch: Batch) -> "BatchOut":
        """The batch as it is answered."""
        return cls(**card_of(batch))


class BatchSaleOut(BaseModel):
    """Units of a batch that left with a shipment of an order."""

    batch_id: BatchRef
    sku: Sku
    number: Annotated[str, Field(examples=["LOT-7"])]
    order_id: Annotated[Id, Field(examples=["ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    shipment_id: Annotated[Id, Field(examples=["shp_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    units: Count
    sold_at: InstantOut

    @classmethod
    def of(cls, sale: BatchSale) -> "BatchSaleOut":
        """The sale as it is answered."""
        same = ("batch_id", "sku", "number", "order_id", "shipment_id", "units")
        figures: dict[str, Any] = {name: getattr(sale, name) for name in same}
        return cls(**figures, sold_at=clock.to_text(sale.sold_at))


class BatchPickOut(BaseModel):
    """Units of a batch that are to be picked."""

    batch_id: BatchRef
    number: Annotated[str, Field(examples=["LOT-7"])]
    expires_on: date | None
    quantity: Count

    @classmethod
    def of(cls, batch: Batch, units: int) -> "BatchPickOut":
        """The pick as it is answered."""
        return cls(batch_id=batch.id, number=batch.number, expires_on=batch.expires_on, quantity=units)


class BatchPicksOut(BaseModel):
    """Which batches to pick from, in this order."""

    data: list[BatchPickOut]
