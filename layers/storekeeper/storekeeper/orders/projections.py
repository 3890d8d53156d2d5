"""What the projector derives from orders: the timeline, and the figures of the day. Safe to repeat in any order.

And two things that it does: digital units of an order that was paid are handed over, and serials that were put aside
for an order are set free once it does not own as many units any more.
"""

from contextlib import suppress

from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders.facts import BESIDE
from storekeeper.orders.items import order_from
from storekeeper.orders.shipments.handing_over import hand_over_what_is_paid
from storekeeper.orders.shipments.setting_free import set_free_what_is_not_owned
from storekeeper.orders.statistics import count_order
from storekeeper.orders.timeline import row_of

TYPES = frozenset({"order", *BESIDE})


def project(change: Change, *, table: Table) -> None:
    """Derive what follows from one change."""
    if row := row_of(change):
        with suppress(WriteRefused):  # it is there already
            table.write(row)
    if change.type == "order" and change.new is not None:
        before = order_from(change.old, tenant_id=table.tenant_id) if change.old else None
        count_order(before, order_from(change.new, tenant_id=table.tenant_id), table=table)
    hand_over_what_is_paid(change, table=table)
    set_free_what_is_not_owned(change, table=table)
