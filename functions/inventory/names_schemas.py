"""Which units come or go, of a SKU whose units are told apart: members of bodies that move stock."""

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import Field

from storekeeper.edge.fields import Id, InModel, UnitNumber
from storekeeper.inventory.tracking.model import BatchUnits, Names

MAX_NAMES = 100  # of a body; what fits is told, see MAX_NAMED
MAX_UNITS = 1_000_000_000

Serials: TypeAlias = Annotated[
    list[UnitNumber],
    Field(max_length=MAX_NAMES, description="Of a SKU that is tracked by serial: one for each unit."),
]
Day: TypeAlias = Annotated[date, Field(strict=False, description="The last day on which it may be sold.")]


class BatchUnitsIn(InModel):
    """Units of a batch. When it expires, and who supplied it, is said when it first comes."""

    number: UnitNumber
    quantity: Annotated[int, Field(ge=1, le=MAX_UNITS, examples=[12])]
    expires_on: Day | None = None
    supplier_id: Id | None = None

    def units(self) -> BatchUnits:
        """As the domain knows it."""
        return BatchUnits(self.number, self.quantity, self.expires_on, self.supplier_id)


Batches: TypeAlias = Annotated[
    list[BatchUnitsIn],
    Field(max_length=MAX_NAMES, description="Of a SKU that is tracked by batch: how many units of each."),
]


class NamingIn(InModel):
    """Which units they are; they must be as many as are counted."""

    serials: Serials = Field(default_factory=list)
    batches: Batches = Field(default_factory=list)

    def names(self) -> Names:
        """As the domain knows it."""
        return Names(tuple(self.serials), tuple(batch.units() for batch in self.batches))
