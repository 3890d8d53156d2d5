"""Runs as a merchant lists them: those of a kind, newest first."""

from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.table import Table
from storekeeper.runs.items import run_from, runs_pk
from storekeeper.runs.model import Run


def list_runs(table: Table, kind: str, *, after: str | None, limit: int) -> Page[Run]:
    """One page of the runs of a kind; seconds behind."""
    rows = table.query(runs_pk(table.tenant_id, kind), index=GSI1, after=after, newest_first=True, limit=limit + 1)
    page = cut(rows, limit=limit, sort_name=GSI1.sk)
    return Page(tuple(map(run_from, page.entries)), page.next_position)
