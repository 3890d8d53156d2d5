"""A store's collections in the table: one partition with what merchants say of each, and beside it each one's order.

`SET` sorts before the collections: a reader that a change overtakes sees the old version with a new collection, and so
reads again, and never the new version with an old collection, which it would keep.

What is said of a collection changes under `SET`'s version, which keeps slugs unique; its products change under its own
version and its order's, and leave `SET` alone.
"""

from collections.abc import Iterable

from msgspec.structs import asdict

from storekeeper.catalog.collections.model import Collection, CollectionDetails, Collections
from storekeeper.catalog.collections.order import ProductOrder
from storekeeper.catalog.images import Image
from storekeeper.catalog.listings.items import listing_key
from storekeeper.catalog.seo import Seo
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import CollectionId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, PRESENT, Check, Delete, Put

SCHEMA = 1
SET = "SET"
ORDER_PREFIX = "ORDER#"

ENTITIES = (
    Entity(
        name="collection_set",
        pk="T#<tenant>#S#<store>#COLLECTIONS",
        sk="SET",
        holds="The version of what is said of the store's collections, by which environments keep it.",
        found_by="The store.",
        written_by="create_collection, change_collection, delete_collection",
    ),
    Entity(
        name="collection",
        pk="T#<tenant>#S#<store>#COLLECTIONS",
        sk="SET#<collection>",
        holds="A collection: its slug, image, position, visibility, and how many products it has.",
        found_by="One query reads all of a store's.",
        written_by="create_collection, change_collection; every change of its products",
    ),
    Entity(
        name="collection_order",
        pk="T#<tenant>#S#<store>#COLLECTIONS",
        sk="ORDER#<collection>",
        holds="A collection's products, in the merchant's order.",
        found_by="The collection; one query reads all of a store's, to find those that hold a product.",
        written_by="add_products, move_product, arrange_products, remove_product, drop_unlisted",
    ),
)


def collections_pk(tenant_id: TenantId, store_id: StoreId) -> str:
    """Partition of a store's collections."""
    return tenant_pk(tenant_id, "S", store_id, "COLLECTIONS")


def collection_set_key(tenant_id: TenantId, store_id: StoreId) -> Key:
    """The version of all that is said of the store's collections."""
    return Key(collections_pk(tenant_id, store_id), SET)


def collection_key(tenant_id: TenantId, store_id: StoreId, collection_id: str) -> Key:
    """One collection."""
    return Key(collections_pk(tenant_id, store_id), joined(SET, collection_id))


def product_order_key(tenant_id: TenantId, store_id: StoreId, collection_id: str) -> Key:
    """One collection's products."""
    return Key(collections_pk(tenant_id, store_id), joined("ORDER", collection_id))


def collection_item(collection: Collection) -> Item:
    """One collection."""
    details = collection.details
    return {
        "type": "collection",
        "schema": SCHEMA,
        "version": collection.version,
        "id": collection.id,
        "store_id": collection.store_id,
        "title": details.title,
        "slug": details.slug,
        "description": details.description,
        "position": details.position,
        "visible": details.visible,
        "seo": details.seo.as_item(),
        "image": asdict(collection.image) if collection.image else None,
        "product_count": collection.product_count,
        "created_at": clock.to_text(collection.created_at),
        "updated_at": clock.to_text(collection.updated_at),
    }


def collection_from(item: Item) -> Collection:
    """One collection."""
    details = CollectionDetails(
        title=item["title"],
        slug=item["slug"],
        description=item.get("description"),
        position=item["position"],
        visible=item["visible"],
        seo=Seo.from_item(item.get("seo")),
    )
    return Collection(
        id=CollectionId(item["id"]),
        store_id=StoreId(item["store_id"]),
        details=details,
        image=Image(**item["image"]) if "image" in item else None,
        product_count=item["product_count"],
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def collections_from(items: Iterable[Item]) -> Collections:
    """The collections of their partition's items."""
    by_id, version = {}, 0
    for item in items:
        if item["type"] == "collection":
            by_id[CollectionId(item["id"])] = collection_from(item)
        else:
            version = item["version"]
    return Collections(version, by_id)


def product_order_from(item: Item) -> ProductOrder:
    """The products of an order's item."""
    return tuple(map(ProductId, item["product_ids"]))


def put_set(tenant_id: TenantId, store_id: StoreId, *, version: int) -> Put:
    """The next version of what is said; goes with each such change, and refuses it if another came between."""
    return Put(
        collection_set_key(tenant_id, store_id),
        {"type": "collection_set", "schema": SCHEMA, "version": version},
        only_if=ABSENT if version == 1 else "version = :version",
        values={":version": version - 1},
    )


def put_collection(tenant_id: TenantId, collection: Collection) -> Put:
    """Its next version: refused if it changed, or was deleted, since it was read."""
    return Put(
        collection_key(tenant_id, collection.store_id, collection.id),
        collection_item(collection),
        only_if=ABSENT if collection.version == 1 else "version = :version",
        values={":version": collection.version - 1},
    )


def delete_collection_item(tenant_id: TenantId, collection: Collection) -> Delete:
    """Refused if it changed since it was read: no order is left without its collection."""
    return Delete(
        collection_key(tenant_id, collection.store_id, collection.id),
        only_if="version = :version",
        values={":version": collection.version},
    )


def put_order(tenant_id: TenantId, collection: Collection, order: ProductOrder, *, version: int) -> Put:
    """The order's next version, a count of its own: refused if the order is no longer the one that was read.

    The collection's version alone would not do: the two items are not read in the same instant.
    """
    return Put(
        product_order_key(tenant_id, collection.store_id, collection.id),
        {
            "type": "collection_order",
            "schema": SCHEMA,
            "version": version,
            "collection_id": collection.id,
            "product_ids": order,
        },
        only_if=ABSENT if version == 1 else "version = :version",
        values={":version": version - 1},
    )


def is_listed(tenant_id: TenantId, store_id: StoreId, product_id: ProductId, *, otherwise: Invalid) -> Check:
    """The store lists the product: goes with adding it, so that a listing that is being deleted gets into nothing."""
    return Check(listing_key(tenant_id, store_id, product_id), only_if=PRESENT, otherwise=otherwise)


def is_unlisted(tenant_id: TenantId, store_id: StoreId, product_id: ProductId) -> Check:
    """The store does not list the product: goes with dropping it, for it may be listed and picked again meanwhile."""
    return Check(listing_key(tenant_id, store_id, product_id), only_if=ABSENT)
