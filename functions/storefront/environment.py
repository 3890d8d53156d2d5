"""What an environment keeps for public reads, by version, and the first read of each: settings, tree, collections."""

from collections.abc import Mapping
from functools import cache

from storekeeper.catalog import CategoryTree, TreeCache, tree_key
from storekeeper.catalog.collections.items import collection_set_key, product_order_from, product_order_key
from storekeeper.catalog.collections.model import Collections
from storekeeper.catalog.collections.order import ProductOrder
from storekeeper.catalog.collections.store import CollectionsCache
from storekeeper.edge.backend import backend
from storekeeper.edge.shopper import Visit
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.keys import Key
from storekeeper.search import PageReader
from storekeeper.tenancy import Store, settings_key


@cache
def _trees() -> TreeCache:
    return TreeCache()


@cache
def _collections() -> CollectionsCache:
    return CollectionsCache()


@cache
def page_reader() -> PageReader:
    """This environment's reader of pages."""
    return PageReader(backend().settings, _trees())


def open_store(visit: Visit) -> Store:
    """The store that is visited.

    Raises:
        StoreUnavailable: it is not open to shoppers.
    """
    return visit.settings.fresh(visit.table).open_store(visit.store_id)


def store_and_tree(visit: Visit) -> tuple[Store, CategoryTree]:
    """The store that is visited, and its categories, as they are now; one read where both are known already.

    Raises:
        StoreUnavailable: it is not open to shoppers.
    """
    store, read = _store_with(visit, tree_key(visit.tenant_id, visit.store_id))
    return store, _tree(visit, read)


def store_and_collections(visit: Visit) -> tuple[Store, Collections]:
    """The store that is visited, and its collections, as they are now; one read where both are known already.

    Raises:
        StoreUnavailable: it is not open to shoppers.
    """
    store, read = _store_with(visit, collection_set_key(visit.tenant_id, visit.store_id))
    return store, _collections_of(visit, read)


def store_tree_and_picked(visit: Visit, name: str) -> tuple[Store, CategoryTree, ProductOrder | None]:
    """The store, its categories, and the products of the collection with this slug or id; None if it shows no such one.

    One read where the collection is known already: its products are read along, if the name still means it.

    Raises:
        StoreUnavailable: the store is not open to shoppers.
    """
    tenant_id, store_id = visit.tenant_id, visit.store_id
    last = _collections().last(visit.table, store_id)
    guess = last.named(name) if last else None
    keys = [product_order_key(tenant_id, store_id, guess.id)] if guess else []
    store, read = _store_with(visit, tree_key(tenant_id, store_id), collection_set_key(tenant_id, store_id), *keys)
    tree, found = _tree(visit, read), _collections_of(visit, read).named(name)
    if found is None or not found.details.visible:
        return store, tree, None
    key = product_order_key(tenant_id, store_id, found.id)
    item = read.get(key) or visit.table.get(key)
    return store, tree, product_order_from(item) if item else None


def _store_with(visit: Visit, *keys: Key) -> tuple[Store, Mapping[Key, Item]]:
    """The store, and what was read along with the version of its settings."""
    settings = settings_key(visit.tenant_id)
    read = visit.table.get_many((settings, *keys))
    if settings not in read:
        raise NotFound("No store has this domain.")
    known = visit.settings.at(visit.table, version=read[settings]["settings_version"])
    return known.open_store(visit.store_id), read


def _tree(visit: Visit, read: Mapping[Key, Item]) -> CategoryTree:
    item = read.get(tree_key(visit.tenant_id, visit.store_id))
    return _trees().at(visit.table, visit.store_id, version=item["version"] if item else 0)


def _collections_of(visit: Visit, read: Mapping[Key, Item]) -> Collections:
    item = read.get(collection_set_key(visit.tenant_id, visit.store_id))
    return _collections().at(visit.table, visit.store_id, version=item["version"] if item else 0)
