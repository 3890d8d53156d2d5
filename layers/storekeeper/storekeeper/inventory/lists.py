"""Levels as a merchant lists them: one row per SKU and location, buckets added up, as they are or were at an instant.

The rows of a list are found by their states, which follow within seconds; what they show is read from the levels.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.items import further_level_keys, level_from
from storekeeper.inventory.levels.model import Level, SkuRef, StockState, add_up
from storekeeper.inventory.levels.store import find_levels_with
from storekeeper.inventory.movements.store import find_levels_at
from storekeeper.inventory.states.items import all_pks, listed_level_key, location_pks, position, state_pks
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import GSI1, GSI2, GSI3, Index, Key
from storekeeper.kernel.paging import Page, page_of, read_sharded
from storekeeper.kernel.table import Table

MAX_READS = 10  # of pages of the index for one page of an answer: with narrow filters it may be short, and goes on


class LevelFilter(Struct, frozen=True):
    """Which levels are wanted; `at` asks for them as they were."""

    location_id: LocationId | None = None
    state: StockState | None = None
    at: datetime | None = None

    def admits(self, level: Level) -> bool:
        """Whether a level, as it is shown, is one of them."""
        return self.location_id in (None, level.location_id) and self.state in (None, level.state)

    def partitions(self, tenant_id: TenantId) -> tuple[Sequence[str], Index]:
        """Where to look. States are known as of now only: for an instant, all levels are looked through."""
        if self.state not in (None, StockState.OK) and self.at is None:
            return state_pks(tenant_id, self.state), GSI3
        if self.location_id is not None:
            return location_pks(tenant_id, self.location_id), GSI2
        return all_pks(tenant_id), GSI1


def levels_of_sku(
    table: Table, sku: str, *, wanted: LevelFilter, locations: Sequence[LocationId], after: str | None, limit: int
) -> Page[Level]:
    """One page of the levels of a SKU, by location; sees every write that was answered."""
    among = [one for one in sorted(locations) if wanted.location_id in (None, one)]
    _, items = find_levels_with(table, [sku], locations=among, keys=(), ever=wanted.at is not None)
    rows = sorted(filter(wanted.admits, _shown(table, items, at=wanted.at)), key=position)
    left = [level for level in rows if after is None or position(level) > after]
    return page_of(left, limit=limit, position=position)


def list_levels(table: Table, *, wanted: LevelFilter, after: str | None, limit: int) -> Page[Level]:
    """One page of the tenant's levels, by SKU. Which rows it has follows within seconds; what they show is live."""
    pks, index = wanted.partitions(table.tenant_id)
    matched: list[Level] = []
    for _ in range(MAX_READS):
        rows = read_sharded(table, pks, index=index, after=after, limit=limit - len(matched), newest_first=False)
        items = _live(table, [listed_level_key(row) for row in rows.entries], ever=wanted.at is not None)
        matched += sorted(filter(wanted.admits, _shown(table, items, at=wanted.at)), key=position)
        after = rows.next_position
        if after is None or len(matched) == limit:
            break
    return Page(tuple(matched), after)


def _live(table: Table, keys: Sequence[Key], *, ever: bool) -> dict[Key, Item]:
    items = table.get_many(keys)
    further = [key for item in items.values() for key in _further_keys(table, items, item, ever)]
    return items | table.get_many(further) if further else items


def _further_keys(table: Table, items: Mapping[Key, Item], item: Item, ever: bool) -> tuple[Key, ...]:
    return further_level_keys(items, SkuRef(table.tenant_id, item["sku"]), [item["location_id"]], ever=ever)


def _shown(table: Table, items: Mapping[Key, Item], *, at: datetime | None) -> tuple[Level, ...]:
    return add_up(map(level_from, items.values()) if at is None else find_levels_at(table, items.values(), at=at))
