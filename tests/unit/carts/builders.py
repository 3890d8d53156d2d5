"""Carts with the one field that matters."""

from datetime import UTC, datetime
from typing import Any

from storekeeper.carts import Cart, CartItem
from storekeeper.kernel.ids import CartId, ProductId, StoreId, TenantId

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, STORE = TenantId("ten_1"), StoreId("sto_1")
CART_ID = CartId("cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")


def an_item(sku: str = "MUG", units: int = 1) -> CartItem:
    return CartItem(f"itm_{sku}", sku, ProductId(f"prd_{sku}"), units)


def a_cart(*items: CartItem, **given: Any) -> Cart:
    moments = {name: given.pop(name, NOW) for name in ("created_at", "updated_at", "attempt_at")}
    return Cart(TENANT, CART_ID, STORE, items=items, **moments, **given)
