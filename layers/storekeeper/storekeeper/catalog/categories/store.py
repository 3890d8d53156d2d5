"""Reads and changes of a store's tree."""

from collections.abc import Callable

from storekeeper.catalog.categories import items
from storekeeper.catalog.categories.model import Category, CategoryTree
from storekeeper.catalog.kept import VersionCache
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import CategoryId, StoreId, is_id
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def read_tree(table: Table, store_id: StoreId) -> CategoryTree:
    """The store's categories as they are now."""
    return items.tree_from(table.query(items.categories_pk(table.tenant_id, store_id), consistent=True))


def category_of(tree: CategoryTree, category_id: str) -> Category:
    """The category with this id.

    Raises:
        NotFound: the store has none.
    """
    category = tree.categories.get(CategoryId(category_id)) if is_id(category_id, "cat") else None
    if category is None:
        raise NotFound("There is no such category.")
    return category


def change_tree(
    table: Table, store_id: StoreId, decide: Callable[[CategoryTree], tuple[CategoryTree, tuple[Write, ...]]]
) -> None:
    """Read the tree, decide, write; again from the start when somebody else was faster.

    Raises:
        Contended: others were faster every time.
    """

    def attempt() -> None:
        changed, writes = decide(read_tree(table, store_id))
        table.write(items.put_tree(table.tenant_id, store_id, version=changed.version), *writes)

    until_written(attempt)


class TreeCache(VersionCache[CategoryTree]):
    """One environment's trees."""

    def __init__(self) -> None:
        super().__init__(read_tree)
