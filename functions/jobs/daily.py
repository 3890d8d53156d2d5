"""What is begun for each tenant once a day: runs, which the worker then does. Beginning them takes no time."""

from contextlib import suppress
from datetime import datetime

from storekeeper.edge.working import queue_run
from storekeeper.inventory.reconciliation.use_cases import start_reconciliation
from storekeeper.inventory.reports.snapshots import start_snapshots
from storekeeper.kernel.ids import derived_id
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy.daily import begin_day


def begin_daily_work(table: Table, *, now: datetime) -> None:
    """Begin what is due today. The id of a run is made of the day: begun twice, it is one."""

    def begin(day: str) -> None:
        run_id = derived_id(
            "run", table.tenant_id, "reconciliation", day, at=datetime.fromisoformat(f"{day}T00:00:00Z")
        )
        with suppress(WriteRefused):
            start_reconciliation(table, run_id=run_id, repair=(), now=now)
        queue_run(table.tenant_id, run_id)
        for snapshot_id in start_snapshots(table, now=now):
            queue_run(table.tenant_id, snapshot_id)

    begin_day(table, begin, now=now)
