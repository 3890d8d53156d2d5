"""Bodies and answers of levels, adjustments and movements."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, RootModel, StringConstraints, model_validator

from inventory.names_schemas import NamingIn
from storekeeper.edge.fields import AmountOut, Id, InModel, InstantOut, Sku
from storekeeper.inventory import Level, MovementType, StockState
from storekeeper.inventory.adjustments.model import Adjustment, Outcome
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel import clock
from storekeeper.kernel.money import Currency, Money

MAX_ROWS = 100
MAX_QUANTITY = 1_000_000_000

AdjustmentType: TypeAlias = Literal["adjustment", "restock", "damage", "return", "expired"]
State: TypeAlias = Literal["ok", "low", "critical", "out"]
MovementName: TypeAlias = Literal[
    "adjustment",
    "restock",
    "damage",
    "return",
    "expired",
    "hold",
    "release",
    "sale",
    "transfer",
    "reconciliation",
]
LocationRef: TypeAlias = Annotated[Id, Field(examples=["loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
Reason: TypeAlias = Annotated[
    str, StringConstraints(max_length=500, pattern=r"^[^\u0000-\u001f\u007f]*$"), Field(examples=["delivery"])
]


class AdjustmentIn(NamingIn):
    """Units found on the shelf, or missing from it. Restock and return are positive, damage and expired negative.

    Of a SKU that is tracked, `serials` or `batches` say which units; what comes may be named later.
    """

    sku: Sku
    type: AdjustmentType = Field(examples=["restock"])
    quantity: Annotated[int, Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY, examples=[20], description="Signed, not 0.")]
    reason: Reason = ""
    location_id: LocationRef | None = Field(default=None, description="The default location if left out.")

    def adjustment(self) -> Adjustment:
        """As the domain knows it."""
        kind = MovementType(self.type)
        return Adjustment(self.sku, kind, self.quantity, self.reason, self.location_id, self.names())


class AdjustmentsIn(InModel):
    """Several adjustments, each of which stands for itself."""

    adjustments: Annotated[list[AdjustmentIn], Field(min_length=1, max_length=MAX_ROWS)]


class AdjustmentsBody(RootModel[AdjustmentIn | AdjustmentsIn]):
    """One adjustment, or `adjustments`."""

    @model_validator(mode="before")
    @classmethod
    def _choose(cls, body: Any) -> Any:
        """Judge the body as what it means to be, so that faults name its fields and not both forms'."""
        if not isinstance(body, dict):
            return body
        return (AdjustmentsIn if "adjustments" in body else AdjustmentIn).model_validate(body)


class LevelOut(BaseModel):
    """Stock of a SKU at a location: `available` = on_hand - reserved - safety_stock."""

    sku: Sku
    location_id: LocationRef
    on_hand: Annotated[int, Field(examples=[20])]
    reserved: Annotated[int, Field(examples=[0])]
    available: Annotated[int, Field(examples=[20])]
    incoming: Annotated[int, Field(examples=[0])]
    safety_stock: Annotated[int, Field(examples=[0])]
    version: Annotated[int, Field(examples=[1])]

    @classmethod
    def of(cls, level: Level) -> "LevelOut":
        """The level as it is answered."""
        return cls(**_figures(level))


class LevelRowOut(LevelOut):
    """A level in a list, with its status: `low` at most 10 available, `critical` at most 3, `out` none."""

    status: State

    @classmethod
    def of(cls, level: Level) -> "LevelRowOut":
        """The level as a list shows it."""
        return cls(**_figures(level), status=level.state.value)


def _figures(level: Level) -> dict[str, Any]:
    return {name: getattr(level, name) for name in LevelOut.model_fields}


class RefusalOut(BaseModel):
    """Why an adjustment was not made."""

    code: Annotated[str, Field(examples=["sku_unknown"])]
    detail: Annotated[str, Field(examples=["No variant has this SKU."])]


class OutcomeOut(BaseModel):
    """What became of one adjustment: the level after it, or why not."""

    row: Annotated[int, Field(description="Its place in `adjustments`, from 0.", examples=[0])]
    outcome: Literal["applied", "refused"]
    level: LevelOut | None
    error: RefusalOut | None


class OutcomesOut(BaseModel):
    """What became of each adjustment, in the order in which they were sent."""

    results: list[OutcomeOut]
    applied: Annotated[int, Field(examples=[1])]
    refused: Annotated[int, Field(examples=[0])]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "OutcomesOut":
        """The outcomes as they are answered."""
        applied = sum(outcome.level is not None for outcome in outcomes)
        results = [_outcome(row, outcome) for row, outcome in enumerate(outcomes)]
        return cls(results=results, applied=applied, refused=len(outcomes) - applied)


def _outcome(row: int, outcome: Outcome) -> OutcomeOut:
    if outcome.refusal is not None:
        error = RefusalOut(code=outcome.refusal.code, detail=outcome.refusal.detail)
        return OutcomeOut(row=row, outcome="refused", level=None, error=error)
    level = LevelOut.of(outcome.level) if outcome.level else None
    return OutcomeOut(row=row, outcome="applied", level=level, error=None)


class ReferenceOut(BaseModel):
    """What caused a movement."""

    type: Annotated[str, Field(examples=["order"])]
    id: Annotated[str, Field(examples=["ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]


class MovementOut(BaseModel):
    """One change of one level. `quantity` is the change of on_hand; of reserved for hold and release."""

    id: Annotated[str, Field(examples=["mov_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    sku: Sku
    location_id: LocationRef
    bucket: Annotated[int, Field(examples=[0])]
    type: MovementName
    quantity: Annotated[int, Field(examples=[20])]
    on_hand_before: Annotated[int, Field(examples=[0])]
    on_hand_after: Annotated[int, Field(examples=[20])]
    reserved_before: Annotated[int, Field(examples=[0])]
    reserved_after: Annotated[int, Field(examples=[0])]
    incoming_after: Annotated[int, Field(description="What is on its way to the location.", examples=[0])]
    unit_cost: Annotated[AmountOut, Field(description="Of what came in, in the tenant's currency.")] | None
    reason: Annotated[str, Field(examples=["delivery"])]
    reference: ReferenceOut | None
    actor: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    version: Annotated[int, Field(description="Counts by one within SKU, location and bucket.", examples=[1])]
    occurred_at: InstantOut

    @classmethod
    def of(cls, movement: Movement, currency: Currency) -> "MovementOut":
        """The movement as it is answered; `currency` is the tenant's."""
        same = cls.model_fields.keys() - {"incoming_after", "unit_cost", "type", "reference", "occurred_at"}
        return cls(
            **{name: getattr(movement, name) for name in same},
            incoming_after=movement.incoming,
            unit_cost=str(Money(movement.unit_cost, currency)) if movement.unit_cost is not None else None,
            type=movement.type.value,
            reference=_reference(movement),
            occurred_at=clock.to_text(movement.occurred_at),
        )


def _reference(movement: Movement) -> ReferenceOut | None:
    if not movement.reference_id:
        return None
    return ReferenceOut(type=movement.reference_type, id=movement.reference_id)


def state_of(status: State | None) -> StockState | None:
    """The state that a filter names."""
    return StockState(status) if status else None
