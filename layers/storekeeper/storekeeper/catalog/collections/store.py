"""Reads and changes of a store's collections."""

import json
from collections.abc import Callable, Sequence

from msgspec import Struct

from storekeeper.catalog.collections import items
from storekeeper.catalog.collections.model import Collection, Collections
from storekeeper.catalog.collections.order import ProductOrder, place_after, position_at
from storekeeper.catalog.kept import VersionCache
from storekeeper.catalog.listings.items import listing_key
from storekeeper.catalog.lists import Card
from storekeeper.catalog.products.items import product_key
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import CollectionId, ProductId, StoreId, is_id
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def read_collections(table: Table, store_id: StoreId) -> Collections:
    """The store's collections as they are now."""
    pk = items.collections_pk(table.tenant_id, store_id)
    return items.collections_from(table.query(pk, prefix=items.SET, consistent=True))


def read_collection(table: Table, store_id: StoreId, collection_id: str) -> Collection:
    """The collection as it is now.

    Raises:
        NotFound: the store has no such collection.
    """
    item = table.get(items.collection_key(table.tenant_id, store_id, _checked(collection_id)))
    if item is None:
        raise _unknown()
    return items.collection_from(item)


def collection_of(collections: Collections, collection_id: str) -> Collection:
    """The collection with this id.

    Raises:
        NotFound: the store has none.
    """
    if (collection := collections.by_id.get(_checked(collection_id))) is None:
        raise _unknown()
    return collection


class Ordered(Struct, frozen=True):
    """A collection and its products in order. `order_version` counts changes of the order alone."""

    collection: Collection
    order: ProductOrder
    order_version: int


def read_ordered(table: Table, store_id: StoreId, collection_id: str) -> Ordered:
    """The collection with its products, as they are now.

    Raises:
        NotFound: the store has no such collection.
    """
    known = _checked(collection_id)
    key = items.collection_key(table.tenant_id, store_id, known)
    order_key = items.product_order_key(table.tenant_id, store_id, known)
    found = table.get_many([key, order_key])
    if key not in found or order_key not in found:
        raise _unknown()
    stored = found[order_key]
    return Ordered(items.collection_from(found[key]), items.product_order_from(stored), stored["version"])


def _checked(collection_id: str) -> CollectionId:
    if not is_id(collection_id, "col"):
        raise _unknown()
    return CollectionId(collection_id)


def _unknown() -> NotFound:
    return NotFound("There is no such collection.")


def change_set(
    table: Table, store_id: StoreId, decide: Callable[[Collections], tuple[Collections, tuple[Write, ...]]]
) -> None:
    """Read what is said of the collections, decide, write; again from the start when somebody else was faster.

    Raises:
        Contended: others were faster every time.
    """

    def attempt() -> None:
        changed, writes = decide(read_collections(table, store_id))
        table.write(items.put_set(table.tenant_id, store_id, version=changed.version), *writes)

    until_written(attempt)


def collections_with(table: Table, store_id: StoreId, product_id: str) -> frozenset[CollectionId]:
    """The collections that hold a product, shown or not."""
    pk = items.collections_pk(table.tenant_id, store_id)
    orders = table.query(pk, prefix=items.ORDER_PREFIX, consistent=True)
    return frozenset(CollectionId(item["collection_id"]) for item in orders if product_id in item["product_ids"])


def listed_among(table: Table, store_id: StoreId, product_ids: Sequence[ProductId]) -> frozenset[ProductId]:
    """Those that the store lists now."""
    keys = {listing_key(table.tenant_id, store_id, product_id): product_id for product_id in product_ids}
    return frozenset(keys[key] for key in table.get_many(keys))


class Member(Struct, frozen=True):
    """A product of a collection: its place in the order, from 0, and the cards of it and of its listing."""

    place: int
    product: Card
    listing: Card


def list_members(table: Table, ordered: Ordered, *, after: str | None, limit: int) -> Page[Member]:
    """A page of a collection's products, in order; what the store does not list any more is left out.

    Raises:
        Invalid: `after` is no position of this list.
    """
    order, store_id = ordered.order, ordered.collection.store_id
    start = place_after(order, after)
    places = range(start, min(start + limit, len(order)))
    keys = {
        place: (product_key(table.tenant_id, order[place]), listing_key(table.tenant_id, store_id, order[place]))
        for place in places
    }
    found = table.get_many(key for pair in keys.values() for key in pair)
    members = tuple(
        Member(place, json.loads(found[product]["card"]), json.loads(found[listing]["card"]))
        for place, (product, listing) in keys.items()
        if product in found and listing in found
    )
    is_last = places.stop >= len(order)
    return Page(members, None if is_last else position_at(order, places.stop - 1))


class CollectionsCache(VersionCache[Collections]):
    """One environment's collections."""

    def __init__(self) -> None:
        super().__init__(read_collections)
