"""Lists of cards: read in the order of an index, filtered by what a card shows, and cut into pages. Seconds behind.

What the index does not sort by is filtered as it is read, so that a page has a budget: it may be shorter than asked
for, and even empty, while its position still leads on.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.keys import GSI1, Index, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

MAX_READS = 20  # of the index, for one page of the list
FILTERED_READ = 200  # entries of each read after the first, of which the filter left too few

Card: TypeAlias = dict[str, Any]
"""A thing as its list shows it."""


def list_cards(
    table: Table,
    pks: Sequence[str],
    *,
    index: Index,
    admits: Callable[[Card], bool],
    after: str | None,
    limit: int,
    newest_first: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Card]:
    """One page of the cards that `admits` lets through; `since` and `until` bound an index that sorts by an instant."""
    bounds = {"low": clock.to_text(since)} if since else {}
    bounds |= {"high": clock.to_text(until)} if until else {}
    shown: list[Card] = []
    size = limit
    for _ in range(MAX_READS):
        part = read_sharded(table, pks, index=index, after=after, limit=size, newest_first=newest_first, **bounds)
        for position, card in _cards(table, part.entries, index):
            if admits(card):
                if len(shown) == limit:
                    return Page(tuple(shown), after)
                shown.append(card)
            after = position
        after, size = part.next_position, FILTERED_READ
        if after is None or len(shown) == limit:
            break
    return Page(tuple(shown), after)


def is_within(at: str | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether an instant of a card lies in the period [since, until), each end of which may be open."""
    if at is None:
        return since is None and until is None
    return (since is None or at >= clock.to_text(since)) and (until is None or at < clock.to_text(until))


def _cards(table: Table, entries: Sequence[Item], index: Index) -> Iterator[tuple[str, Card]]:
    """Positions in the index, and the cards: gsi1 shows them, the others hold keys only."""
    keys = [Key(entry["pk"], entry["sk"]) for entry in entries]
    found = dict(zip(keys, entries, strict=True)) if index is GSI1 else table.get_many(keys, consistent=False)
    for key, entry in zip(keys, entries, strict=True):
        if key in found:
            yield entry[index.sk], json.loads(found[key]["card"])
