"""The merchant's lists: cards on gsi1, spread over shards, newest first, filtered while they are read."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

MAX_READS = 20
FILTERED_READ = 200

Card: TypeAlias = dict[str, Any]
"""What a list row shows, as `items.py` put it into the item's `card`; `id` is the list's order."""


def list_cards(
    table: Table, pks: Sequence[str], takes: Callable[[Card], bool], *, after: str | None, limit: int
) -> Page[Card]:
    """A page of the cards that `takes` lets through; it follows writes within seconds.

    At most MAX_READS reads: where a filter lets little through, a page may be short, even empty, and have a next one.
    """
    shown: list[Card] = []
    size = limit + 1
    for _ in range(MAX_READS):
        read = read_sharded(table, pks, index=GSI1, after=after, limit=size, newest_first=True)
        shown += filter(takes, (json.loads(item["card"]) for item in read.entries))
        if len(shown) > limit:
            return Page(tuple(shown[:limit]), str(shown[limit - 1]["id"]))
        after, size = read.next_position, FILTERED_READ
        if after is None:
            break
    return Page(tuple(shown), after)
