"""Who owns reserved units: orders, which this context knows by id only, and holds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from storekeeper.inventory.holds.items import hold_from, hold_key
from storekeeper.inventory.holds.references import find_references
from storekeeper.inventory.levels.model import Level, SkuPick
from storekeeper.kernel.ids import LocationId, StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

Place: TypeAlias = tuple[str, LocationId, int]
"""A level: SKU, location, bucket."""


@dataclass(frozen=True, slots=True)
class OwnedPick:
    """Units that an order owns of one level."""

    order_id: str
    pick: SkuPick


class Owners(Protocol):
    """The port to orders: `orders` stands above this context."""

    def page(
        self, table: Table, stores: Sequence[StoreId], *, since: datetime, after: str | None, now: datetime
    ) -> Page[OwnedPick]:
        """What one page of the orders placed since then own, newest first."""

    def picks_of(self, table: Table, order_ids: Collection[str]) -> list[OwnedPick]:
        """What these orders own now."""


@dataclass(slots=True)
class Owned:
    """What orders own, added up by level; and which orders, so that they can be asked again."""

    units: Counter[Place] = field(default_factory=Counter)
    orders: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, picks: Iterable[OwnedPick]) -> None:
        """Count more."""
        for owned in picks:
            place = (owned.pick.sku, owned.pick.location_id, owned.pick.bucket)
            self.units[place] += owned.pick.units
            self.orders[place].add(owned.order_id)


def place_of(level: Level) -> Place:
    """Where a level's units are."""
    return (level.sku, level.location_id, level.bucket)


def units_held(table: Table, skus: Collection[str]) -> Mapping[Place, int]:
    """What live holds own of these SKUs. One that is over, and not yet released, still owns its units."""
    carts = {reference.cart_id for sku in skus for reference in find_references(table, sku)}
    found = table.get_many([hold_key(table.tenant_id, cart_id) for cart_id in carts])
    held: Counter[Place] = Counter()
    for pick in _picks(found.values()):
        held[pick.sku, pick.location_id, pick.bucket] += pick.units
    return held


def _picks(items: Iterable[Mapping[str, object]]) -> Iterator[SkuPick]:
    for item in items:
        yield from hold_from(dict(item)).picks
