"""What a merchant may say about stock, and what becomes of a level. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from storekeeper.inventory.buckets.model import draw, pour
from storekeeper.inventory.errors import StockMissing, StockReserved
from storekeeper.inventory.levels.model import Level, MovementType, add_up, adjusted
from storekeeper.inventory.tracking.model import NOTHING, Names
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.records import replace

MAX_QUANTITY = 1_000_000_000
MAX_ROWS = 100
TYPES = (
    MovementType.ADJUSTMENT,
    MovementType.RESTOCK,
    MovementType.DAMAGE,
    MovementType.RETURN,
    MovementType.EXPIRED,
)
_POSITIVE = frozenset({MovementType.RESTOCK, MovementType.RETURN})
_NEGATIVE = frozenset({MovementType.DAMAGE, MovementType.EXPIRED})


class Adjustment(Struct, frozen=True):
    """Units found on the shelf of a location (positive), or missing from it; `location_id` None: the default one.

    `names`: which units they are, of a SKU that is tracked. What comes may be named later.
    """

    sku: str
    type: MovementType
    quantity: int
    reason: str = ""
    location_id: str | None = None
    names: Names = NOTHING


class Outcome(Struct, frozen=True):
    """What became of one adjustment of several: the level after it, or why not."""

    level: Level | None
    refusal: StorekeeperError | None


def check_adjustments(adjustments: Sequence[Adjustment], *, prefix: str = "") -> None:
    """Whether each can be meant at all. `prefix` names the list in the faults (`adjustments.`), with the row's number.

    Raises:
        Invalid: names every row whose quantity does not fit its type.
    """
    faults = [
        Fault(f"{prefix}{row}.quantity" if prefix else "quantity", code, detail)
        for row, adjustment in enumerate(adjustments)
        if (fault := _fault(adjustment))
        for code, detail in [fault]
    ]
    if faults:
        raise Invalid("A quantity does not fit its type; see errors.", faults=faults)


def _fault(adjustment: Adjustment) -> tuple[str, str] | None:
    if adjustment.quantity == 0 or abs(adjustment.quantity) > MAX_QUANTITY:
        return "quantity_out_of_range", f"Send a quantity that is not 0, within ±{MAX_QUANTITY:,}."
    if adjustment.type in _POSITIVE and adjustment.quantity < 0:
        return "quantity_not_positive", f"What is a {adjustment.type} adds stock: send a positive quantity."
    if adjustment.type in _NEGATIVE and adjustment.quantity > 0:
        return "quantity_not_negative", f"What is {adjustment.type} takes stock away: send a negative quantity."
    return None


def adjust(level: Level, quantity: int) -> Level:
    """The level after an adjustment.

    Raises:
        StockReserved: it would take away what is reserved for buyers, or kept as safety stock.
        StockMissing: it would take away more than is there.
    """
    if level.available + quantity >= 0 or quantity > 0:
        return level.after(adjusted(quantity))
    if level.reserved or level.safety_stock:
        raise StockReserved(
            f"Of {level.on_hand} units on hand, {level.reserved} are reserved: {level.available} can be taken away."
        )
    raise StockMissing(f"There are {level.on_hand} units on hand: no more can be taken away.")


def adjust_buckets(levels: Sequence[Level], quantity: int) -> tuple[Level, dict[int, int]]:
    """A level that lies in several buckets, added up, after an adjustment; and the units by bucket that come or go.

    What comes goes to buckets alone; what goes is taken from leases too, the fullest first.

    Raises:
        StockReserved, StockMissing: as `adjust` does for all of them together.
    """
    (row,) = add_up(levels)
    after = adjust(row, quantity)
    buckets = [level for level in levels if not level.is_lease]
    moves = pour(buckets, quantity) if quantity > 0 else draw(levels, -quantity)
    return replace(after, version=row.version + len(moves)), moves
