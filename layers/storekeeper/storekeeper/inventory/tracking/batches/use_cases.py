"""What the sweep does with batches: say that a date has passed. No stock moves by it."""

from datetime import datetime

from storekeeper.inventory.tracking.batches.items import batch_from, put_batch
from storekeeper.inventory.tracking.batches.model import told_expired
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, WriteRefused


def expire_batch(table: Table, key: Key, *, now: datetime) -> bool:
    """Mark the batch at `key` as expired, if its date has passed; safe to run twice."""
    item = table.get(key)
    if item is None:
        return False
    before = batch_from(item)
    after = told_expired(before, now=now)
    if after == before:
        return False
    try:
        table.write(put_batch(table.tenant_id, after))
    except WriteRefused:
        return False  # units moved meanwhile, or another sweep was quicker: it is still due, or done
    return True
