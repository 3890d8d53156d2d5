"""What a merchant does with a store's collections. Their products: `picking.py`; images: `catalog/pictures.py`."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog.collections import items, store
from storekeeper.catalog.collections.model import (
    Collection,
    CollectionDetails,
    Collections,
    revised,
    with_collection,
    without_collection,
)
from storekeeper.catalog.parts import drop_part
from storekeeper.catalog.seo import slug_candidates
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CollectionId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Store, mark_used


def create_collection(
    details: CollectionDetails, *, shop: Store, table: Table, now: datetime, remember: Remember[Collection] = forget
) -> Collection:
    """Make a collection without products; without a slug it gets one made from its title.

    Raises:
        SlugTaken: another collection of the store has the slug that was given.
        Invalid: the store has too many.
    """
    collection = Collection(
        id=CollectionId(new_id("col", at=now)),
        store_id=shop.id,
        details=details,
        image=None,
        product_count=0,
        version=1,
        created_at=now,
        updated_at=now,
    )
    made: list[Collection] = []

    def decide(known: Collections) -> tuple[Collections, tuple[Write, ...]]:
        slug = details.slug or _free_slug(known, collection)
        slugged = replace(collection, details=replace(details, slug=slug))
        made[:] = [slugged]
        writes = (
            items.put_collection(table.tenant_id, slugged),
            items.put_order(table.tenant_id, slugged, (), version=1),
            *mark_used(shop),
            *remember(slugged),
        )
        return with_collection(known, slugged), writes

    store.change_set(table, shop.id, decide)
    return made[0]


def _free_slug(known: Collections, collection: Collection) -> str:
    candidates = slug_candidates(collection.details.title, unique=collection.id)
    return next(slug for slug in candidates if known.by_slug(slug) is None)


def change_collection(
    collection_id: str,
    revise: Callable[[CollectionDetails], CollectionDetails],
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Collection:
    """Change what is said of a collection. Its products stay as they are.

    Raises:
        NotFound: the store has no such collection.
        SlugTaken: another collection of the store has the new slug.
    """
    return change_collection_by(
        collection_id,
        lambda collection: revised(collection, now=now, details=revise(collection.details)),
        shop=shop,
        table=table,
        expects=expects,
    )


def change_collection_by(
    collection_id: str,
    change: Callable[[Collection], Collection],
    *,
    shop: Store,
    table: Table,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Collection] = forget,
) -> Collection:
    """The collection after `change`, which is made again when somebody else was faster.

    Raises:
        NotFound: the store has no such collection.
        SlugTaken: another collection of the store has the slug that it would have.
    """
    made: list[Collection] = []

    def decide(known: Collections) -> tuple[Collections, tuple[Write, ...]]:
        collection = store.collection_of(known, collection_id)
        expects(collection.version)
        changed = change(collection)
        made[:] = [changed]
        writes = (items.put_collection(table.tenant_id, changed), *remember(changed))
        return with_collection(known, changed), writes

    store.change_set(table, shop.id, decide)
    return made[0]


def delete_collection(
    collection_id: str,
    *,
    delete_stored: Callable[[str], None],
    shop: Store,
    table: Table,
    expects: Callable[[int], None] = any_version,
) -> None:
    """Delete a collection, with its image. Its products stay as they are, outside of it.

    Raises:
        NotFound: the store has no such collection.
    """
    dropped: list[Collection] = []

    def decide(known: Collections) -> tuple[Collections, tuple[Write, ...]]:
        collection = store.collection_of(known, collection_id)
        expects(collection.version)
        dropped[:] = [collection]
        writes = (
            items.delete_collection_item(table.tenant_id, collection),
            drop_part(items.product_order_key(table.tenant_id, shop.id, collection.id)),
        )
        return without_collection(known, collection.id), writes

    store.change_set(table, shop.id, decide)
    for image in (collection.image for collection in dropped if collection.image):
        delete_stored(image.key)
