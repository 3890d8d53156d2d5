"""Orders, read one by one. They are written with `place_order_write` and `change_order` by whoever decides."""

from storekeeper.kernel.ids import OrderId, StoreId, is_id
from storekeeper.kernel.keys import GSI3
from storekeeper.kernel.table import Table
from storekeeper.orders.items import number_pk, order_from, order_key
from storekeeper.orders.model import Order, OrderNotFound

MAX_NUMBER_LENGTH = 64


def find_order(order_id: str, *, table: Table) -> Order | None:
    """The order as it is now, or None. An id of the wrong form names nothing."""
    if not is_id(order_id, "ord"):
        return None
    item = table.get(order_key(table.tenant_id, OrderId(order_id)))
    return order_from(item, tenant_id=table.tenant_id) if item else None


def get_order(order_id: str, *, table: Table) -> Order:
    """The order as it is now.

    Raises:
        OrderNotFound: there is none.
    """
    order = find_order(order_id, table=table)
    if order is None:
        raise OrderNotFound
    return order


def find_order_by_number(store_id: StoreId, number: str, *, table: Table) -> Order | None:
    """The order of a store with this number; found within seconds of being placed."""
    if not 0 < len(number) <= MAX_NUMBER_LENGTH:
        return None
    found = table.query(number_pk(table.tenant_id, store_id, number), index=GSI3, limit=1)
    return find_order(found[0]["gsi3sk"], table=table) if found else None
