"""What shoppers ask for, and who answers: the seam behind which a full-text index may come to stand."""

from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct

from storekeeper.catalog import ProductOrder, fold
from storekeeper.kernel import clock
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import CategoryId, StoreId
from storekeeper.kernel.paging import Page
from storekeeper.search.cards.model import Card
from storekeeper.search.words import answers

Place: TypeAlias = tuple[int | str, str]
"""Where a card stands in an order: the value that it is ordered by, and its product's id; rising."""


class Sort(StrEnum):
    """Orders of a list. `default` is the merchant's: by the listings' sort order, then the oldest product.

    Within a collection it is the collection's own.
    """

    DEFAULT = "default"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    TITLE = "title"


class TooManyProducts(StorekeeperError):
    """The list is too long to be sorted on request."""

    code, kind = "too_many_products", "invalid"


class Search(Struct, frozen=True):
    """Terms, filters and an order. `min_minor` and `max_minor` (both inclusive) are in the store's currency.

    `hides_out`: what is sold out is not found, for the store hides it.
    `among`: only these products (a collection's), whose order is then the merchant's.
    """

    terms: tuple[str, ...] = ()
    category_id: CategoryId | None = None
    among: ProductOrder | None = None
    min_minor: int | None = None
    max_minor: int | None = None
    in_stock: bool | None = None
    hides_out: bool = False
    sort: Sort = Sort.DEFAULT

    @property
    def takes_all(self) -> bool:
        """Whether it has no filter but its category and its collection."""
        return self == Search(category_id=self.category_id, among=self.among, sort=self.sort)

    def takes(self, card: Card) -> bool:
        """Whether a card of the place searched is found: by its words, by one of its prices, by its stock."""
        return (
            self.in_stock in (None, card.in_stock)
            and (card.in_stock or not self.hides_out)
            and any(self._is_in_range(price) for price in card.prices_minor)
            and answers(card.words, self.terms)
        )

    def _is_in_range(self, price_minor: int) -> bool:
        return (self.min_minor is None or self.min_minor <= price_minor) and (
            self.max_minor is None or price_minor <= self.max_minor
        )


class ProductSearch(Protocol):
    """Finds products of a store among those that shoppers may know of."""

    def find(self, wanted: Search, *, store_id: StoreId, after: str | None, limit: int) -> Page[Card]:
        """A page of what is found; it follows changes within seconds.

        Raises:
            TooManyProducts: that many cannot be put into this order.
            Invalid: `after` is no position of this search.
        """
        ...


def place_in(sort: Sort, card: Card) -> Place:
    """Where a card stands in an order."""
    values: dict[Sort, int | str] = {
        Sort.DEFAULT: card.sort_order,
        Sort.NEWEST: -round(clock.from_text(card.published_at).timestamp() * 1000),
        Sort.PRICE_ASC: card.prices_minor[0],
        Sort.PRICE_DESC: -card.prices_minor[0],
        Sort.TITLE: fold(card.title),
    }
    return values[sort], card.product_id
