"""What the sweep does with each kind of thing that falls due: a context that has such things adds a line."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from jobs.daily import begin_daily_work
from storekeeper.checkout import REFUND_DUE_KIND, Till, look_after_due, settle_due_refund
from storekeeper.edge.working import queue_run
from storekeeper.inventory import HOLD_DUE_KIND, SPREAD_DUE_KIND, look_after_spread, release_expired_hold
from storekeeper.inventory.alerts.items import DUE_KIND as ALERT_DUE_KIND
from storekeeper.inventory.alerts.reviews import DUE_KIND as ALERT_REVIEW_DUE_KIND
from storekeeper.inventory.alerts.reviews import continue_review
from storekeeper.inventory.alerts.use_cases import look_after_alert
from storekeeper.inventory.tracking.batches.items import DUE_KIND as BATCH_DUE_KIND
from storekeeper.inventory.tracking.batches.use_cases import expire_batch
from storekeeper.kernel.keys import Key
from storekeeper.orders import DUE_KIND as ORDER_DUE_KIND
from storekeeper.runs import DUE_KIND as RUN_DUE_KIND
from storekeeper.runs import run_from_key
from storekeeper.tenancy.daily import DUE_KIND as DAILY_DUE_KIND

Handle: TypeAlias = Callable[[Key, Till, datetime], Any]


class Kind(Struct, frozen=True):
    """How a thing is handled that is kept at a key; it may be handled twice at once, and after it was done.

    `has_secret_key`: its key must not be logged.
    """

    handle: Handle
    has_secret_key: bool = False


# In this order: what needs no provider comes first, so that a provider who hangs holds nothing else up.
KINDS: Mapping[str, Kind] = {
    HOLD_DUE_KIND: Kind(
        lambda key, till, now: release_expired_hold(till.table, key, now=now),
        has_secret_key=True,  # it names the cart, and that is the key to it
    ),
    SPREAD_DUE_KIND: Kind(lambda key, till, now: look_after_spread(till.table, key, now=now)),
    BATCH_DUE_KIND: Kind(lambda key, till, now: expire_batch(till.table, key, now=now)),
    DAILY_DUE_KIND: Kind(lambda _, till, now: begin_daily_work(till.table, now=now)),
    ALERT_DUE_KIND: Kind(lambda key, till, now: look_after_alert(till.table, key, now=now)),
    ALERT_REVIEW_DUE_KIND: Kind(lambda key, till, now: continue_review(till.table, key, now=now)),
    RUN_DUE_KIND: Kind(lambda key, till, _: queue_run(till.table.tenant_id, run_from_key(key))),
    ORDER_DUE_KIND: Kind(lambda key, till, now: look_after_due(key, till=till, now=now)),
    REFUND_DUE_KIND: Kind(lambda key, till, now: settle_due_refund(key, till=till, now=now)),
}
