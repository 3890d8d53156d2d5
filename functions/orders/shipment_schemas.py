"""Shipments, and where units lie, as merchants see them."""

from typing import Self

from pydantic import BaseModel

from storekeeper.edge.fields import InstantOut
from storekeeper.inventory import SkuPick
from storekeeper.kernel import clock
from storekeeper.orders import Shipment


class AllocationOut(BaseModel):
    """Units of a SKU from one location."""

    sku: str
    location_id: str
    bucket: int
    quantity: int

    @classmethod
    def of(cls, pick: SkuPick) -> Self:
        """The pick as it is answered."""
        return cls(sku=pick.sku, location_id=pick.location_id, bucket=pick.bucket, quantity=pick.units)


class ShippedLineOut(BaseModel):
    """Units of one line in a shipment."""

    line_id: str
    sku: str
    quantity: int


class ShipmentOut(BaseModel):
    """Units that left together, and from where. `digital`: they were handed over by themselves, once they were paid."""

    id: str
    lines: list[ShippedLineOut]
    allocations: list[AllocationOut]
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: InstantOut
    digital: bool

    @classmethod
    def of(cls, shipment: Shipment) -> Self:
        """The shipment as it is answered."""
        return cls(
            id=shipment.id,
            lines=[
                ShippedLineOut(line_id=line.line_id, sku=line.sku, quantity=line.quantity) for line in shipment.lines
            ],
            allocations=[AllocationOut.of(pick) for pick in shipment.picks],
            carrier=shipment.carrier,
            tracking_number=shipment.tracking_number,
            tracking_url=shipment.tracking_url,
            shipped_at=clock.to_text(shipment.shipped_at),
            digital=shipment.digital,
        )
