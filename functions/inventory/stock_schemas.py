"""A store's stock as the API shows it: how it stands, what needs attention, what a sync found, what changes."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from inventory.schemas import LocationRef, MovementName, State
from storekeeper.edge.fields import InModel, InstantOut, Sku
from storekeeper.edge.lists import ListOut
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.status.model import Health, Loss, Tally
from storekeeper.inventory.status.store import Attention
from storekeeper.kernel import clock
from storekeeper.search import Difference
from storekeeper.tenancy import AtZero, Store

AtZeroName: TypeAlias = Annotated[
    Literal["hide", "show_out_of_stock", "pre_order"],
    Field(
        description="What becomes of a product of which nothing is left in any variant, at any open location: it is in "
        "no list and its page is 404; or it shows as out of stock; or as for pre-order (not to be checked out yet).",
        examples=["hide"],
    ),
]
ShortState: TypeAlias = Literal["low", "critical", "out"]
ProductRef: TypeAlias = Annotated[str, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]


class StockSettingsIn(InModel):
    """How the store handles its stock."""

    at_zero: AtZeroName


class StockSettingsOut(BaseModel):
    """How the store handles its stock; `version` is the store's."""

    store_id: Annotated[str, Field(examples=["sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    at_zero: AtZeroName
    version: Annotated[int, Field(examples=[3])]

    @classmethod
    def of(cls, store: Store) -> "StockSettingsOut":
        """The settings as they are answered."""
        return cls(store_id=store.id, at_zero=store.settings.at_zero.value, version=store.version)


class StockCountsOut(BaseModel):
    """What the store shows to shoppers, or would but for `hide`: SKUs by state, products, and those now hidden."""

    products: Annotated[int, Field(examples=[120])]
    products_out: Annotated[int, Field(description="Nothing is left in any variant.", examples=[4])]
    products_hidden: Annotated[int, Field(description="Those, where the store hides them.", examples=[4])]
    skus: Annotated[int, Field(examples=[310])]
    ok: Annotated[int, Field(examples=[280])]
    low: Annotated[int, Field(examples=[14])]
    critical: Annotated[int, Field(examples=[6])]
    out: Annotated[int, Field(examples=[10])]

    @classmethod
    def of(cls, tally: Tally, at_zero: AtZero) -> "StockCountsOut":
        """The counts as they are answered."""
        return cls(
            products=tally.products,
            products_out=tally.products_out,
            products_hidden=tally.products_out if at_zero is AtZero.HIDE else 0,
            skus=tally.skus,
            ok=tally.ok,
            low=tally.low,
            critical=tally.critical,
            out=tally.out,
        )


class StockLossOut(BaseModel):
    """What so many SKUs in a state cost: `points` of the score. Were it all SKUs, it would be `weight`."""

    state: ShortState
    skus: Annotated[int, Field(examples=[10])]
    weight: Annotated[int, Field(examples=[100])]
    points: Annotated[int, Field(examples=[4])]
    message: Annotated[str, Field(examples=["10 of 310 SKUs are out: 4 points."])]

    @classmethod
    def of(cls, loss: Loss, *, skus: int) -> "StockLossOut":
        """The loss as it is answered."""
        told = f"{loss.skus} of {skus} SKU{'' if skus == 1 else 's'} {'is' if loss.skus == 1 else 'are'} {loss.state}"
        points = f"{loss.points} point{'' if loss.points == 1 else 's'}"
        return cls.model_validate(
            {
                "state": loss.state.value,
                "skus": loss.skus,
                "weight": loss.weight,
                "points": loss.points,
                "message": f"{told}: {points}.",
            }
        )


class StockHealthOut(BaseModel):
    """`score` + the points of `explanation` = 100, always. 100 only where nothing is short."""

    score: Annotated[int, Field(ge=0, le=100, examples=[95])]
    explanation: list[StockLossOut]

    @classmethod
    def of(cls, health: Health, *, skus: int) -> "StockHealthOut":
        """The health as it is answered."""
        return cls(score=health.score, explanation=[StockLossOut.of(loss, skus=skus) for loss in health.losses])


class ShortSkuOut(BaseModel):
    """A SKU of which little is left; `available` as of now."""

    sku: Sku
    state: ShortState
    available: Annotated[int, Field(examples=[2])]


class AttentionOut(BaseModel):
    """A product with SKUs that are short: how many of its `skus`, and the worst five of them."""

    product_id: ProductRef
    title: Annotated[str, Field(examples=["Mug"])]
    state: Annotated[ShortState, Field(description="Of its worst SKU.")]
    skus: Annotated[int, Field(examples=[4])]
    skus_short: Annotated[int, Field(examples=[1])]
    is_hidden: Annotated[bool, Field(description="Nothing is left, and the store hides it.")]
    worst: list[ShortSkuOut]

    @classmethod
    def of(cls, attention: Attention, at_zero: AtZero) -> "AttentionOut":
        """The product as it is answered."""
        stock = attention.stock
        return cls.model_validate(
            {
                "product_id": stock.product_id,
                "title": stock.title,
                "state": stock.worst.value,
                "skus": stock.skus,
                "skus_short": len(stock.short),
                "is_hidden": at_zero is AtZero.HIDE and stock.tally.products_out > 0,
                "worst": [
                    {"sku": one.sku, "state": one.state.value, "available": one.available}
                    for one in attention.worst_skus
                ],
            }
        )


class StockStatusOut(StockSettingsOut):
    """How the store's stock stands. `attention`: products with SKUs that are short, worst first."""

    health: StockHealthOut
    counts: StockCountsOut
    attention: ListOut[AttentionOut]


class DifferenceOut(BaseModel):
    """Something derived that was not what the facts say; it is mended. Only members that differ are shown."""

    kind: Literal["card", "level_state", "sku_state", "status", "counts"]
    product_id: ProductRef | None
    sku: Sku | None
    location_id: LocationRef | None
    found: Annotated[dict[str, Any], Field(examples=[{"in_stock": False}])]
    expected: Annotated[dict[str, Any], Field(examples=[{"in_stock": True}])]
    found_at: InstantOut

    @classmethod
    def of(cls, told: tuple[Difference, str]) -> "DifferenceOut":
        """The difference as it is answered."""
        one, found_at = told
        return cls(
            kind=one.kind.value,
            product_id=one.product_id,
            sku=one.sku,
            location_id=one.location_id,
            found=dict(one.found),
            expected=dict(one.expected),
            found_at=found_at,
        )


class StockChangeOut(BaseModel):
    """A change of stock, with what there is after it in its bucket. Of one level, the highest `version` is newest."""

    id: Annotated[str, Field(examples=["mov_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    sku: Sku
    location_id: LocationRef
    bucket: Annotated[int, Field(examples=[0])]
    type: MovementName
    quantity: Annotated[int, Field(examples=[-2])]
    on_hand: Annotated[int, Field(examples=[8])]
    reserved: Annotated[int, Field(examples=[1])]
    available: Annotated[int, Field(examples=[7])]
    incoming: Annotated[int, Field(examples=[0])]
    state: State
    version: Annotated[int, Field(examples=[12])]
    occurred_at: InstantOut

    @classmethod
    def of(cls, movement: Movement) -> "StockChangeOut":
        """The change as it is answered."""
        level = movement.level
        return cls.model_validate(
            {
                "id": movement.id,
                "sku": movement.sku,
                "location_id": movement.location_id,
                "bucket": movement.bucket,
                "type": movement.type.value,
                "quantity": movement.quantity,
                "on_hand": level.on_hand,
                "reserved": level.reserved,
                "available": level.available,
                "incoming": level.incoming,
                "state": level.state.value,
                "version": level.version,
                "occurred_at": clock.to_text(movement.occurred_at),
            }
        )


class StockChangesOut(BaseModel):
    """Changes since the cursor; send the new `cursor` with the next question, at once if `more`.

    `reset`: changes before this answer are not told (there was no cursor, or nobody asked for an hour): read the levels
    now. `cursor` is null for the first seconds of a feed that just begins: ask again.
    """

    data: list[StockChangeOut]
    cursor: str | None
    reset: bool
    more: bool
