"""What a merchant does with a store's categories."""

from collections.abc import Callable
from dataclasses import replace
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
from storekeeper.catalog.images import Image, NotUploaded
from storekeeper.catalog.parts import drop_part, put_part
from storekeeper.catalog.seo import slug_candidates
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CategoryId, new_id
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
    return _change(
        category_id,
        lambda category: revised(category, now=now, details=revise(category.details)),
        shop=shop,
        table=table,
        expects=expects,
    )


def _change(
    category_id: str,
    change: Callable[[Category], Category],
    *,
    shop: Store,
    table: Table,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Category] = forget,
) -> Category:
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


def announce_image(
    category_id: str,
    image: Image,
    *,
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Category] = forget,
) -> Category:
    """Give a category another image; it is shown once it is uploaded and confirmed.

    Raises:
        NotFound: the store has no such category.
    """
    return _change(
        category_id,
        lambda category: revised(category, now=now, image=image),
        shop=shop,
        table=table,
        remember=remember,
    )


def confirm_image(
    category_id: str,
    *,
    is_stored: Callable[[str], bool],
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Category] = forget,
) -> Category:
    """Show the category's image from now on: its upload has arrived.

    Raises:
        NotFound: the store has no such category, or the category no image.
        NotUploaded: nothing has arrived.
    """

    def confirm(category: Category) -> Category:
        if category.image is None:
            raise NotFound("The category has no image.")
        if not is_stored(category.image.key):
            raise NotUploaded("Nothing was uploaded yet; post the file to the upload's url first.")
        return revised(category, now=now, image=replace(category.image, ready=True))

    return _change(category_id, confirm, shop=shop, table=table, remember=remember)


def delete_image(
    category_id: str,
    *,
    delete_stored: Callable[[str], None],
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Category:
    """Take a category's image away, if it has one.

    Raises:
        NotFound: the store has no such category.
    """
    dropped: list[str] = []

    def drop(category: Category) -> Category:
        dropped[:] = [category.image.key] if category.image else []
        return revised(category, now=now, image=None)

    category = _change(category_id, drop, shop=shop, table=table, expects=expects)
    for key in dropped:
        delete_stored(key)
    return category


def _put(table: Table, category: Category) -> Write:
    return put_part(items.category_key(table.tenant_id, category.store_id, category.id), items.category_item(category))
