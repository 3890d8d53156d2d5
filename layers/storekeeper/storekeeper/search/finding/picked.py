"""The cards of products that somebody picked (a collection's), read by key: at most 1,000, in the order given.

What has no card is not shown: it is archived, hidden or not listed any more.
"""

from collections.abc import Sequence

from storekeeper.catalog import ProductOrder, place_after, position_at
from storekeeper.kernel.ids import CategoryId, ProductId, StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.search.cards import items
from storekeeper.search.cards.model import Card
from storekeeper.search.finding.model import Search

SPARE = 10  # read beyond a page's length, for those that are not shown now
FILTERED_LOOK = 200


class PickedCards:
    """A store's cards by product; with a category only of those that stand in its list."""

    def __init__(self, table: Table, store_id: StoreId, category_id: CategoryId | None) -> None:
        self._table, self._store_id, self._category_id = table, store_id, category_id

    def read(self, product_ids: Sequence[ProductId]) -> dict[ProductId, Card]:
        """Those that shoppers may know of, in the order given; a second old, as all lists are."""
        tenant_id = self._table.tenant_id
        keys = {one: items.card_key(tenant_id, self._store_id, one, self._category_id) for one in product_ids}
        found = self._table.get_many(keys.values(), consistent=False)
        texts = ((one, found.get(key, {}).get("card")) for one, key in keys.items())
        return {one: Card.from_text(text) for one, text in texts if text is not None}


def picked_page(
    wanted: Search, order: ProductOrder, cards: PickedCards, *, after: str | None, limit: int
) -> Page[Card]:
    """A page in the order given: a look at what comes first; only if that does not fill the page, all the rest.

    Raises:
        Invalid: `after` is no position of this search.
    """
    start = place_after(order, after)
    end = start + (limit + SPARE if wanted.takes_all else max(limit, FILTERED_LOOK))
    read = cards.read(order[start:end])
    found = [one for one, card in read.items() if wanted.takes(card)]
    if len(found) <= limit and end < len(order):
        read |= (rest := cards.read(order[end:]))
        found += [one for one, card in rest.items() if wanted.takes(card)]
    shown = found[:limit]
    next_position = position_at(order, order.index(shown[-1])) if len(found) > limit else None
    return Page(tuple(read[one] for one in shown), next_position)
