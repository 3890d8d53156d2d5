"""The state of a SKU in all its locations together. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from storekeeper.inventory.levels.model import LOW_UNITS, Level, StockState
from storekeeper.inventory.levels.plans import available_units
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace


class SkuStock(Struct, frozen=True):
    """How much of a SKU is left as of the last change of its state, and which locations have, or had, some."""

    sku: str
    product_id: str
    state: StockState
    available: int
    locations: tuple[LocationId, ...]
    version: int
    changed_at: str

    def seen(self, levels: Iterable[Level], *, locations: tuple[LocationId, ...], at: str) -> "SkuStock":
        """The stock as it is seen now: the same if neither its state nor its locations have changed."""
        available = available_units(levels)
        if (StockState.of(available), locations) == (self.state, self.locations):
            return self
        return replace(
            self,
            state=StockState.of(available),
            available=available,
            locations=locations,
            version=self.version + 1,
            changed_at=at,
        )


def may_change_state(before: Level | None, after: Level) -> bool:
    """Whether a change of one level may change the state of its SKU: what has plenty before and after does not.

    A lease never has plenty. Near the end of a sale one after the other runs dry, and so soon enough one tells.
    """
    return before is None or min(before.available, after.available) <= (0 if after.is_lease else LOW_UNITS)
