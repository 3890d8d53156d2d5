"""Which units leave with an order, of SKUs whose units are told apart; and those that are put aside for it."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from orders.wanted_schemas import MAX_LINES, WantedLineIn
from storekeeper.edge.fields import InModel, Quantity, Sku, UnitNumber
from storekeeper.inventory import BatchUnits, Names
from storekeeper.kernel.errors import Invalid
from storekeeper.orders.shipments.assigning import Assigned


class PickedBatchIn(InModel):
    """Units of a batch."""

    number: UnitNumber
    quantity: Quantity


class LeavingLineIn(WantedLineIn):
    """Units of one line, and which ones. Without `batches`, what expires first leaves first."""

    serials: Annotated[list[UnitNumber], Field(max_length=MAX_LINES, default_factory=list)]
    batches: Annotated[list[PickedBatchIn], Field(max_length=MAX_LINES, default_factory=list)]


class LeavingUnitsIn(InModel):
    """Which units of a SKU leave: of a component too, which no line names."""

    sku: Sku
    serials: Annotated[list[UnitNumber], Field(max_length=MAX_LINES, default_factory=list)]
    batches: Annotated[list[PickedBatchIn], Field(max_length=MAX_LINES, default_factory=list)]


class AssignIn(InModel):
    """Units of a SKU, by serial."""

    sku: Sku
    serials: Annotated[list[UnitNumber], Field(min_length=1, max_length=80)]


class AssignedSerialOut(BaseModel):
    """A unit that is put aside."""

    id: str
    number: str
    location_id: str | None


class AssignedOut(BaseModel):
    """Units of a SKU that are put aside for an order."""

    order_id: str
    sku: str
    serials: list[AssignedSerialOut]

    @classmethod
    def of(cls, assigned: Assigned) -> "AssignedOut":
        """As it is answered."""
        serials = [
            AssignedSerialOut(id=one.id, number=one.number, location_id=one.location_id) for one in assigned.serials
        ]
        return cls(order_id=assigned.order_id, sku=assigned.sku, serials=serials)


def names_of(lines: Iterable[LeavingLineIn | LeavingUnitsIn]) -> dict[str, Names]:
    """What is named of each SKU.

    Raises:
        Invalid: `sku_missing`, a line with names does not say its SKU.
    """
    names: dict[str, Names] = {}
    for row, line in enumerate(lines):
        if not (line.serials or line.batches):
            continue
        if line.sku is None:
            raise Invalid.field(f"lines.{row}.sku", "sku_missing", "Name the line by its sku where units are named.")
        before = names.get(line.sku, Names())
        batches = tuple(BatchUnits(batch.number, batch.quantity) for batch in line.batches)
        names[line.sku] = Names((*before.serials, *line.serials), (*before.batches, *batches))
    return names
