"""Which orders own reserved units: all of them in pages, and some again as they are at this moment."""

from collections.abc import Collection, Sequence
from datetime import datetime

from storekeeper.inventory import OwnedPick
from storekeeper.kernel.ids import OrderId, StoreId
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.orders.items import order_from, order_key
from storekeeper.orders.lists import OrderFilters, list_orders
from storekeeper.orders.statuses import FulfillmentStatus, OrderStatus

PAGE = 25  # what they own fits into one item: see inventory.Owners
_OVER = {OrderStatus.CANCELLED, OrderStatus.RETURNED}


class OrderOwners:
    """`inventory.Owners` for orders. Lists are seconds behind; what they name is read as it is."""

    def page(
        self, table: Table, stores: Sequence[StoreId], *, since: datetime, after: str | None, now: datetime
    ) -> Page[OwnedPick]:
        """What one page of the tenant's orders own, newest first; `since` is when the tenant was made."""
        page = list_orders(stores, OrderFilters(), since=since, after=after, limit=PAGE, table=table, now=now)
        open_ids = [
            row["id"]
            for row in page.entries
            if row["status"] not in _OVER and row["fulfillment_status"] != FulfillmentStatus.FULFILLED
        ]
        return Page(tuple(self.picks_of(table, open_ids)), page.next_position)

    def picks_of(self, table: Table, order_ids: Collection[str]) -> list[OwnedPick]:
        """What these orders own now."""
        keys = [order_key(table.tenant_id, OrderId(order_id)) for order_id in order_ids]
        found = table.get_many(keys)
        orders = (order_from(found[key], tenant_id=table.tenant_id) for key in keys if key in found)
        return [OwnedPick(order.id, pick) for order in orders for pick in order.picks]
