"""Kits in the table: one item, one row beside each component, and marks on the SKUs that keep kits apart from stock.

The components stand on the kit's variant too, written in the same transaction: carts read that for each line anyway,
so an order without kits pays nothing for those of others.
"""

from storekeeper.catalog import Component, sku_key
from storekeeper.inventory.kits.model import Kit, KitId, SkuFacts
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import ProductId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Delete, Put, Update

TYPE = "kit"
ROW = "kit_component"
PREFIX = joined("KIT", "")
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#KIT#<kit>",
        sk="KIT",
        holds="A SKU that is made of components, and of how many of each.",
        found_by="Its id, which its SKU names; all of a tenant by SKU (gsi1).",
        written_by="create_kit, change_kit, delete_kit",
        indexes={"gsi1": ("T#<tenant>#KITS", "<sku>")},
    ),
    Entity(
        name=ROW,
        pk="T#<tenant>#SKU#<component>",
        sk="KIT#<kit>",
        holds="That a SKU is a component of a kit.",
        found_by="A query beside the SKU: which kits a change of its stock touches.",
        written_by="create_kit, change_kit, delete_kit",
    ),
)


def kit_key(tenant_id: TenantId, kit_id: KitId) -> Key:
    """Where a kit is kept."""
    return Key(tenant_pk(tenant_id, "KIT", kit_id), "KIT")


def list_pk(tenant_id: TenantId) -> str:
    """The partition of gsi1 that lists every kit. Not sharded: people make them, by hand."""
    return tenant_pk(tenant_id, "KITS")


def rows_pk(tenant_id: TenantId, component: str) -> str:
    """The partition with the rows of a component."""
    return sku_key(tenant_id, component).pk


def put_kit(tenant_id: TenantId, kit: Kit) -> Put:
    """Its next version: refused if it changed, or was deleted, since it was read."""
    return Put(
        kit_key(tenant_id, kit.id),
        {
            "type": TYPE,
            "schema": 1,
            "id": kit.id,
            "sku": kit.sku,
            "product_id": kit.product_id,
            "components": [[one.sku, one.quantity] for one in kit.components],
            "version": kit.version,
            "created_at": clock.to_text(kit.created_at),
            "updated_at": clock.to_text(kit.updated_at),
            "gsi1pk": list_pk(tenant_id),
            "gsi1sk": kit.sku,
        },
        only_if=ABSENT if kit.version == 1 else "version = :read",
        values={":read": kit.version - 1},
    )


def drop_kit(tenant_id: TenantId, kit: Kit) -> Delete:
    """The kit goes, if it is still as it was when that was decided."""
    return Delete(kit_key(tenant_id, kit.id), only_if="version = :read", values={":read": kit.version})


def kit_from(item: Item) -> Kit:
    """The kit of an item."""
    return Kit(
        id=KitId(item["id"]),
        sku=item["sku"],
        product_id=ProductId(item["product_id"]),
        components=tuple(Component(sku, quantity) for sku, quantity in item["components"]),
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def facts_from(item: Item) -> SkuFacts:
    """What a SKU's item says of it."""
    return SkuFacts(
        product_id=ProductId(item["product_id"]),
        stocked=item.get("stocked", False),
        kit_id=item.get("kit"),
        in_kits=item.get("in_kits", 0),
    )


def claim_sku(tenant_id: TenantId, kit: Kit) -> Update:
    """The SKU is this kit from now on: one that has no stock of its own, and is no component."""
    return Update(
        sku_key(tenant_id, kit.sku),
        "SET kit = :kit",
        only_if="attribute_not_exists(kit) AND attribute_not_exists(stocked)"
        " AND (attribute_not_exists(in_kits) OR in_kits = :none)",
        values={":kit": kit.id, ":none": 0},
    )


def leave_sku(tenant_id: TenantId, kit: Kit) -> Update:
    """The SKU is no kit any more; it can have stock of its own."""
    return Update(sku_key(tenant_id, kit.sku), "REMOVE kit", only_if="kit = :kit", values={":kit": kit.id})


def count_in(tenant_id: TenantId, component: str) -> Update:
    """A SKU is a component of one more kit: it must be there, and be no kit itself."""
    return Update(
        sku_key(tenant_id, component),
        "SET in_kits = if_not_exists(in_kits, :none) + :one",
        only_if="attribute_exists(pk) AND attribute_not_exists(kit)",
        values={":none": 0, ":one": 1},
    )


def count_out(tenant_id: TenantId, component: str) -> Update:
    """A SKU is a component of one kit less."""
    return Update(
        sku_key(tenant_id, component),
        "SET in_kits = in_kits - :one",
        only_if="in_kits >= :one",
        values={":one": 1},
    )


def put_row(tenant_id: TenantId, kit: Kit, component: str) -> Put:
    """The kit is found by the component."""
    return Put(
        Key(rows_pk(tenant_id, component), joined("KIT", kit.id)),
        {"type": ROW, "schema": 1, "kit_id": kit.id, "kit_sku": kit.sku, "product_id": kit.product_id},
        only_if=ABSENT,
    )


def drop_row(tenant_id: TenantId, kit: Kit, component: str) -> Delete:
    """The component is none of the kit any more."""
    return Delete(
        Key(rows_pk(tenant_id, component), joined("KIT", kit.id)), only_if="kit_id = :kit", values={":kit": kit.id}
    )
