"""Lines of an order as a merchant names them, to let them leave or to send their money back."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from storekeeper.edge.fields import InModel, Quantity, Sku
from storekeeper.orders import Wanted

MAX_LINES = 100


class WantedLineIn(InModel):
    """Units of one line: named by its id, or by its SKU."""

    line_id: Annotated[str | None, Field(max_length=64)] = None
    sku: Sku | None = None
    quantity: Quantity

    @model_validator(mode="after")
    def _check_named_once(self) -> Self:
        if (self.line_id is None) is (self.sku is None):
            raise ValueError("give either line_id or sku")
        return self

    def wanted(self) -> Wanted:
        """As the domain knows it."""
        return Wanted(self.quantity, self.line_id, self.sku)
