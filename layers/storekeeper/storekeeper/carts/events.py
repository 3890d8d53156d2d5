"""What is published of carts, for tenants that asked for it (`Tenant.cart_events`).

The publisher reads no table: whether a tenant asked stands on the cart since its last change.

A cart's id is the key to it, so events name a reference that is derived from it and cannot be turned back.
"""

from collections.abc import Iterable

from storekeeper.carts.model import CartStatus
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import derived_id

TYPES = frozenset({"cart"})
_NAMES = {
    CartStatus.ABANDONED: "cart.abandoned",
    CartStatus.RECOVERED: "cart.recovered",
    CartStatus.CONVERTED: "cart.converted",
}


def events_of(change: Change) -> Iterable[Event]:
    """The fact of a changed cart; none of one that is removed, or that nobody asked to hear of."""
    cart, tenant_id = change.new, change.tenant_id
    if cart is None or tenant_id is None or change.type != "cart" or not cart.get("published"):
        return
    name = "cart.created" if change.old is None else "cart.updated"
    for status, fact in _NAMES.items():
        if change.became("status", status.value):
            name = fact
    yield Event(
        type=name,
        tenant_id=tenant_id,
        entity_id=cart_reference(cart["id"], created_at=cart["created_at"]),
        version=cart["version"],
        occurred_at=cart["updated_at"],
        store_id=cart["store_id"],
        data={
            "status": cart["status"],
            "lines": len(cart["items"]),
            "units": sum(item["units"] for item in cart["items"]),
            "order_id": cart.get("order_id"),
        },
    )


def cart_reference(cart_id: str, *, created_at: str) -> str:
    """The name of a cart for those who must not open it."""
    return derived_id("crtref", cart_id, at=clock.from_text(created_at))
