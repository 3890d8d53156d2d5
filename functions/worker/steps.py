"""What each kind of run does: a context that has long work adds a line."""

from collections.abc import Mapping

from storekeeper.inventory import BULK_ADJUSTMENT, RECONCILIATION, Reconciler, adjust_part
from storekeeper.orders import OrderOwners
from storekeeper.runs import Step

STEPS: Mapping[str, Step] = {
    BULK_ADJUSTMENT: adjust_part,
    RECONCILIATION: Reconciler(OrderOwners()).step,
}
