"""Daily snapshots: a tenant's stock at the end of each day (in UTC), from the ledger and not from now.

So whoever makes one later, or twice, finds the same. Days that nobody came by are made up for, MAX_DAYS_BACK at most.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from storekeeper.inventory.levels.model import StockState
from storekeeper.inventory.reports import items
from storekeeper.inventory.reports.facts import Activity, whole
from storekeeper.inventory.reports.items import Snapshot
from storekeeper.inventory.reports.model import MILLISECOND, Asked, ReportName
from storekeeper.inventory.reports.reading import read_skus
from storekeeper.inventory.reports.use_cases import LEVELS_IN_STEP, SIDE_BY_SIDE, activity_of
from storekeeper.kernel.ids import derived_id
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.workers import workers
from storekeeper.runs import Advance, Run, resume_run, start_run
from storekeeper.tenancy import load_settings

KIND = "stock_snapshot"
MAX_DAYS_BACK = 31
SETTLED = timedelta(hours=1)  # after the end of a day: its last rows are in the ledger
ONE_DAY = timedelta(days=1)
FIGURES = (
    "skus",
    *(f"skus_{state.value}" for state in StockState),
    "on_hand",
    "reserved",
    "available",
    "incoming",
    "units_in",
    "units_out",
    "sold",
    "returned",
)


def start_snapshots(table: Table, *, now: datetime) -> list[str]:
    """Ask for a snapshot of each day that is over and has none; the ids of their runs, made of the days."""
    started = []
    for day in _missing(table, now=now):
        run_id = derived_id("run", table.tenant_id, KIND, day.isoformat(), at=_start_of(day))
        try:
            start_run(table, run_id, KIND, asked={"day": day.isoformat()}, now=now)
        except WriteRefused:  # it was asked for already, and has perhaps failed
            with suppress(WrongState):
                resume_run(table, run_id, kind=KIND, now=now)
        started.append(run_id)
    return started


def _missing(table: Table, *, now: datetime) -> Iterator[date]:
    last = (now - SETTLED).astimezone(UTC).date() - ONE_DAY
    founded = load_settings(table).tenant.created_at.date()
    first = max(founded, last - (MAX_DAYS_BACK - 1) * ONE_DAY)
    page = list_snapshots(table, since=first, until=last, after=None, limit=MAX_DAYS_BACK)
    made = {snapshot.day for snapshot in page.entries}
    for number in range((last - first).days + 1):
        if (day := first + number * ONE_DAY) not in made:
            yield day


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    """The last instant of a day: a movement at midnight is the next day's."""
    return _start_of(day) + ONE_DAY - MILLISECOND


def snapshot_part(run: Run, table: Table, _: datetime) -> Advance:
    """The step of a snapshot: the next page of SKUs; the last one writes it."""
    day = date.fromisoformat(run.asked["day"])
    as_of = end_of(day)
    asked = Asked(  # what moved on the day; nothing of it is costed
        name=ReportName.MOVEMENTS, as_of=as_of, since=as_of - ONE_DAY, currency="", retail_currency=""
    )
    page = read_skus(table, after=run.position or None, limit=LEVELS_IN_STEP)
    # Threads of their own: those of `together` must stay free for the reads that each of them makes with it.
    with workers(SIDE_BY_SIDE, name="snapshot") as pool:
        found = pool.map(lambda one: activity_of(table, asked, one.items), page.entries)
        counted: Counter[str] = Counter()
        for activities in filter(None, found):
            counted.update(_figures(whole(activities.values())))
    figures = {name: counted[name] for name in FIGURES}
    if page.next_position is None:
        total = {name: run.figures.get(name, 0) + figures[name] for name in FIGURES}
        with suppress(WriteRefused):  # the same step, done before, wrote the same
            table.write(items.put_snapshot(table.tenant_id, Snapshot(day, as_of, total)))
    return Advance(page.next_position, figures)


def _figures(activity: Activity) -> dict[str, int]:
    state = StockState.of(activity.available)
    return {
        "skus": 1,
        f"skus_{state.value}": 1,
        "on_hand": activity.on_hand,
        "reserved": activity.reserved,
        "available": activity.available,
        "incoming": activity.incoming,
        "units_in": sum(moved.units_in for moved in activity.moved.values()),
        "units_out": sum(moved.units_out for moved in activity.moved.values()),
        "sold": activity.sold,
        "returned": activity.returned,
    }


def list_snapshots(
    table: Table, *, since: date | None, until: date | None, after: str | None, limit: int
) -> Page[Snapshot]:
    """One page of the snapshots of a period, both ends included, newest first."""
    rows = table.query(
        items.snapshots_pk(table.tenant_id),
        low=items.snapshot_sk(since or date.min),
        high=items.snapshot_sk(until or date.max),
        after=after,
        newest_first=True,
        limit=limit + 1,
    )
    page = cut(rows, limit=limit)
    return Page(tuple(map(items.snapshot_from, page.entries)), page.next_position)
