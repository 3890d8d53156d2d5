"""Today's search: a store's cards, read from the table and filtered here. docs/search.md says how many."""

import heapq
import json
from collections.abc import Iterable, Sequence
from functools import partial

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table, together
from storekeeper.search.cards import items
from storekeeper.search.cards.model import Card
from storekeeper.search.finding.model import Place, Search, Sort, TooManyProducts, place_in

MAX_CARDS = 20_000
FIRST_LOOK = 200


class CardSearch:
    """`ProductSearch` over one tenant's cards."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, wanted: Search, *, store_id: StoreId, after: str | None, limit: int) -> Page[Card]:
        """A page of what is found. In the merchant's order it reads no further than it must.

        Raises:
            TooManyProducts: over MAX_CARDS would have to be sorted.
            Invalid: `after` is no position of this search.
        """
        pks = self._lists(wanted, store_id)
        if wanted.sort is Sort.DEFAULT:
            return self._in_order(wanted, pks, after=after, limit=limit)
        return self._sorted(wanted, pks, after=after, limit=limit)

    def _lists(self, wanted: Search, store_id: StoreId) -> Sequence[str]:
        tenant_id = self._table.tenant_id
        if wanted.category_id is None:
            return items.store_list_pks(tenant_id, store_id)
        return (items.category_list_pk(tenant_id, store_id, wanted.category_id),)

    def _in_order(self, wanted: Search, pks: Sequence[str], *, after: str | None, limit: int) -> Page[Card]:
        """A look at what comes first; only if that does not fill the page, all the rest.

        At most MAX_CARDS are read: a page may be short, even empty, and have a next one.
        """
        size = limit + 1 if wanted.takes_all else FIRST_LOOK
        look = read_sharded(self._table, pks, index=GSI1, after=after, limit=size, newest_first=False)
        found = _taken(wanted, look.entries)
        after = look.next_position
        if len(found) <= limit and after is not None:
            rest, after = self._rest(pks, after=after)
            found += _taken(wanted, rest)
        if len(found) > limit:
            return Page(tuple(found[:limit]), items.order_of(found[limit - 1]))
        return Page(tuple(found), after)

    def _rest(self, pks: Sequence[str], *, after: str) -> tuple[list[Item], str | None]:
        """What follows `after` in order, and where to go on if that was not all."""
        shards, most = self._read(pks, after=after)
        ends = [shard[most - 1][GSI1.sk] for shard in shards if len(shard) > most]
        end = min(ends, default=None)
        merged = heapq.merge(*shards, key=lambda item: str(item[GSI1.sk]))
        return [item for item in merged if end is None or item[GSI1.sk] <= end], end

    def _sorted(self, wanted: Search, pks: Sequence[str], *, after: str | None, limit: int) -> Page[Card]:
        start = _place_from(after) if after is not None else None
        shards, most = self._read(pks)
        if any(len(shard) > most for shard in shards):
            raise TooManyProducts("There are too many products to sort them so: choose a category, or another order.")
        placed = [(place_in(wanted.sort, card), card) for shard in shards for card in _taken(wanted, shard)]
        if start is not None and placed and type(placed[0][0][0]) is not type(start[0]):
            raise _unreadable()
        left = sorted((pair for pair in placed if start is None or pair[0] > start), key=lambda pair: pair[0])
        shown = left[:limit]
        return Page(tuple(card for _, card in shown), json.dumps(shown[-1][0]) if len(left) > limit else None)

    def _read(self, pks: Sequence[str], *, after: str | None = None) -> tuple[list[list[Item]], int]:
        """Each list's items, side by side, and how many of each count; one more says that there are more."""
        most = MAX_CARDS // len(pks)
        reads = [partial(self._table.query, pk, index=GSI1, after=after, limit=most + 1) for pk in pks]
        return together(*reads), most


def _taken(wanted: Search, read: Iterable[Item]) -> list[Card]:
    return [card for item in read if wanted.takes(card := Card.from_text(item["card"]))]


def _place_from(position: str) -> Place:
    try:
        value, product_id = json.loads(position)
    except (ValueError, TypeError) as error:
        raise _unreadable() from error
    if not isinstance(value, int | str) or not isinstance(product_id, str):
        raise _unreadable()
    return value, product_id


def _unreadable() -> Invalid:
    return Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before, with the same filters.")
