"""Let a shopper follow an order by its number and e-mail address, without letting anybody find out either by trying.

Whoever may follow an order may fetch its downloads.
"""

import hmac
import ipaddress
from datetime import datetime

from msgspec import Struct

from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.limits import Limit, RateLimited, give_back, lease
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders import (
    Grant,
    Order,
    Shipment,
    find_order,
    find_order_by_number,
    read_grants,
    read_shipped,
)

FAILED_LOOK_UPS = Limit("tracking", calls=10, window_s=60)
NOBODYS_ID = f"ord_{'0' * 26}"  # of an order that was never placed
IPV6_SITE_BITS = 64  # one caller has all addresses of such a network


class TrackingNotFound(NotFound):
    """The store has no order of this number, or not for this e-mail address: it is not said which."""

    def __init__(self) -> None:
        super().__init__("There is no such order for this e-mail address.")


class Tracked(Struct, frozen=True):
    """An order, what has left of it, oldest first, and its downloads in the order of its lines."""

    order: Order
    shipments: tuple[Shipment, ...]
    grants: tuple[Grant, ...] = ()


def track_order(
    number: str, *, email: str, store_id: StoreId, caller: str, table: Table, sealer: Sealer, now: datetime
) -> Tracked:
    """The order of this number, with all that its buyer may know; raises as `find_followed` does."""
    order = find_followed(number, email=email, store_id=store_id, caller=caller, table=table, sealer=sealer, now=now)
    shipped = read_shipped(order.id, table=table)
    return Tracked(shipped.order, shipped.shipments, read_grants(shipped.order, table=table).grants)


def find_followed(
    number: str, *, email: str, store_id: StoreId, caller: str, table: Table, sealer: Sealer, now: datetime
) -> Order:
    """The order of this number, if it was placed with this e-mail address.

    Each look-up counts as failed until it has succeeded: so no number of callers at once gets more tries. `caller` is
    the network address that is counted; the count is kept in the table, to the unit.

    Raises:
        TrackingNotFound: number or address are wrong.
        RateLimited: the caller failed too often this minute; said of right ones too.
    """
    moment = int(now.timestamp())
    window = moment // FAILED_LOOK_UPS.window_s
    subject = sealer.blind(_site_of(caller))
    if not lease(FAILED_LOOK_UPS, subject, window, 1, table=table):
        raise RateLimited(FAILED_LOOK_UPS, retry_after_s=(window + 1) * FAILED_LOOK_UPS.window_s - moment)
    # A number that nobody has costs the same two reads as a wrong address.
    order = find_order_by_number(store_id, number, table=table) or find_order(NOBODYS_ID, table=table)
    if not hmac.compare_digest(sealer.blind(email), order.email_hash if order else "") or order is None:
        raise TrackingNotFound
    give_back(FAILED_LOOK_UPS, subject, window, 1, table=table)
    return order


def _site_of(caller: str) -> str:
    """The network of an address: an IPv6 site has more addresses than anybody could count."""
    try:
        address = ipaddress.ip_address(caller)
    except ValueError:
        return caller
    if address.version == 4:
        return caller
    return str(ipaddress.ip_network((address, IPV6_SITE_BITS), strict=False))
