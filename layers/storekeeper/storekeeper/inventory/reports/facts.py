"""What is known of a SKU at each location: its stock at an instant, and what happened in the period before. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct, field

from storekeeper.inventory.buckets.model import REARRANGED
from storekeeper.inventory.levels.model import Level, MovementType
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.reports.model import MILLISECOND
from storekeeper.kernel.ids import LocationId


class Moved(Struct):
    """Movements of one type: how many, the units that came and went, and the change of reserved."""

    movements: int = 0
    units_in: int = 0
    units_out: int = 0
    reserved: int = 0

    def add(self, other: "Moved") -> None:
        """Count others too."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Activity(Struct):
    """Stock at the end of a period, and what happened in it; of a location, or of several added up.

    `unit_ms`: units on hand, each times the milliseconds for which it lay there in the period.
    """

    on_hand: int = 0
    reserved: int = 0
    available: int = 0
    incoming: int = 0
    unit_ms: int = 0
    moved: dict[MovementType, Moved] = field(default_factory=dict)

    @property
    def sold(self) -> int:
        """Units that left the shelf for orders."""
        return self.moved[MovementType.SALE].units_out if MovementType.SALE in self.moved else 0

    @property
    def returned(self) -> int:
        """Units that came back from orders."""
        return self.moved[MovementType.RETURN].units_in if MovementType.RETURN in self.moved else 0

    def end(self, level: Level) -> None:
        """Count a level as it is at the end."""
        self.on_hand += level.on_hand
        self.reserved += level.reserved
        self.available += level.available
        self.incoming += level.incoming

    def follow_back(self, end: Level, rows: Iterable[Movement], *, since: datetime, until: datetime) -> None:
        """Count what happened to one level, given the rows of the period, the newest first."""
        later, on_hand = until, end.on_hand
        for row in rows:
            self.unit_ms += row.on_hand_after * ((later - row.occurred_at) // MILLISECOND)
            later, on_hand = row.occurred_at, row.on_hand_before
            if row.reference_type not in REARRANGED:  # units that moved between buckets neither came nor went
                self.moved.setdefault(row.type, Moved()).add(_moved(row))
        self.unit_ms += on_hand * ((later - since) // MILLISECOND)

    def add(self, other: "Activity") -> None:
        """Count another location too."""
        for name in ("on_hand", "reserved", "available", "incoming", "unit_ms"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, moved in other.moved.items():
            self.moved.setdefault(kind, Moved()).add(moved)


def _moved(row: Movement) -> Moved:
    units = row.on_hand_after - row.on_hand_before
    return Moved(1, max(0, units), max(0, -units), row.reserved_after - row.reserved_before)


def whole(activities: Iterable[Activity]) -> Activity:
    """All locations together."""
    together = Activity()
    for activity in activities:
        together.add(activity)
    return together


class Sales(Struct):
    """When units of a SKU first came to a location, and when one was last sold from it; seen as rows pass by."""

    first_came_at: dict[LocationId, datetime] = field(default_factory=dict)
    last_sold_at: dict[LocationId, datetime] = field(default_factory=dict)

    def watched(self, rows: Iterable[Movement]) -> Iterator[Movement]:
        """The same rows, the oldest first, each looked at as it passes."""
        for row in rows:
            if row.on_hand_after > 0:
                self.first_came_at.setdefault(row.location_id, row.occurred_at)
            if row.type is MovementType.SALE:
                self.last_sold_at[row.location_id] = row.occurred_at
            yield row
