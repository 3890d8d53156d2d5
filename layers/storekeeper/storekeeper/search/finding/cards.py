"""Today's search: a store's cards, read from the table and filtered here. docs/search.md says how many."""

import heapq
from collections.abc import Iterable, Sequence
from functools import partial

from storekeeper.catalog import ProductOrder
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table, together
from storekeeper.search.cards import items
from storekeeper.search.cards.model import Card
from storekeeper.search.finding.model import Search, Sort, TooManyProducts
from storekeeper.search.finding.picked import PickedCards, picked_page
from storekeeper.search.finding.sorting import sorted_page

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
        if wanted.among is not None:
            return self._among(wanted, wanted.among, store_id, after=after, limit=limit)
        pks = self._lists(wanted, store_id)
        if wanted.sort is Sort.DEFAULT:
            return self._in_order(wanted, pks, after=after, limit=limit)
        return sorted_page(self._all(wanted, pks), wanted.sort, after=after, limit=limit)

    def _among(
        self, wanted: Search, order: ProductOrder, store_id: StoreId, *, after: str | None, limit: int
    ) -> Page[Card]:
        reader = PickedCards(self._table, store_id, wanted.category_id)
        if wanted.sort is Sort.DEFAULT:
            return picked_page(wanted, order, reader, after=after, limit=limit)
        found = filter(wanted.takes, reader.read(order).values())
        return sorted_page(found, wanted.sort, after=after, limit=limit)

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

    def _all(self, wanted: Search, pks: Sequence[str]) -> list[Card]:
        """All cards that are found, in no order.

        Raises:
            TooManyProducts: there are more to look at than MAX_CARDS.
        """
        shards, most = self._read(pks)
        if any(len(shard) > most for shard in shards):
            raise TooManyProducts("There are too many products to sort them so: choose a category, or another order.")
        return [card for shard in shards for card in _taken(wanted, shard)]

    def _read(self, pks: Sequence[str], *, after: str | None = None) -> tuple[list[list[Item]], int]:
        """Each list's items, side by side, and how many of each count; one more says that there are more."""
        most = MAX_CARDS // len(pks)
        reads = [partial(self._table.query, pk, index=GSI1, after=after, limit=most + 1) for pk in pks]
        return together(*reads), most


def _taken(wanted: Search, read: Iterable[Item]) -> list[Card]:
    return [card for item in read if wanted.takes(card := Card.from_text(item["card"]))]
