"""What is on its way to levels: the outstanding units of transfers and purchase orders, in pages, and as they are now.

All of them are paged through, in the order in which they were made, which never changes: of a list of the open ones a
page could miss one that is moved in it meanwhile.
"""

import json
from collections.abc import Collection, Iterator

from msgspec import Struct

from storekeeper.inventory.levels.model import SkuPick
from storekeeper.inventory.purchasing import items as purchases
from storekeeper.inventory.purchasing.model import OPEN, PurchaseOrderId
from storekeeper.inventory.transfers import items as transfers
from storekeeper.inventory.transfers.model import TransferStatus
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import TenantId, is_id
from storekeeper.kernel.keys import GSI1, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

PAGE = 25  # deliveries: with 90 lines each, what they bring fits into one item
REFERENCES = frozenset({"transfer", "purchase_order"})  # that changes of a level name
_ON_THEIR_WAY = frozenset({TransferStatus.IN_TRANSIT.value, *(status.value for status in OPEN)})


class Coming(Struct, frozen=True):
    """Units that a transfer or a purchase order has on their way to one level."""

    delivery_id: str
    pick: SkuPick


def page_of_deliveries(table: Table, *, after: str | None) -> Page[Coming]:
    """What one page of all transfers and purchase orders have on their way. Which ones there are is seconds behind."""
    pks = (transfers.all_pk(table.tenant_id), purchases.all_pk(table.tenant_id))
    page = read_sharded(table, pks, index=GSI1, after=after, limit=PAGE, newest_first=False)
    ids = [card["id"] for card in (json.loads(row["card"]) for row in page.entries) if card["status"] in _ON_THEIR_WAY]
    return Page(tuple(coming_of(table, ids)), page.next_position)


def coming_of(table: Table, delivery_ids: Collection[str]) -> list[Coming]:
    """What these have on their way now."""
    found = table.get_many([_key(table.tenant_id, delivery_id) for delivery_id in delivery_ids])
    return [coming for item in found.values() for coming in _outstanding(item)]


def _key(tenant_id: TenantId, delivery_id: str) -> Key:
    if is_id(delivery_id, "trf"):
        return transfers.transfer_key(tenant_id, delivery_id)
    return purchases.purchase_key(tenant_id, PurchaseOrderId(delivery_id))


def _outstanding(item: Item) -> Iterator[Coming]:
    """By level: a transfer has one line for each SKU, a purchase order one for each SKU and location."""
    if item["type"] == transfers.TYPE:
        transfer = transfers.transfer_from(item)
        lines = [(line.sku, transfer.target_id, line.units.outstanding) for line in transfer.lines]
    else:
        order = purchases.purchase_from(item)
        lines = [(line.sku, line.location_id, line.outstanding) for line in order.lines if order.is_open]
    for sku, location_id, units in lines:
        if units:
            yield Coming(item["id"], SkuPick(sku, location_id, 0, units))
