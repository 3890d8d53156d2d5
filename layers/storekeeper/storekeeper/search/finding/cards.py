"""Today's search: a store's cards, read from the table and filtered here. docs/search.md says how many."""

import json
from collections.abc import Iterator, Sequence

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table, together
from storekeeper.search.cards import items
from storekeeper.search.cards.model import Card
from storekeeper.search.finding.model import Place, Search, Sort, TooManyProducts, place_in

MAX_CARDS = 20_000
FILTERED_READ = 500


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
        """At most MAX_CARDS are read: a page may be short, even empty, and have a next one."""
        found: list[Card] = []
        read, size = 0, limit + 1
        while read < MAX_CARDS:
            page = read_sharded(self._table, pks, index=GSI1, after=after, limit=size, newest_first=False)
            found += filter(wanted.takes, (Card.from_text(item["card"]) for item in page.entries))
            if len(found) > limit:
                return Page(tuple(found[:limit]), items.order_of(found[limit - 1]))
            read, after, size = read + len(page.entries), page.next_position, FILTERED_READ
            if after is None:
                break
        return Page(tuple(found), after)

    def _sorted(self, wanted: Search, pks: Sequence[str], *, after: str | None, limit: int) -> Page[Card]:
        start = _place_from(after) if after is not None else None
        placed = [(place_in(wanted.sort, card), card) for card in self._all(pks) if wanted.takes(card)]
        if start is not None and placed and type(placed[0][0][0]) is not type(start[0]):
            raise _unreadable()
        left = sorted((pair for pair in placed if start is None or pair[0] > start), key=lambda pair: pair[0])
        shown = left[:limit]
        return Page(tuple(card for _, card in shown), json.dumps(shown[-1][0]) if len(left) > limit else None)

    def _all(self, pks: Sequence[str]) -> Iterator[Card]:
        most = MAX_CARDS // len(pks)
        shards = together(*[lambda pk=pk: self._table.query(pk, index=GSI1, limit=most + 1) for pk in pks])
        if any(len(shard) > most for shard in shards):
            raise TooManyProducts("There are too many products to sort them so: choose a category, or another order.")
        return (Card.from_text(item["card"]) for shard in shards for item in shard)


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
