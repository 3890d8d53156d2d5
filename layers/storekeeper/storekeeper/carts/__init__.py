"""Carts: what shoppers mean to buy, from the first item until it becomes an order.

- cart: SKUs and units of one shopper in one store; its id is the key to it
- item: units of one SKU in a cart
- contact: e-mail, addresses and note, sealed at rest
- attempt: counts the orders that a cart may become; reopening begins the next
- basket: a cart with everything that it means now: offers, prices, stock, shipping, hold
- converted: it has become an order; changed no more unless it is reopened
"""

from storekeeper.carts.basket import Basket
from storekeeper.carts.details import Details
from storekeeper.carts.events import events_of
from storekeeper.carts.items import (
    cart_from,
    cart_key,
    convert_cart,
    reactivate_cart,
    still_this_order,
    unchanged_cart_check,
)
from storekeeper.carts.model import (
    MAX_LINES,
    MAX_UNITS,
    Cart,
    CartConverted,
    CartExpired,
    CartItem,
    CartNotFound,
    CartStatus,
    Contact,
)
from storekeeper.carts.store import CartStore, load_basket
from storekeeper.carts.use_cases import (
    Addition,
    CartEmpty,
    add_item,
    change_details,
    change_item,
    create_cart,
    delete_cart,
    hold_cart,
    take_out_item,
)

__all__ = [
    "MAX_LINES",
    "MAX_UNITS",
    "Addition",
    "Basket",
    "Cart",
    "CartConverted",
    "CartEmpty",
    "CartExpired",
    "CartItem",
    "CartNotFound",
    "CartStatus",
    "CartStore",
    "Contact",
    "Details",
    "add_item",
    "cart_from",
    "cart_key",
    "change_details",
    "change_item",
    "convert_cart",
    "create_cart",
    "delete_cart",
    "events_of",
    "hold_cart",
    "load_basket",
    "reactivate_cart",
    "still_this_order",
    "take_out_item",
    "unchanged_cart_check",
]
