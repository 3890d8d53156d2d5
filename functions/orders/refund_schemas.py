"""Refunds as merchants ask for them and see them."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from orders.wanted_schemas import MAX_LINES, WantedLineIn
from storekeeper.checkout import Refund, RefundRequest
from storekeeper.edge.fields import Amount, AmountOut, Id, InModel, InstantOut, Line
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency, Money
from storekeeper.payments import RefundState


class RefundIn(InModel):
    """What goes back. Neither `amount` nor `lines`: all that is left. Lines alone: what they cost, tax included.

    `restock`: units of the lines that have not left are taken off the order and their stock is free again; those that
    have are put back on a shelf, at `location_id` or at the first location of the store that keeps them.
    """

    amount: Amount | None = None
    lines: Annotated[
        list[WantedLineIn] | None,
        Field(min_length=1, max_length=MAX_LINES, examples=[[{"sku": "MUG-BLUE", "quantity": 1}]]),
    ] = None
    restock: bool = False
    reason: Annotated[Line, Field(examples=["Arrived broken."])] = ""
    location_id: Annotated[Id | None, Field(examples=["loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])] = None

    def request(self, currency: Currency) -> RefundRequest:
        """As the domain knows it.

        Raises:
            Invalid: `amount_malformed`.
        """
        return RefundRequest(
            reason=self.reason,
            amount=Money.parse(self.amount, currency) if self.amount is not None else None,
            lines=tuple(line.wanted() for line in self.lines or ()),
            restock=self.restock,
            return_to=LocationId(self.location_id) if self.location_id else None,
        )


class RefundedLineOut(BaseModel):
    """Units of one line that a refund was for."""

    line_id: str
    quantity: int


class RefundOut(BaseModel):
    """Money that goes back. `pending`: the provider has not said its last word, or could not be asked yet."""

    id: Annotated[str, Field(examples=["ref_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    status: RefundState
    amount: AmountOut
    lines: list[RefundedLineOut]
    restock: bool
    reason: str
    failure_code: str | None
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The refund as it is answered."""
        return cls(
            id=refund.id,
            status=refund.state,
            amount=str(refund.amount),
            lines=[RefundedLineOut(line_id=line.line_id, quantity=line.units) for line in refund.lines],
            restock=refund.restock,
            reason=refund.reason,
            failure_code=refund.failure_code,
            created_at=clock.to_text(refund.created_at),
            updated_at=clock.to_text(refund.updated_at),
        )
