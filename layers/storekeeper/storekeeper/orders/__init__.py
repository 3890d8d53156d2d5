"""Orders: sales, from the moment they are placed.

- order: one sale, with the prices, names and addresses of that moment
- line: units of one SKU in an order; its counts say how many were fulfilled, refunded, returned
- pick: reserved units that the order owns until they leave (in the API: `allocations`)
- shipment: units that left together, with carrier and tracking number
- window: the time in which the shopper may pay; the sweeper ends it
- note: a remark beside an order, internal or for the customer
- fact: something that happened to an order; events and the timeline are made of facts
- contact: the shopper's e-mail, addresses and words, sealed at rest
"""

from storekeeper.orders.items import (
    DUE_KIND,
    change_order,
    open_contact,
    order_from,
    order_key,
    order_pk,
    place_order_write,
    seal_contact,
)
from storekeeper.orders.model import (
    Contact,
    Order,
    OrderLine,
    OrderNotFound,
    ShippingChoice,
    Totals,
    changed,
    moved,
    paid_with,
    window_moved,
)
from storekeeper.orders.statuses import (
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    PaymentWindow,
    payment_status_of,
)
from storekeeper.orders.store import find_order, find_order_by_number, get_order

__all__ = [
    "DUE_KIND",
    "Contact",
    "FulfillmentStatus",
    "Order",
    "OrderLine",
    "OrderNotFound",
    "OrderStatus",
    "PaymentStatus",
    "PaymentWindow",
    "ShippingChoice",
    "Totals",
    "change_order",
    "changed",
    "find_order",
    "find_order_by_number",
    "get_order",
    "moved",
    "open_contact",
    "order_from",
    "order_key",
    "order_pk",
    "paid_with",
    "payment_status_of",
    "place_order_write",
    "seal_contact",
    "window_moved",
]
