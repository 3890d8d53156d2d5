"""What a store makes of what is sold out, and how its stock stands: counts, and a score that explains itself. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import astuple

from storekeeper.inventory.levels.model import StockState
from storekeeper.kernel.ids import ProductId
from storekeeper.tenancy import AtZero

FULL_SCORE = 100
WEIGHTS: Mapping[StockState, int] = {StockState.OUT: 100, StockState.CRITICAL: 40, StockState.LOW: 10}
"""What the score loses if all that a store lists is in this state."""


class Availability(StrEnum):
    """Whether shoppers can have something; `pre_order`: it is sold out, and the store means to take orders for it."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PRE_ORDER = "pre_order"


def availability_of(units: int, at_zero: AtZero) -> Availability:
    """How a store shows something of which so many units can be sold."""
    if units > 0:
        return Availability.IN_STOCK
    return Availability.PRE_ORDER if at_zero is AtZero.PRE_ORDER else Availability.OUT_OF_STOCK


def is_hidden(units: Iterable[int], at_zero: AtZero) -> bool:
    """Whether a store hides a product of whose variants so many units can be sold."""
    return at_zero is AtZero.HIDE and not any(one > 0 for one in units)


class Tally(Struct, frozen=True):
    """How many products a store shows, how many of them are sold out in all variants, and its SKUs by state."""

    products: int = 0
    products_out: int = 0
    ok: int = 0
    low: int = 0
    critical: int = 0
    out: int = 0

    @property
    def skus(self) -> int:
        """All SKUs."""
        return self.ok + self.low + self.critical + self.out

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def minus(self, other: "Tally") -> "Tally":
        """What is left without the other."""
        return Tally(*(one - two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def in_state(self, state: StockState) -> int:
        """How many SKUs are in a state."""
        return {"ok": self.ok, "low": self.low, "critical": self.critical, "out": self.out}[state.value]


class ListedStock(Struct, frozen=True):
    """How a product's stock stands that a store shows: of how many `skus`, and which of them are `short`, and how.

    `skus` is 0 where shoppers may not know of it.
    """

    product_id: ProductId
    title: str
    skus: int
    short: Mapping[str, StockState]

    def state_of(self, sku: str) -> StockState:
        """The state of a SKU of it."""
        return self.short.get(sku, StockState.OK)

    @property
    def worst(self) -> StockState:
        """The worst state of its SKUs."""
        return max(self.short.values(), key=lambda state: state.severity, default=StockState.OK)

    @property
    def tally(self) -> Tally:
        """What it adds to the store's."""
        states = list(self.short.values())
        out = states.count(StockState.OUT)
        return Tally(
            products=int(self.skus > 0),
            products_out=int(self.skus > 0 and out == self.skus),
            ok=self.skus - len(states),
            low=states.count(StockState.LOW),
            critical=states.count(StockState.CRITICAL),
            out=out,
        )


def not_shown(product_id: ProductId) -> ListedStock:
    """Of a product that the store does not show."""
    return ListedStock(product_id, "", 0, {})


class Loss(Struct, frozen=True):
    """What so many SKUs in a state cost of the score; `weight` is what it would cost if all were."""

    state: StockState
    skus: int
    weight: int
    points: int


class Health(Struct, frozen=True):
    """A score from 0 to 100; the points of its losses are exactly what it lacks."""

    score: int
    losses: tuple[Loss, ...]


def health_of(tally: Tally) -> Health:
    """The score of a store: 100, less the mean weight of its SKUs, rounded up.

    So only a store in which nothing is short has 100, and one that lists nothing. What is lost is shared among the
    states by what each costs exactly; points left over by rounding go to the largest rests, then to the worse state.
    """
    counted = {state: tally.in_state(state) for state in WEIGHTS}
    exact = {state: WEIGHTS[state] * units for state, units in counted.items()}
    skus = max(tally.skus, 1)
    lost = -(-sum(exact.values()) // skus)
    points = {state: share // skus for state, share in exact.items()}
    by_rest = sorted(exact, key=lambda state: -(exact[state] % skus))
    for state in by_rest[: lost - sum(points.values())]:
        points[state] += 1
    losses = tuple(Loss(state, counted[state], WEIGHTS[state], points[state]) for state in WEIGHTS if counted[state])
    return Health(FULL_SCORE - lost, losses)
