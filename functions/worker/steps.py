"""What each kind of run does: a context that has long work adds a line."""

from collections.abc import Mapping

from storekeeper.inventory.adjustments.bulk import KIND as BULK_ADJUSTMENT
from storekeeper.inventory.adjustments.bulk import adjust_part
from storekeeper.inventory.alerts.reviews import RUN_KIND as ALERT_REVIEW
from storekeeper.inventory.alerts.reviews import review_part
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.inventory.reconciliation.use_cases import Reconciler
from storekeeper.inventory.reports.model import ReportName
from storekeeper.inventory.reports.snapshots import KIND as STOCK_SNAPSHOT
from storekeeper.inventory.reports.snapshots import snapshot_part
from storekeeper.inventory.reports.use_cases import kind_of, report_part
from storekeeper.inventory.status.use_cases import SYNC as STOCK_SYNC
from storekeeper.orders.reserved import OrderOwners
from storekeeper.runs import Step
from storekeeper.search import sync_part

STEPS: Mapping[str, Step] = {
    BULK_ADJUSTMENT: adjust_part,
    ALERT_REVIEW: review_part,
    RECONCILIATION: Reconciler(OrderOwners()).step,
    STOCK_SYNC: sync_part,
    STOCK_SNAPSHOT: snapshot_part,
    **{kind_of(name): report_part for name in ReportName},
}
