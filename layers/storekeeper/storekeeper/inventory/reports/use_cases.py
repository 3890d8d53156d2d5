"""Reports of the whole tenant as runs, page by page; and the value of one SKU at once."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from storekeeper.inventory.costs.model import CostMethod, cost_of
from storekeeper.inventory.reports import items
from storekeeper.inventory.reports.facts import Activity, Sales
from storekeeper.inventory.reports.model import COLUMNS, Asked, ReportName, Row
from storekeeper.inventory.reports.reading import (
    Priced,
    SkuLevels,
    level_at,
    levels_of,
    prices_of,
    read_skus,
    rows_back,
    rows_forward,
)
from storekeeper.inventory.reports.rows import ROWS, Sight
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Money
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.workers import workers
from storekeeper.runs import Advance, Run, RunState, list_runs, start_run
from storekeeper.tenancy import Settings

LEVELS_IN_STEP = 200
SIDE_BY_SIDE = 8
MAX_ROWS_AT_ONCE = 20_000  # of the ledger of one SKU: more takes longer than a request may
MAX_RUNS_BACK = 50
_REPLAYED = {ReportName.VALUATION, ReportName.AGING, ReportName.DEAD_STOCK}
_OF_THE_PERIOD = {ReportName.MOVEMENTS, ReportName.TURNOVER, ReportName.VELOCITY, ReportName.DAYS_OF_COVER}


class TooManyMovements(StorekeeperError):
    """The ledger of the SKU is too long to be replayed while somebody waits."""

    code, kind = "too_many_movements", "conflict"


def kind_of(name: ReportName) -> str:
    """The kind of the runs that make a report."""
    return f"report:{name.value}"


def start_report(table: Table, asked: Asked, *, run_id: str, now: datetime, remember: Remember[Run] = forget) -> Run:
    """Ask for a report of all the tenant's stock."""
    return start_run(table, run_id, kind_of(asked.name), asked=asked.as_item(), now=now, remember=remember)


def latest_report(table: Table, name: ReportName) -> Run:
    """The newest report of this name that is done.

    Raises:
        NotFound: there is none among the last MAX_RUNS_BACK.
    """
    runs = list_runs(table, kind_of(name), after=None, limit=MAX_RUNS_BACK)
    done = next((run for run in runs.entries if run.state is RunState.DONE), None)
    if done is None:
        raise NotFound(f"There is no report yet. Start one: POST /v1/inventory/reports/{name.value}.")
    return done


def report_part(run: Run, table: Table, now: datetime) -> Advance:
    """The step of a report: the next page of SKUs. Done again, it tells what was told first."""
    after, first, step = json.loads(run.position) if run.position else (None, 0, 0)
    key = items.part_key(table.tenant_id, run.id, step, first)
    told = table.get(key)
    part = items.part_from(told) if told else _found(run, table, after, first)
    if told is None:
        try:
            table.write(items.put_part(table.tenant_id, run.id, step, part, now=now))
        except WriteRefused as refused:  # another worker was quicker: what it told is what counts
            part = items.part_from(refused.old[key] or {})
    position = json.dumps([part.after, part.next_first, step + 1]) if part.after else None
    return Advance(position, part.figures)


def _found(run: Run, table: Table, after: str | None, first: int) -> items.Part:
    asked = Asked.from_item(run.asked)
    page = read_skus(table, after=after, limit=LEVELS_IN_STEP)
    priced = _prices(table, asked, [one.sku for one in page.entries])
    # Threads of their own: those of `together` must stay free for the reads that each of them makes with it.
    with workers(SIDE_BY_SIDE, name="report") as pool:
        found = pool.map(partial(_rows_of, table, asked, priced), page.entries)
        rows = [row for each in found for row in each]
    return items.Part(first, rows, {**sums(asked.name, rows), "skus": len(page.entries)}, page.next_position)


def sums(name: ReportName, rows: Sequence[Row]) -> dict[str, int]:
    """How many rows there are, and what their columns add up to."""
    total: Counter[str] = Counter(rows=len(rows))
    summed = [column for column, kind in COLUMNS[name].items() if kind.is_summed]
    for row in rows:
        total.update({column: int(row[column] or 0) for column in summed})
    return {column: total[column] for column in ("rows", *summed)}


def value_sku(table: Table, sku: str, *, settings: Settings, asked: Asked) -> Mapping[CostMethod, Sequence[Row]]:
    """What a SKU's stock is worth by each method, at once; no row where there is none.

    Raises:
        TooManyMovements: its ledger is too long for that.
    """
    levels = levels_of(table, sku, tuple(settings.locations))
    if sum(item["version"] for item in levels.items) > MAX_ROWS_AT_ONCE:
        detail = f"{sku} has moved too often to be valued at once. Start a report and look for it there."
        raise TooManyMovements(detail)
    priced = _prices(table, asked, [sku])[sku]
    rows = list(rows_forward(table, levels.items, until=asked.as_of))
    return {
        method: list(
            ROWS[ReportName.VALUATION](
                asked,
                Sight(
                    sku,
                    cost=cost_of(rows, method=method, variant_cost=_minor(priced.cost, asked.currency)),
                    price=_minor(priced.price, asked.retail_currency),
                ),
            )
        )
        for method in CostMethod
    }


def _prices(table: Table, asked: Asked, skus: Sequence[str]) -> Mapping[str, Priced]:
    return prices_of(table, skus, store_id=asked.store_id) if asked.name in _REPLAYED else {}


def _rows_of(table: Table, asked: Asked, priced: Mapping[str, Priced], levels: SkuLevels) -> Sequence[Row]:
    if asked.name in _REPLAYED:
        sight = _replayed(table, asked, priced[levels.sku], levels)
    else:
        sight = Sight(levels.sku, activity_of(table, asked, levels.items))
    return list(ROWS[asked.name](asked, sight))


def _replayed(table: Table, asked: Asked, priced: Priced, levels: SkuLevels) -> Sight:
    method = CostMethod.FIFO if asked.name is ReportName.AGING else asked.method
    sales = Sales()
    rows = sales.watched(rows_forward(table, levels.items, until=asked.as_of))
    cost = cost_of(rows, method=method, variant_cost=_minor(priced.cost, asked.currency))
    return Sight(levels.sku, cost=cost, sales=sales, price=_minor(priced.price, asked.retail_currency))


def activity_of(table: Table, asked: Asked, levels: Sequence[Item]) -> Mapping[LocationId, Activity]:
    """A SKU's stock at each location at the end, and, for reports of a period, what happened in it."""
    found: dict[LocationId, Activity] = {}
    for item in levels:
        level = level_at(table, item, asked.as_of)
        if level is None:
            continue
        activity = found.setdefault(level.location_id, Activity())
        activity.end(level)
        if asked.name in _OF_THE_PERIOD:
            rows = rows_back(table, item, since=asked.since, until=asked.as_of)
            activity.follow_back(level, rows, since=asked.since, until=asked.as_of)
    return found


def _minor(amount: Money | None, currency: str) -> int | None:
    """What is priced in another currency has no price here."""
    return amount.minor if amount and amount.currency.code == currency else None
