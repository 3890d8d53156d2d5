"""What a collection is, and what a store's collections are together. Pure. The order of its products: `order.py`."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.images import Image
from storekeeper.catalog.seo import NO_SEO, Seo
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import CollectionId, StoreId
from storekeeper.kernel.keys import joined, padded
from storekeeper.kernel.records import replace

MAX_COLLECTIONS = 200  # of a store: which of them hold a product is found by reading the orders of all


class CollectionDetails(Struct, frozen=True):
    """What a merchant says about a collection. `position` is its place among the store's collections."""

    title: str
    slug: str
    description: str | None = None
    position: int = 0
    visible: bool = True
    seo: Seo = NO_SEO


class Collection(Struct, frozen=True):
    """Products picked by hand. `version` counts every change of it, of its products and of their order."""

    id: CollectionId
    store_id: StoreId
    details: CollectionDetails
    image: Image | None
    product_count: int
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def place(self) -> str:
        """Where it stands among the store's: by position, the oldest first."""
        return joined(padded(self.details.position), self.id)


class Collections(Struct, frozen=True, dict=True):
    """All collections of a store, without their products, at one `version` (0: it never had any).

    The version counts changes of what merchants say about them, which is all that shoppers see of them here: a
    change of products leaves it, and so what environments keep, as it is.
    """

    version: int
    by_id: Mapping[CollectionId, Collection]

    @cached_property
    def _by_slug(self) -> Mapping[str, Collection]:
        return {collection.details.slug: collection for collection in self.by_id.values()}

    @cached_property
    def shown(self) -> tuple[Collection, ...]:
        """Those that shoppers see, in their place."""
        visible = (collection for collection in self.by_id.values() if collection.details.visible)
        return tuple(sorted(visible, key=lambda one: one.place))

    def by_slug(self, slug: str) -> Collection | None:
        """The collection with this slug."""
        return self._by_slug.get(slug)

    def named(self, name: str) -> Collection | None:
        """The collection with this slug, or else this id."""
        return self._by_slug.get(name) or self.by_id.get(CollectionId(name))


def with_collection(collections: Collections, collection: Collection) -> Collections:
    """The collections with one that is new or changed, one version on.

    Raises:
        SlugTaken: another collection of the store has its slug.
        Invalid: `too_many_collections`.
    """
    slug = collection.details.slug
    other = collections.by_slug(slug)
    if other is not None and other.id != collection.id:
        raise SlugTaken(f"The store has another collection with the slug {slug}.")
    if collection.id not in collections.by_id and len(collections.by_id) >= MAX_COLLECTIONS:
        detail = f"A store has at most {MAX_COLLECTIONS} collections; delete one first."
        raise Invalid.field("title", "too_many_collections", detail)
    return Collections(collections.version + 1, {**collections.by_id, collection.id: collection})


def without_collection(collections: Collections, collection_id: CollectionId) -> Collections:
    """The collections without one of them, one version on."""
    left = {one: collection for one, collection in collections.by_id.items() if one != collection_id}
    return Collections(collections.version + 1, left)


def revised(collection: Collection, *, now: datetime, **changes: object) -> Collection:
    """The collection after a change, one version on."""
    return replace(collection, **changes, version=collection.version + 1, updated_at=now)  # type: ignore[arg-type]
