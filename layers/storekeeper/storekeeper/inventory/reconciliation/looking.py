"""How levels are looked at: as they are, in all their buckets, with what their ledger says since they were checked."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.items import cause_from, further_level_keys, level_from
from storekeeper.inventory.levels.model import Level, SkuRef, empty_level
from storekeeper.inventory.movements.items import PREFIX, movement_from, movement_key
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.reconciliation import items
from storekeeper.inventory.reconciliation.model import SETTLED_AFTER
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table

MAX_RECENT = 10_000  # changes of one level that are looked through for whom they name
RECENT_IN_PAGE = 500


class Look(Struct, frozen=True):
    """A level at one moment: as it is, as it was when its ledger was last found right, and the rows since then."""

    key: Key
    level: Level
    changed_at: datetime
    checked: Level
    checked_at: datetime | None
    rows: Sequence[Movement]

    @property
    def is_told(self) -> bool:
        """Whether the ledger tells of the level's last change; it follows within seconds."""
        return (self.rows[-1].version if self.rows else self.checked.version) == self.level.version

    def is_busy(self, now: datetime) -> bool:
        """Whether what is derived from its last change may not have come everywhere yet."""
        return self.changed_at > now - SETTLED_AFTER


def find_all_buckets(table: Table, keys: Collection[Key]) -> Collection[Item]:
    """Levels, given by bucket 0, with every bucket that there has ever been."""
    found = table.get_many(keys)
    further = [
        key
        for item in found.values()
        for key in further_level_keys(
            found, SkuRef(table.tenant_id, item["sku"]), [LocationId(item["location_id"])], ever=True
        )
    ]
    return (found | table.get_many(further) if further else found).values()


def look_at(table: Table, found: Collection[Item]) -> Iterator[Look]:
    """Levels that were read, one by one: the rows of one are gone before those of the next are read."""
    levels = [(item, level_from(item)) for item in found]
    keys = [items.checked_key(SkuRef(table.tenant_id, level.sku), level) for _, level in levels]
    known = table.get_many(keys)
    for (item, level), key in zip(levels, keys, strict=True):
        checked = items.checked_from(known[key], level) if key in known else _never_checked(level)
        rows = _rows_between(table, item["pk"], checked.version, level.version)
        checked_at = items.checked_at(known[key]) if key in known else None
        yield Look(Key(item["pk"], item["sk"]), level, cause_from(item).at, checked, checked_at, rows)


def look_anew(table: Table, look: Look) -> Look:
    """The same level as it is now."""
    return next(look_at(table, table.get_many([look.key]).values()))


def _never_checked(level: Level) -> Level:
    return empty_level(level.sku, level.location_id, level.bucket)


def _rows_between(table: Table, pk: str, version: int, last: int) -> Sequence[Movement]:
    if version >= last:
        return ()
    low, high = movement_key(pk, version + 1).sk, movement_key(pk, last).sk
    return [movement_from(row) for row in table.query(pk, low=low, high=high, consistent=True)]


def named_since(table: Table, look: Look, since: datetime, *, kinds: Collection[str]) -> set[str] | None:
    """Whom the level's changes since then refer to, of these kinds; None if there are too many changes to say."""
    named = set[str]()
    if look.changed_at < since:
        return named
    high = movement_key(look.key.pk, look.level.version).sk
    after: str | None = None
    for _ in range(MAX_RECENT // RECENT_IN_PAGE):
        page = table.query(
            look.key.pk,
            low=PREFIX,
            high=high,
            after=after,
            newest_first=True,
            limit=RECENT_IN_PAGE,
            consistent=True,
        )
        for row in map(movement_from, page):
            if row.occurred_at < since:
                return named
            if row.reference_type in kinds:
                named.add(row.reference_id)
        if len(page) < RECENT_IN_PAGE:
            return named
        after = page[-1]["sk"]
    return None
