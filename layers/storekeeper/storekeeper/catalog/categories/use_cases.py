"""What a merchant does with a store's categories. Their images: `catalog/pictures.py`."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog.categories import items, store
from storekeeper.catalog.categories.model import (
    Category,
    CategoryDetails,
    CategoryTree,
    revised,
    with_category,
    without_category,
)
from storekeeper.catalog.parts import drop_part, put_part
from storekeeper.catalog.seo import slug_candidates
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CategoryId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Store, mark_used


def create_category(
    details: CategoryDetails, *, shop: Store, table: Table, now: datetime, remember: Remember[Category] = forget
) -> Category:
    """Make a category; without a slug it gets one made from its name.

    Raises:
        SlugTaken: another category of the store has the slug that was given.
        Invalid: its place in the tree does not do.
    """
    category = Category(
        id=CategoryId(new_id("cat", at=now)),
        store_id=shop.id,
        details=details,
        image=None,
        version=1,
        created_at=now,
        updated_at=now,
    )
    made: list[Category] = []

    def decide(tree: CategoryTree) -> tuple[CategoryTree, tuple[Write, ...]]:
        slug = details.slug or _free_slug(tree, category)
        slugged = replace(category, details=replace(details, slug=slug))
        made[:] = [slugged]
        return with_category(tree, slugged), (_put(table, slugged), *mark_used(shop), *remember(slugged))

    store.change_tree(table, shop.id, decide)
    return made[0]


def _free_slug(tree: CategoryTree, category: Category) -> str:
    candidates = slug_candidates(category.details.name, unique=category.id)
    return next(slug for slug in candidates if tree.by_slug(slug) is None)


def change_category(
    category_id: str,
    revise: Callable[[CategoryDetails], CategoryDetails],
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Category:
    """Change a category, or move it in the tree.

    Raises:
        NotFound: the store has no such category.
        SlugTaken: another category of the store has the new slug.
        Invalid: its new place in the tree does not do.
    """
    return change_category_by(
        category_id,
        lambda category: revised(category, now=now, details=revise(category.details)),
        shop=shop,
        table=table,
        expects=expects,
    )


def change_category_by(
    category_id: str,
    change: Callable[[Category], Category],
    *,
    shop: Store,
    table: Table,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Category] = forget,
) -> Category:
    """The category after `change`, which is made again when somebody else was faster.

    Raises:
        NotFound: the store has no such category.
        SlugTaken, Invalid: what it would become does not fit into the tree.
    """
    made: list[Category] = []

    def decide(tree: CategoryTree) -> tuple[CategoryTree, tuple[Write, ...]]:
        category = store.category_of(tree, category_id)
        expects(category.version)
        changed = change(category)
        made[:] = [changed]
        return with_category(tree, changed), (_put(table, changed), *remember(changed))

    store.change_tree(table, shop.id, decide)
    return made[0]


def delete_category(
    category_id: str, *, shop: Store, table: Table, expects: Callable[[int], None] = any_version
) -> None:
    """Delete a category. Listings that were in it stay, outside of it.

    Raises:
        NotFound: the store has no such category.
        CategoryHasChildren: categories stand below it.
    """

    def decide(tree: CategoryTree) -> tuple[CategoryTree, tuple[Write, ...]]:
        category = store.category_of(tree, category_id)
        expects(category.version)
        key = items.category_key(table.tenant_id, shop.id, category.id)
        return without_category(tree, category.id), (drop_part(key),)

    store.change_tree(table, shop.id, decide)


def _put(table: Table, category: Category) -> Write:
    return put_part(items.category_key(table.tenant_id, category.store_id, category.id), items.category_item(category))
