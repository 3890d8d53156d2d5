"""Orders: sales, from the moment they are placed.

- order: one sale, with the prices, names and addresses of that moment
- line: units of one SKU in an order; its counts say how many were fulfilled, refunded, returned
- pick: reserved units that the order owns until they leave (in the API: `allocations`)
- shipment: units that left together, with carrier and tracking number
- window: the time in which the shopper may pay; the sweeper ends it
- note: a remark beside an order, internal or for the customer
- grant: one download for one line of an order: what its buyer may fetch, how often, until when
- fact: something that happened to an order; events and the timeline are made of facts
- contact: the shopper's e-mail, addresses and words, sealed at rest
"""

from storekeeper.orders.grants.model import Grant, GrantStatus, grant_status_of
from storekeeper.orders.grants.use_cases import Granted, check_grant, read_grants, renew_grant, use_grant
from storekeeper.orders.items import (
    DUE_KIND,
    change_order,
    open_contact,
    order_from,
    order_key,
    order_pk,
    place_order_write,
    seal_contact,
    still_as_read,
)
from storekeeper.orders.model import (
    Contact,
    Order,
    OrderLine,
    OrderNotFound,
    ShippingChoice,
    changed,
    moved,
    paid_with,
    window_moved,
)
from storekeeper.orders.shipments.items import shipment_from
from storekeeper.orders.shipments.model import (
    Dispatch,
    Shipment,
    ShippedLine,
    Wanted,
    expected_delivery,
    fulfillment_status_of,
    with_lines,
)
from storekeeper.orders.shipments.use_cases import Shipped, deliver_order, fulfill_order, read_shipped
from storekeeper.orders.statuses import (
    ORDER_TRANSITIONS,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    PaymentWindow,
    payment_status_of,
)
from storekeeper.orders.store import find_order, find_order_by_number, get_order

__all__ = [
    "DUE_KIND",
    "ORDER_TRANSITIONS",
    "Contact",
    "Dispatch",
    "FulfillmentStatus",
    "Grant",
    "GrantStatus",
    "Granted",
    "Order",
    "OrderLine",
    "OrderNotFound",
    "OrderStatus",
    "PaymentStatus",
    "PaymentWindow",
    "Shipment",
    "Shipped",
    "ShippedLine",
    "ShippingChoice",
    "Wanted",
    "change_order",
    "changed",
    "check_grant",
    "deliver_order",
    "expected_delivery",
    "find_order",
    "find_order_by_number",
    "fulfill_order",
    "fulfillment_status_of",
    "get_order",
    "grant_status_of",
    "moved",
    "open_contact",
    "order_from",
    "order_key",
    "order_pk",
    "paid_with",
    "payment_status_of",
    "place_order_write",
    "read_grants",
    "read_shipped",
    "renew_grant",
    "seal_contact",
    "shipment_from",
    "still_as_read",
    "use_grant",
    "window_moved",
    "with_lines",
]
