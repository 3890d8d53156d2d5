"""Reads of purchase orders, one by one, and of their receipts; each sees every write that was answered."""

from storekeeper.inventory.purchasing import items
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseOrderId, PurchaseOrderNotFound
from storekeeper.inventory.purchasing.receipt_items import PREFIX, receipt_from
from storekeeper.inventory.purchasing.receiving import Receipt
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table


def get_purchase_order(order_id: str, *, table: Table) -> PurchaseOrder:
    """The purchase order as it is now.

    Raises:
        PurchaseOrderNotFound: there is none of this id.
    """
    key = items.purchase_key(table.tenant_id, PurchaseOrderId(order_id))
    item = table.get(key) if is_id(order_id, "pur") else None
    if item is None:
        raise PurchaseOrderNotFound
    return items.purchase_from(item)


def find_purchase_order_by_number(number: str, *, table: Table) -> PurchaseOrder | None:
    """The purchase order with this number; `po-1001` is `PO-1001`."""
    item = table.get(items.number_key(table.tenant_id, number.upper()))
    return get_purchase_order(item["order_id"], table=table) if item else None


def list_receipts(order: PurchaseOrder, *, after: str | None, limit: int, table: Table) -> Page[Receipt]:
    """A page of what came of an order, oldest first."""
    pk = items.purchase_pk(table.tenant_id, order.id)
    start = PREFIX + after if after is not None else None
    found = table.query(pk, prefix=PREFIX, after=start, limit=limit + 1, consistent=True)
    receipts = tuple(map(receipt_from, found[:limit]))
    return Page(receipts, receipts[-1].id if len(found) > limit else None)
