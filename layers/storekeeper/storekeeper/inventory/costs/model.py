"""What units have cost: a replay of a SKU's ledger, by moving average or first in, first out. Pure.

Amounts are whole minor units of the tenant's currency. A lot keeps the value of all its units, never a rounded cost of
one, so nothing is lost: what is on the shelf is worth exactly what came minus what went.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from storekeeper.inventory.buckets.model import REARRANGED
from storekeeper.inventory.levels.model import MovementType
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import round_ratio


class CostMethod(StrEnum):
    """Which units leave first, as far as their cost goes: an equal part of all, or the oldest."""

    MOVING_AVERAGE = "moving_average"
    FIFO = "fifo"


class Lot(Struct, frozen=True):
    """Units that have cost `value` together; `since` when the first of them came, wherever that was."""

    units: int
    value: int
    since: datetime | None = None

    @property
    def unit_cost(self) -> int:
        """What one of them has cost, rounded half away from zero: for display only, `value` is what counts."""
        return round_ratio(self.value, self.units) if self.units else 0

    def part(self, units: int) -> "Lot":
        """So many of its units, with their share of its value, rounded half away from zero; all of them have all."""
        value = round_ratio(self.value * units, self.units) if self.units else 0
        return Lot(units, value, self.since)

    def plus(self, other: "Lot") -> "Lot":
        """Both together."""
        came = [lot.since for lot in (self, other) if lot.units and lot.since]
        return Lot(self.units + other.units, self.value + other.value, min(came, default=None))

    def minus(self, other: "Lot") -> "Lot":
        """What is left."""
        return Lot(self.units - other.units, self.value - other.value, self.since)


NOTHING = Lot(0, 0)


class Valued(Struct, frozen=True):
    """A location's stock of a SKU, and how its value came about.

    `lots` are what lies there, the oldest first; by moving average there is at most one. `came` and `went` are the
    values that came and went by type of movement (`went[SALE]` is the cost of goods sold):
    `stock.value == sum(came) - sum(went)`.
    """

    lots: tuple[Lot, ...]
    came: Mapping[MovementType, int]
    went: Mapping[MovementType, int]

    @property
    def stock(self) -> Lot:
        """All that lies there."""
        return _sum(self.lots)


class SkuCost(Struct, frozen=True):
    """What a SKU's stock has cost, by location; and what of it is on the way between them, or was lost there.

    `unknown_units` came with no cost known at all, and count as 0.
    """

    locations: Mapping[LocationId, Valued]
    on_the_way: Lot
    lost: Lot
    unknown_units: int

    @property
    def stock(self) -> Lot:
        """On all shelves and on the way between them."""
        return _sum([*(valued.stock for valued in self.locations.values()), self.on_the_way])


def cost_of(rows: Iterable[Movement], *, method: CostMethod, variant_cost: int | None = None) -> SkuCost:
    """What a SKU's stock has cost after these rows of its ledger.

    `rows`: of one SKU, the oldest first; of all its locations and buckets, merged by time, or of one location. They may
    be any iterable, read once: memory holds what lies on the shelf, not the ledger. Stop at an instant, and the result
    is as of then.

    What units cost that come in:
    - what the movement says (`unit_cost`: a purchase order's receipt);
    - for a transfer, what those units had cost where they left, as that was then (found by the transfer's id; so give
      the rows of all locations); until they arrive, they are `on_the_way`; when no longer expected, they are `lost`;
    - else (an adjustment, a return) the average of what lies at the location;
    - else `variant_cost`, the merchant's own word for one unit; else 0, counted in `unknown_units`.

    Holds change nothing, nor do units that move between buckets. Where rows are missing (a gap in the ledger), what a
    row says was there before it is believed: the difference comes, or goes, as a `reconciliation`.
    """
    replay = _Replay(method, variant_cost)
    for row in rows:
        replay.follow(row)
    return replay.result()


def _sum(lots: Iterable[Lot]) -> Lot:
    whole = NOTHING
    for lot in lots:
        whole = whole.plus(lot)
    return whole


class _Shelf:
    """A location during the replay. The sum is kept beside the lots, so that an average needs no walk over them."""

    def __init__(self, method: CostMethod) -> None:
        self._method = method
        self._lots: deque[Lot] = deque()
        self._came: Counter[MovementType] = Counter()
        self._went: Counter[MovementType] = Counter()
        self.stock = NOTHING
        self.on_hand: Counter[int] = Counter()  # by bucket
        self.incoming: Counter[int] = Counter()  # too

    def put(self, lot: Lot, why: MovementType) -> None:
        """Units come."""
        if self._method is CostMethod.MOVING_AVERAGE and self._lots:
            self._lots.append(self._lots.pop().plus(lot))
        else:
            self._lots.append(lot)
        self.stock = self.stock.plus(lot)
        self._came[why] += lot.value

    def take(self, units: int, why: MovementType) -> Lot:
        """Units go, the oldest lot's first; never more than are known to be there."""
        taken = NOTHING
        while taken.units < units and self._lots:
            oldest = self._lots.popleft()
            part = oldest.part(min(units - taken.units, oldest.units))
            taken = taken.plus(part)
            if part.units < oldest.units:
                self._lots.appendleft(oldest.minus(part))
        self.stock = self.stock.minus(taken)
        self._went[why] += taken.value
        return taken

    def valued(self) -> Valued:
        """As it is now."""
        return Valued(tuple(self._lots), dict(self._came), dict(self._went))


class _Replay:
    """Follows one SKU's rows."""

    def __init__(self, method: CostMethod, variant_cost: int | None) -> None:
        self._method, self._variant_cost = method, variant_cost
        self._shelves: dict[LocationId, _Shelf] = {}
        self._sent: dict[str, Lot] = {}  # what has left and not arrived, by transfer
        self._expected: Counter[str] = Counter()  # how many of them still are
        self._unknown_units = 0

    def follow(self, row: Movement) -> None:
        """One change of one level."""
        shelf = self._shelves.setdefault(row.location_id, _Shelf(self._method))
        if row.reference_type not in REARRANGED:
            self._move(shelf, row.on_hand_before - shelf.on_hand[row.bucket], row, MovementType.RECONCILIATION)
            self._move(shelf, row.on_hand_after - row.on_hand_before, row, row.type)
        if row.type is MovementType.TRANSFER:
            self._expected[row.reference_id] += row.incoming - shelf.incoming[row.bucket]
        shelf.on_hand[row.bucket], shelf.incoming[row.bucket] = row.on_hand_after, row.incoming

    def _move(self, shelf: _Shelf, units: int, row: Movement, why: MovementType) -> None:
        if units > 0:
            shelf.put(self._priced(shelf, units, row, why), why)
        elif units < 0:
            taken = shelf.take(-units, why)
            if why is MovementType.TRANSFER:
                self._sent[row.reference_id] = self._sent.get(row.reference_id, NOTHING).plus(taken)

    def _priced(self, shelf: _Shelf, units: int, row: Movement, why: MovementType) -> Lot:
        if why is row.type and row.unit_cost is not None:
            return Lot(units, units * row.unit_cost, row.occurred_at)
        arrived = self._arrived(row.reference_id, units) if why is MovementType.TRANSFER else NOTHING
        return arrived.plus(self._unpriced(shelf, units - arrived.units, since=row.occurred_at))

    def _arrived(self, transfer_id: str, units: int) -> Lot:
        """Of the units that come, those that a transfer sent; what is found besides was never sent."""
        sent = self._sent.get(transfer_id, NOTHING)
        arrived = sent.part(min(sent.units, units))
        self._sent[transfer_id] = sent.minus(arrived)
        return arrived

    def _unpriced(self, shelf: _Shelf, units: int, *, since: datetime) -> Lot:
        """Units of which nobody says what they have cost."""
        if shelf.stock.units:
            return Lot(units, round_ratio(shelf.stock.value * units, shelf.stock.units), since)
        if self._variant_cost is None:
            self._unknown_units += units
        return Lot(units, units * (self._variant_cost or 0), since)

    def result(self) -> SkuCost:
        """After all rows so far."""
        locations = {location_id: shelf.valued() for location_id, shelf in self._shelves.items()}
        sent = _sum(self._sent.values())
        coming = _sum(lot.part(min(lot.units, max(0, self._expected[name]))) for name, lot in self._sent.items())
        return SkuCost(locations, on_the_way=coming, lost=sent.minus(coming), unknown_units=self._unknown_units)
