"""Pages of cards in an order that no list of the table has: all are sorted, for every page. Pure."""

import json
from collections.abc import Iterable

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.paging import Page
from storekeeper.search.cards.model import Card
from storekeeper.search.finding.model import Place, Sort, place_in


def sorted_page(cards: Iterable[Card], sort: Sort, *, after: str | None, limit: int) -> Page[Card]:
    """A page of these cards.

    Raises:
        Invalid: `after` is no position of this search.
    """
    start = _place_from(after) if after is not None else None
    placed = [(place_in(sort, card), card) for card in cards]
    if start is not None and placed and type(placed[0][0][0]) is not type(start[0]):
        raise _unreadable()
    left = sorted((pair for pair in placed if start is None or pair[0] > start), key=lambda pair: pair[0])
    shown = left[:limit]
    return Page(tuple(card for _, card in shown), json.dumps(shown[-1][0]) if len(left) > limit else None)


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
