"""Reports to test: what was asked, made by a worker, and read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from storekeeper.inventory.costs.model import CostMethod
from storekeeper.inventory.reports.model import Asked, ReportName, Row
from storekeeper.inventory.reports.results import Order, RowFilter, find_rows
from storekeeper.inventory.reports.use_cases import kind_of, report_part, start_report
from storekeeper.runs import Run, work_on
from tests.table.inventory.conftest import Shelf

DAY = timedelta(days=1)
EVERYTHING = RowFilter({})


def asked(shelf: Shelf, name: str, *, as_of: datetime | None = None, days: int = 30, **fields: Any) -> Asked:
    """A report of 30 days, as of a day after everything else."""
    until = as_of or shelf.now + DAY
    return Asked(
        name=ReportName(name),
        as_of=until,
        since=until - days * DAY,
        method=CostMethod(fields.pop("method", "moving_average")),
        **{"currency": "USD", "retail_currency": "USD", **fields},
    )


def report(shelf: Shelf, wanted: Asked, *, run_id: str = "run_1") -> Run:
    """A report, whole."""
    now = max(wanted.as_of, shelf.now)
    start_report(shelf.table, wanted, run_id=run_id, now=now)
    steps = {kind_of(wanted.name): report_part}
    return work_on(shelf.table, run_id, steps=steps, now=lambda: now, is_nearly_over=lambda: False)


def rows(
    shelf: Shelf,
    wanted: Asked,
    *,
    run_id: str = "run_1",
    sort: str | None = None,
    where: Mapping[str, str] | None = None,
) -> Sequence[Row]:
    """All its rows."""
    order = Order.parse(sort, wanted.name) if sort else None
    chosen = RowFilter(where or {})
    return find_rows(shelf.table, run_id, wanted.name, chosen, order=order, after=None, limit=1_000).entries


def reported(shelf: Shelf, wanted: Asked, *, run_id: str = "run_1") -> Sequence[Row]:
    """The rows of a report that is made for the purpose."""
    report(shelf, wanted, run_id=run_id)
    return rows(shelf, wanted, run_id=run_id)
