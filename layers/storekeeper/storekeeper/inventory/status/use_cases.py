"""What is done about a store's stock: ask that all that is derived of it be derived anew."""

from datetime import datetime

from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.table import Table
from storekeeper.runs import Run, start_run

SYNC = "stock_sync"


def start_sync(table: Table, store_id: StoreId, *, run_id: str, now: datetime, remember: Remember[Run] = forget) -> Run:
    """Ask for a run that derives all states and cards of what a store lists anew, and tells what was wrong.

    Raises:
        WriteRefused: there is a run of this id.
    """
    return start_run(table, run_id, SYNC, asked={"store_id": store_id}, now=now, remember=remember)
