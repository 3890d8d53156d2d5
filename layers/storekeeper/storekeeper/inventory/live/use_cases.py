"""Listening to a tenant's stock: who listens has what is untold written into pages, and reads those after a position.

Why nothing is lost or told twice is written down in docs/decisions/0012.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from storekeeper.catalog import listing_key, sku_key
from storekeeper.inventory.buckets.model import REARRANGED
from storekeeper.inventory.live import items
from storekeeper.inventory.live.model import ROWS_IN_PAGE, WHOLE, Feed, Position, no_feed
from storekeeper.inventory.movements.items import movement_from, unmark_movement, untold_pks
from storekeeper.inventory.movements.model import Movement
from storekeeper.kernel import clock
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI2, Key
from storekeeper.kernel.paging import read_sharded
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused

MAX_PAGES = 4  # of an answer; more are there at once for who asks again
MAX_NEW_PAGES = 4  # that are made in one answer
NO_PATIENCE = 0  # another listener is telling the same: its pages are as good


class Told(Struct, frozen=True):
    """What was told after a position: movements, each with the position after it; and where to go on.

    `position` is None for as long as the feed only begins. `is_reset`: it is a new one, and what happened before is not
    told: levels are to be read once, now. `has_more`: to be asked for at once.
    """

    movements: tuple[tuple[Position, Movement], ...]
    position: Position | None
    is_reset: bool
    has_more: bool


def listen(table: Table, after: Position | None, *, now: datetime) -> Told:
    """What was told after a position; without one, or where changes were missed since, from now on.

    Raises:
        Contended: others kept beginning the feed.
    """
    feed = until_written(lambda: _watched(table, now))
    if not feed.is_known(now):
        return Told((), None, is_reset=False, has_more=False)
    feed, is_all = _tell(table, feed, now=now)
    if after is None or not feed.has(after):
        return Told((), feed.end, is_reset=True, has_more=not is_all)
    return _read(table, feed, after, is_all=is_all)


def _watched(table: Table, now: datetime) -> Feed:
    feed = _find(table, now)
    listened = feed.listened_to(now)
    if listened != feed:
        table.write(items.put_feed(table.tenant_id, listened))
    return listened


def _find(table: Table, now: datetime) -> Feed:
    item = table.get(items.feed_key(table.tenant_id))
    return items.feed_from(item) if item else no_feed(now)


def _tell(table: Table, feed: Feed, *, now: datetime) -> tuple[Feed, bool]:
    """Write what is untold into pages; the feed then, and whether that was all."""
    told: set[Key] = set()  # the index may still show what was told a moment ago
    for _ in range(MAX_NEW_PAGES):
        keys = _marked(table, feed, but=told)
        if not keys:
            return feed, True
        told.update(keys)
        found = table.get_many(keys)
        rows = {key: found[key] for key in keys if found.get(key, {}).get(GSI2.pk)}
        if not rows:
            continue
        try:
            feed = _put_page(table, feed.with_page(), rows, now=now)
        except WriteRefused:  # another listener was quicker, and may not have told all of these
            told.difference_update(rows)
            feed = _find(table, now)
        except Contended:
            return _find(table, now), False
    return feed, False


def _marked(table: Table, feed: Feed, *, but: set[Key]) -> list[Key]:
    page = read_sharded(
        table,
        untold_pks(table.tenant_id),
        index=GSI2,
        low=clock.to_text(feed.oldest),
        after=None,
        limit=ROWS_IN_PAGE + len(but),
        newest_first=False,
    )
    keys = (Key(row["pk"], row["sk"]) for row in page.entries)
    return [key for key in keys if key not in but][:ROWS_IN_PAGE]


def _put_page(table: Table, feed: Feed, rows: Mapping[Key, Item], *, now: datetime) -> Feed:
    table.write(
        items.put_feed(table.tenant_id, feed),
        items.put_page(table.tenant_id, feed.last, [row["card"] for row in rows.values()], now=now),
        *map(unmark_movement, rows),
        contention_s=NO_PATIENCE,
    )
    return feed


def _read(table: Table, feed: Feed, after: Position, *, is_all: bool) -> Told:
    start = after.page + 1 if after.rows >= WHOLE else after.page
    if start > feed.last:
        return Told((), after, is_reset=False, has_more=not is_all)
    pages = table.query(
        items.feed_pk(table.tenant_id),
        low=items.page_sk(start),
        high=items.page_sk(feed.last),
        limit=MAX_PAGES,
        consistent=True,
    )
    numbers = [page["number"] for page in pages]
    if not pages or numbers != list(range(start, start + len(pages))):  # pages that were not asked for end some day
        return Told((), feed.end, is_reset=True, has_more=not is_all)
    told = [
        (Position(page["number"], place), movement_from({"card": card}))
        for page in pages
        for place, card in enumerate(items.cards_of(page), start=1)
        if page["number"] > after.page or place > after.rows
    ]
    end = Position(numbers[-1], WHOLE)
    return Told(tuple(told), end, is_reset=False, has_more=not is_all or numbers[-1] < feed.last)


def of_store(table: Table, told: Told, store_id: StoreId) -> Told:
    """What was told of SKUs that a store lists now; of what moved between buckets, nothing: it is where it was."""
    moved = [one for one in told.movements if one[1].reference_type not in REARRANGED]
    sku_keys = {movement.sku: sku_key(table.tenant_id, movement.sku) for _, movement in moved}
    skus = table.get_many(sku_keys.values(), consistent=False)
    listings = {
        sku: listing_key(table.tenant_id, store_id, skus[key]["product_id"])
        for sku, key in sku_keys.items()
        if key in skus
    }
    listed = table.get_many(listings.values(), consistent=False)
    shown = tuple(one for one in moved if listings.get(one[1].sku) in listed)
    return replace(told, movements=shown)
