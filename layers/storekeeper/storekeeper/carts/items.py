"""Carts in the table: keys, model to item, guarded writes.

The shopper's own words (e-mail, addresses, note) are one sealed text.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from storekeeper.carts.model import Cart, CartItem, CartStatus, Contact
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import CartId, OrderId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.schemas import Step, upcast
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.writes import ABSENT, Check, Delete, Put, Update

SCHEMA = 2
UPCASTS: Mapping[int, Step] = {
    1: lambda item: {**item, "published": False},  # before a cart said whether its tenant wants events of it
}
PURPOSE = "cart"
ADDRESSES = frozenset({"shipping_address", "billing_address"})
KEPT = timedelta(days=120)  # long after a cart expired by the clock; then its item is rubbish

ENTITIES = (
    Entity(
        name="cart",
        pk="T#<tenant>#CART#<cart>",
        sk="CART",
        holds="A cart: SKUs and units, no prices; e-mail, addresses and note sealed. Its hold lies beside it.",
        found_by="Its id, which only the shopper knows.",
        written_by="create_cart, change_cart, checkout",
    ),
)


def cart_key(tenant_id: TenantId, cart_id: CartId) -> Key:
    """Where a cart is kept."""
    return Key(tenant_pk(tenant_id, "CART", cart_id), "CART")


def as_item(cart: Cart, *, sealer: Sealer) -> Item:
    """The whole cart."""
    return {
        "type": "cart",
        "schema": SCHEMA,
        "id": cart.id,
        "store_id": cart.store_id,
        "status": cart.status.value,
        "items": [asdict(item) for item in cart.items],
        "contact": _seal(cart.contact, sealer),
        "shipping_method_id": cart.shipping_method_id,
        "utm": dict(cart.utm) or None,
        "attempt": cart.attempt,
        "attempt_at": clock.to_text(cart.attempt_at),
        "order_id": cart.order_id,
        "published": cart.published,
        "version": cart.version,
        "created_at": clock.to_text(cart.created_at),
        "updated_at": clock.to_text(cart.updated_at),
        "ttl": clock.to_epoch_s(cart.updated_at + KEPT),
    }


def cart_from(item: Item, *, tenant_id: TenantId, sealer: Sealer) -> Cart:
    """The cart of an item, of whatever schema."""
    item = upcast(item, schema=SCHEMA, steps=UPCASTS)
    return Cart(
        tenant_id=tenant_id,
        id=CartId(item["id"]),
        store_id=StoreId(item["store_id"]),
        status=CartStatus(item["status"]),
        items=tuple(
            CartItem(line["id"], line["sku"], ProductId(line["product_id"]), line["units"]) for line in item["items"]
        ),
        contact=_open(item.get("contact"), sealer),
        shipping_method_id=item.get("shipping_method_id"),
        utm=item.get("utm") or {},
        attempt=item["attempt"],
        attempt_at=clock.from_text(item["attempt_at"]),
        order_id=item.get("order_id"),
        published=item["published"],
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def create_cart_write(cart: Cart, *, sealer: Sealer) -> Put:
    """A cart that was not there."""
    return Put(cart_key(cart.tenant_id, cart.id), as_item(cart, sealer=sealer), only_if=ABSENT)


def change_cart_write(cart: Cart, *, sealer: Sealer) -> Put:
    """A changed cart, one version on; refused if it changed since it was read."""
    return Put(
        cart_key(cart.tenant_id, cart.id),
        as_item(cart, sealer=sealer),
        only_if="version = :version",
        values={":version": cart.version - 1},
    )


def delete_cart_write(cart: Cart) -> Delete:
    """The cart gone; refused if it changed since it was read."""
    return Delete(cart_key(cart.tenant_id, cart.id), only_if="version = :version", values={":version": cart.version})


def unchanged_cart_check(cart: Cart) -> Check:
    """Refuses what is written together with it if the cart changed since it was read."""
    return Check(cart_key(cart.tenant_id, cart.id), only_if="version = :version", values={":version": cart.version})


def convert_cart(cart: Cart, order_id: OrderId, *, now: datetime) -> Update:
    """The cart becomes the order that is written in the same transaction.

    Refused if the cart changed since it was read, or is an order already.
    """
    return Update(
        cart_key(cart.tenant_id, cart.id),
        "SET #status = :converted, order_id = :order_id, updated_at = :now, version = version + :one",
        only_if="version = :version AND attribute_not_exists(order_id)",
        values={
            ":converted": CartStatus.CONVERTED.value,
            ":order_id": order_id,
            ":now": clock.to_text(now),
            ":one": 1,
            ":version": cart.version,
        },
    )


def reactivate_cart(key: Key, *, order_id: OrderId, now: datetime) -> Update:
    """The cart whose order is cancelled in the same transaction can be changed again: its next attempt begins.

    Refused unless it is that order now (`order_id` is there exactly while it is converted), so that it happens once.
    """
    return Update(
        key,
        "SET #status = :active, attempt = attempt + :one, attempt_at = :now, updated_at = :now,"
        " version = version + :one REMOVE order_id",
        only_if="order_id = :order_id",
        values={
            ":active": CartStatus.ACTIVE.value,
            ":order_id": order_id,
            ":now": clock.to_text(now),
            ":one": 1,
        },
    )


def still_this_order(key: Key, *, order_id: OrderId) -> Check:
    """The cart is still the order that stands again in the same transaction: it has not been reopened since."""
    return Check(key, only_if="order_id = :order_id", values={":order_id": order_id})


def _seal(contact: Contact, sealer: Sealer) -> str | None:
    said: dict[str, Any] = {name: value for name, value in asdict(contact).items() if value is not None}
    for name in ADDRESSES & said.keys():
        said[name] = said[name].as_item()
    return sealer.seal(said, purpose=PURPOSE) if said else None


def _open(sealed: str | None, sealer: Sealer) -> Contact:
    said: dict[str, Any] = sealer.open(sealed, purpose=PURPOSE) if sealed else {}
    for name in ADDRESSES & said.keys():
        said[name] = Address.from_item(said[name])
    return Contact(**said)
