"""Carts: what shoppers mean to buy, from the first item until it becomes an order.

- cart: SKUs and units of one shopper in one store; its id is the key to it
- item: units of one SKU in a cart
- contact: e-mail, addresses and note, sealed at rest
- attempt: the how-manieth order a cart may become; a new one begins when it is reopened
- basket: a cart with everything that it means now: offers, prices, stock, shipping, hold
- converted: it has become an order; changed no more unless it is reopened
"""

from storekeeper.carts.items import cart_from, cart_key, convert_cart, reactivate_cart
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

__all__ = [
    "MAX_LINES",
    "MAX_UNITS",
    "Cart",
    "CartConverted",
    "CartExpired",
    "CartItem",
    "CartNotFound",
    "CartStatus",
    "Contact",
    "cart_from",
    "cart_key",
    "convert_cart",
    "reactivate_cart",
]
