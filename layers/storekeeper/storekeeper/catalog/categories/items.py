"""A store's categories in the table: one partition, read whole.

`TREE` sorts before the categories: a reader that a change overtakes sees the old version with a new category, and so
reads again, and never the new version with an old category, which it would keep.
"""

from msgspec.structs import asdict

from storekeeper.catalog.categories.model import Category, CategoryDetails, CategoryTree
from storekeeper.catalog.images import Image
from storekeeper.catalog.seo import Seo
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import CategoryId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Put

SCHEMA = 1

ENTITIES = (
    Entity(
        name="category_tree",
        pk="T#<tenant>#S#<store>#CATEGORIES",
        sk="TREE",
        holds="The version of the tree, by which environments keep it.",
        found_by="The store.",
        written_by="every change of a category",
    ),
    Entity(
        name="category",
        pk="T#<tenant>#S#<store>#CATEGORIES",
        sk="TREE#<category>",
        holds="A category: its parent, slug, image, position, visibility.",
        found_by="One query reads a store's whole tree.",
        written_by="create_category, change_category",
    ),
)


def categories_pk(tenant_id: TenantId, store_id: StoreId) -> str:
    """Partition of a store's categories."""
    return tenant_pk(tenant_id, "S", store_id, "CATEGORIES")


def tree_key(tenant_id: TenantId, store_id: StoreId) -> Key:
    """The tree's version."""
    return Key(categories_pk(tenant_id, store_id), "TREE")


def category_key(tenant_id: TenantId, store_id: StoreId, category_id: str) -> Key:
    """One category."""
    return Key(categories_pk(tenant_id, store_id), joined("TREE", category_id))


def category_item(category: Category) -> Item:
    """One category."""
    details = category.details
    return {
        "type": "category",
        "schema": SCHEMA,
        "version": category.version,
        "id": category.id,
        "store_id": category.store_id,
        "name": details.name,
        "slug": details.slug,
        "parent_id": details.parent_id,
        "description": details.description,
        "position": details.position,
        "visible": details.visible,
        "seo": details.seo.as_item(),
        "image": asdict(category.image) if category.image else None,
        "created_at": clock.to_text(category.created_at),
        "updated_at": clock.to_text(category.updated_at),
    }


def category_from(item: Item) -> Category:
    """One category."""
    details = CategoryDetails(
        name=item["name"],
        slug=item["slug"],
        parent_id=item.get("parent_id"),
        description=item.get("description"),
        position=item["position"],
        visible=item["visible"],
        seo=Seo.from_item(item.get("seo")),
    )
    return Category(
        id=CategoryId(item["id"]),
        store_id=StoreId(item["store_id"]),
        details=details,
        image=Image(**item["image"]) if "image" in item else None,
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def tree_from(items: list[Item]) -> CategoryTree:
    """The tree of its partition's items."""
    categories = [category_from(item) for item in items if item["type"] == "category"]
    version = next((item["version"] for item in items if item["type"] == "category_tree"), 0)
    return CategoryTree(version, {category.id: category for category in categories})


def put_tree(tenant_id: TenantId, store_id: StoreId, *, version: int) -> Put:
    """The tree's next version; goes with each change, and refuses it if another change came between."""
    return Put(
        tree_key(tenant_id, store_id),
        {"type": "category_tree", "schema": SCHEMA, "version": version},
        only_if=ABSENT if version == 1 else "version = :version",
        values={":version": version - 1},
    )
