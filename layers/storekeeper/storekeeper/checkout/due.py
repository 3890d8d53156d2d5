"""What the sweep does with orders and refunds whose time has come, given the keys that the index shows."""

from datetime import datetime

from storekeeper.checkout.cancellation.use_cases import look_after
from storekeeper.checkout.refunds.use_cases import settle_refund
from storekeeper.checkout.till import Till
from storekeeper.kernel.keys import Key


def look_after_due(key: Key, *, till: Till, now: datetime) -> None:
    """Look after the order at `key`, if there is one; raises as `look_after` does."""
    if item := till.table.get(key):
        look_after(item["id"], till=till, now=now)


def settle_due_refund(key: Key, *, till: Till, now: datetime) -> None:
    """Settle the refund at `key`, if there is one; raises as `settle_refund` does."""
    if item := till.table.get(key):
        settle_refund(item["order_id"], item["id"], till=till, now=now)
