"""Holds in the table: one item beside its cart, found by the sweep when it ends (by its SKUs: see `references`)."""

from storekeeper.inventory.holds.model import Hold
from storekeeper.inventory.levels.items import release_units
from storekeeper.inventory.levels.model import Cause, SkuPick, SkuRef
from storekeeper.inventory.levels.plans import sum_picks
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import CartId, HoldId, TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.writes import Delete, Put, Write

TYPE = "hold"
SK = "HOLD"
DUE_KIND = "hold"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#CART#<cart>",
        sk=SK,
        holds="Units reserved for a cart until an instant.",
        found_by="Read with its cart; by the sweep when it ends; by its id, which the ledger names (gsi3).",
        written_by="place_or_renew_hold; removed by checkout, release_hold and release_expired_hold",
        indexes={
            "gsi3": ("T#<tenant>#HOLDID#<hold>", "<hold>"),
            "due": ("DUE#hold#<n>", "<ends at>#<pk>#<sk>"),
        },
    ),
)


def hold_key(tenant_id: TenantId, cart_id: CartId) -> Key:
    """Key of a cart's hold."""
    return Key(tenant_pk(tenant_id, "CART", cart_id), SK)


def hold_id_pk(tenant_id: TenantId, hold_id: str) -> str:
    """The partition of gsi3 by which the hold of an id is found."""
    return tenant_pk(tenant_id, "HOLDID", hold_id)


def hold_from(item: Item) -> Hold:
    """The hold that an item holds."""
    return Hold(
        cart_id=CartId(item["cart_id"]),
        hold_id=HoldId(item["hold_id"]),
        picks=tuple(SkuPick.from_item(pick) for pick in item["picks"]),
        expires_at=clock.from_text(item["expires_at"]),
        version=item["version"],
    )


def _item(tenant_id: TenantId, hold: Hold) -> Item:
    key = hold_key(tenant_id, hold.cart_id)
    return {
        "type": TYPE,
        "schema": 1,
        "cart_id": hold.cart_id,
        "hold_id": hold.hold_id,
        "picks": [pick.as_item() for pick in hold.picks],
        "expires_at": clock.to_text(hold.expires_at),
        "version": hold.version,
        "gsi3pk": hold_id_pk(tenant_id, hold.hold_id),
        "gsi3sk": hold.hold_id,
        **due_attributes(DUE_KIND, key, at=hold.expires_at),
    }


def put_hold(tenant_id: TenantId, hold: Hold) -> Put:
    """A cart's first hold; a second one at the same time would reserve twice."""
    item = _item(tenant_id, hold)
    return Put(hold_key(tenant_id, hold.cart_id), item, only_if="attribute_not_exists(pk)")


def renew_hold(tenant_id: TenantId, hold: Hold) -> Put:
    """The hold as it shall be, in place of the version before it."""
    key, item = hold_key(tenant_id, hold.cart_id), _item(tenant_id, hold)
    return Put(key, item, only_if="version = :version", values={":version": hold.version - 1})


def drop_hold(tenant_id: TenantId, hold: Hold) -> Delete:
    """The hold ends; its units go on with whoever writes this (an order), or back by `release_hold_writes`."""
    return Delete(hold_key(tenant_id, hold.cart_id), only_if="version = :version", values={":version": hold.version})


def release_hold_writes(tenant_id: TenantId, hold: Hold, *, cause: Cause) -> tuple[Write, ...]:
    """The hold ends, its units go back to the shelf: for a transaction that does more, such as deleting the cart."""
    picks = sum_picks(hold.picks)
    releases = (release_units(SkuRef(tenant_id, pick.sku), pick.pick, cause=cause) for pick in picks)
    return (drop_hold(tenant_id, hold), *releases)
