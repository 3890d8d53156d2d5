"""What shoppers find: products in lists, and the page of one. Derived from the catalog and from stock.

- card: a product as a store's lists show it; derived by the projector, a few seconds behind
- place: a list that a card stands in: the store's, and that of each category with those above it
- search: words, filters and an order; answered by whatever stands behind `ProductSearch`
- sync: all that is derived of a store's stock, derived anew, with what was wrong
- page: one product as its page shows it; read live, never from cards
"""

from storekeeper.search.cards.model import Card
from storekeeper.search.finding.cards import CardSearch
from storekeeper.search.finding.model import ProductSearch, Search, Sort, TooManyProducts
from storekeeper.search.pages import PageReader, ProductPage, SoldVariant
from storekeeper.search.projections import project, rebuild
from storekeeper.search.syncing.model import Difference
from storekeeper.search.syncing.use_cases import list_differences, sync_part
from storekeeper.search.words import terms_of

__all__ = [
    "Card",
    "CardSearch",
    "Difference",
    "PageReader",
    "ProductPage",
    "ProductSearch",
    "Search",
    "SoldVariant",
    "Sort",
    "TooManyProducts",
    "list_differences",
    "project",
    "rebuild",
    "sync_part",
    "terms_of",
]
