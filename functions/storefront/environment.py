"""What an environment keeps for public reads, and the first read that they share: of settings and tree, by version."""

from functools import cache

from storekeeper.catalog import CategoryTree, TreeCache, tree_key
from storekeeper.edge.backend import backend
from storekeeper.edge.shopper import Visit
from storekeeper.kernel.errors import NotFound
from storekeeper.search import PageReader
from storekeeper.tenancy import Store, settings_key


@cache
def _trees() -> TreeCache:
    return TreeCache()


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
    wanted = settings_key(visit.tenant_id), tree_key(visit.tenant_id, visit.store_id)
    settings_item, tree_item = map(visit.table.get_many(wanted).get, wanted)
    if settings_item is None:
        raise NotFound("No store has this domain.")
    settings = visit.settings.at(visit.table, version=settings_item["settings_version"])
    store = settings.open_store(visit.store_id)
    return store, _trees().at(visit.table, store.id, version=tree_item["version"] if tree_item else 0)
