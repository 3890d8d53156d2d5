"""What inventory derives from the table's changes: the ledger, states, alerts, how stores stand, holds of a SKU."""

from storekeeper.inventory.alerts.projection import TYPES as WATCHED
from storekeeper.inventory.alerts.projection import project_alerts
from storekeeper.inventory.holds.items import TYPE as HOLD
from storekeeper.inventory.holds.references import project_references
from storekeeper.inventory.levels.items import TYPE as LEVEL
from storekeeper.inventory.movements.projection import project_movement
from storekeeper.inventory.states.projection import project_states
from storekeeper.inventory.status.projection import TYPES as OF_STATUS
from storekeeper.inventory.status.projection import project_status
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table

TYPES = frozenset({LEVEL, HOLD}) | WATCHED | OF_STATUS


def project(change: Change, *, table: Table) -> None:
    """Follow one change. Idempotent; changes may come twice, and late."""
    if change.type == LEVEL:
        project_movement(change, table=table)
        project_states(change, table=table)
    elif change.type == HOLD:
        project_references(change, table=table)
    if change.type in WATCHED:  # after the states, which say where a SKU has levels
        project_alerts(change, table=table)
    if change.type in OF_STATUS:
        project_status(change, table=table)
