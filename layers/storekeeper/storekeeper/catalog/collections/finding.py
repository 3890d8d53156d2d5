"""The merchant's list of a store's collections: read whole, filtered and sorted here."""

from enum import StrEnum

from msgspec import Struct

from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.store import collections_with, read_collections
from storekeeper.catalog.seo import fold
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.paging import Page, page_of
from storekeeper.kernel.table import Table

TITLE_LETTERS = 200  # by which titles are sorted: what makes a position must stay short


class CollectionSort(StrEnum):
    """Orders of the list. `position` is the merchant's; within it, as within a title, the oldest come first."""

    POSITION = "position"
    TITLE = "title"
    NEWEST = "newest"


class CollectionFilter(Struct, frozen=True):
    """Which collections a list shows. Each word of `q` must stand in title or slug, whatever its case and accents."""

    q: str = ""
    slug: str | None = None
    visible: bool | None = None
    product_id: str | None = None

    def takes(self, collection: Collection) -> bool:
        """Whether a collection is shown, but for the product that it should hold."""
        details = collection.details
        text = f"{fold(details.title)} {details.slug}"
        return (
            self.slug in (None, details.slug)
            and self.visible in (None, details.visible)
            and all(word in text for word in fold(self.q).split())
        )


def list_collections(
    table: Table, store_id: StoreId, wanted: CollectionFilter, *, sort: CollectionSort, after: str | None, limit: int
) -> Page[Collection]:
    """A page of the store's collections, as they are now."""
    found = list(filter(wanted.takes, read_collections(table, store_id).by_id.values()))
    if wanted.product_id is not None:
        holding = collections_with(table, store_id, wanted.product_id)
        found = [collection for collection in found if collection.id in holding]
    is_falling = sort is CollectionSort.NEWEST

    def place(collection: Collection) -> str:
        return _place(collection, sort)

    left = [one for one in found if after is None or (place(one) < after if is_falling else place(one) > after)]
    return page_of(sorted(left, key=place, reverse=is_falling), limit=limit, position=place)


def _place(collection: Collection, sort: CollectionSort) -> str:
    match sort:
        case CollectionSort.POSITION:
            return collection.place
        case CollectionSort.TITLE:
            return f"{fold(collection.details.title)[:TITLE_LETTERS]}\x00{collection.id}"
        case CollectionSort.NEWEST:
            return collection.id
