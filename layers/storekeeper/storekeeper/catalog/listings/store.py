"""Reads of listings."""

import json

from msgspec import Struct

from storekeeper.catalog.listings import items
from storekeeper.catalog.listings.model import Listing, listed_product
from storekeeper.catalog.lists import Card, list_cards
from storekeeper.catalog.products.items import product_pk
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table


def read_listing(table: Table, store_id: StoreId, listing_id: str) -> Listing:
    """The listing as it is now.

    Raises:
        NotFound: the store has no such listing.
    """
    try:
        listing = find_listing(table, store_id, listed_product(listing_id, store_id))
    except ValueError:
        listing = None
    if listing is None or listing.id != listing_id:
        raise NotFound("There is no such listing.")
    return listing


def find_listing(table: Table, store_id: StoreId, product_id: str) -> Listing | None:
    """A product's listing in a store as it is now, if it has one."""
    key = items.listing_key(table.tenant_id, store_id, product_id)
    text_key = items.listing_text_key(table.tenant_id, store_id, product_id)
    found = table.get_many([key, text_key])
    return items.listing_from(found[key], found.get(text_key)) if key in found else None


def stores_listing(table: Table, product_id: str) -> tuple[StoreId, ...]:
    """The stores that list a product now."""
    found = table.query(product_pk(table.tenant_id, product_id), prefix=items.LISTING_PREFIX, consistent=True)
    return tuple(StoreId(item["store_id"]) for item in found if item["type"] == "listing")


class ListingFilter(Struct, frozen=True):
    """Which listings a list shows."""

    visible: bool | None = None
    promoted: bool | None = None
    category_id: str | None = None

    def takes(self, card: Card) -> bool:
        """Whether a listing, by its card, is shown."""
        return (
            self.visible in (None, card["visible"])
            and self.promoted in (None, card["promoted"])
            and (self.category_id is None or self.category_id in card["category_ids"])
        )


def find_listing_card(table: Table, store_id: StoreId, product_id: str, wanted: ListingFilter) -> Page[Card]:
    """The card of a product's listing in the store, as it is now."""
    item = table.get(items.listing_key(table.tenant_id, store_id, product_id))
    return Page(tuple(filter(wanted.takes, [json.loads(item["card"])] if item else ())), None)


def list_listings(
    table: Table, store_id: StoreId, wanted: ListingFilter, *, after: str | None, limit: int
) -> Page[Card]:
    """Cards of a store's listings, newest product first; follows writes within seconds."""
    pks = items.list_pks(table.tenant_id, store_id)
    return list_cards(table, pks, wanted.takes, after=after, limit=limit)
