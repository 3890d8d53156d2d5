"""Measures lists and whole-tenant runs on a warehouse: time of our own, calls, units, and memory while they go on."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.inventory.warehouse import LOCATIONS, NOW, TRACE, Warehouse
from storekeeper.inventory import Level, StockState
from storekeeper.inventory.lists import LevelFilter, levels_of_sku, list_levels
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.inventory.reconciliation.use_cases import Reconciler, start_reconciliation
from storekeeper.inventory.reports.model import Asked, ReportName
from storekeeper.inventory.reports.use_cases import kind_of, report_part, start_report
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.money import Currency
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.runs import Run, Step, work_on
from storekeeper.tenancy.tenants.items import put_tenant
from storekeeper.tenancy.tenants.model import Tenant

ROUNDS = 30
LIMIT = 50
SAMPLES = 10  # of memory, while a run goes on
PAGE_BYTES = 4096
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """What one page of a list took: milliseconds of our own processor time, calls of the table, read units."""

    name: str
    own_ms: float
    calls: int
    read_units: float
    rows: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the whole tenant took, and how much memory the process held while it went on, in MiB."""

    name: str
    levels: int
    own_s: float
    calls: int
    read_units: float
    write_units: int
    memory: tuple[int, ...]


class NoOrders:
    """Nobody owns anything: the port of a reconciliation to orders."""

    def page(self, *_: Any, **__: Any) -> Page[Any]:
        """No orders."""
        return Page((), None)

    def picks_of(self, *_: Any) -> list[Any]:
        """Nothing owned."""
        return []


def a_tenant(skus: int) -> tuple[Warehouse, Table]:
    """A tenant with so many SKUs at five locations."""
    tenant_id = TenantId("ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
    warehouse = Warehouse(tenant_id, skus)
    table = Table(warehouse, "bench", tenant_id=tenant_id, trace=TRACE)
    table.write(
        put_tenant(
            Tenant(
                id=tenant_id,
                name="Bench",
                plan="premium",
                currency=Currency.of("USD"),
                cart_events=False,
                settings_version=1,
                version=1,
                created_at=NOW.replace(month=1),
                updated_at=NOW,
            )
        )
    )
    return warehouse, table


def lists(warehouse: Warehouse, table: Table) -> Iterator[Listed]:
    """Each list of levels, from ROUNDS places spread over all SKUs."""
    places = [warehouse.name(warehouse.skus * number // ROUNDS) for number in range(ROUNDS)]
    filters = {
        "all": LevelFilter(),
        "of a location": LevelFilter(location_id=LOCATIONS[2]),
        "low": LevelFilter(state=StockState.LOW),
        "low, of a location": LevelFilter(location_id=LOCATIONS[2], state=StockState.LOW),
        "as of 45 days ago": LevelFilter(at=NOW.replace(month=10, day=6)),
    }

    def of_sku(sku: str) -> Page[Level]:
        return levels_of_sku(table, sku, wanted=LevelFilter(), locations=LOCATIONS, after=None, limit=LIMIT)

    for name, wanted in filters.items():
        yield _listed(warehouse, name, places, partial(_page, table, wanted))
    yield _listed(warehouse, "of a SKU", places, of_sku)


def _page(table: Table, wanted: LevelFilter, after: str) -> Page[Level]:
    return list_levels(table, wanted=wanted, after=after, limit=LIMIT)


def _listed(warehouse: Warehouse, name: str, places: list[str], page: Callable[[str], Page[Any]]) -> Listed:
    own, calls, units, rows = [], [], [], []
    for place in places:
        warehouse.forget()
        started = time.process_time()
        found = page(place)
        own.append((time.process_time() - started - warehouse.seconds) * 1_000)
        calls.append(warehouse.calls)
        units.append(warehouse.reads)
        rows.append(len(found.entries))
    return Listed(name, median(own), int(median(calls)), median(units), int(median(rows)))


def runs(warehouse: Warehouse, table: Table) -> Iterator[Ran]:
    """Whole-tenant runs, each in one pass."""
    since = NOW.replace(month=10, day=21)
    for name in (ReportName.VALUATION, ReportName.DAYS_OF_COVER, ReportName.LOW_STOCK):
        asked = Asked(name=name, as_of=NOW, since=since, currency="USD", retail_currency="USD")
        start_report(table, asked, run_id=f"run_{name.value}", now=NOW)
        yield _ran(warehouse, table, f"run_{name.value}", {kind_of(name): report_part})
    start_reconciliation(table, run_id="run_reconciliation", repair=(), now=NOW)
    yield _ran(warehouse, table, "run_reconciliation", {RECONCILIATION: Reconciler(NoOrders()).step})


def _ran(warehouse: Warehouse, table: Table, run_id: str, steps: Mapping[str, Step]) -> Ran:
    memory: list[int] = []

    def watched(step: Step) -> Step:
        def with_memory(run: Run, table: Table, now: Any) -> Any:
            memory.append(resident_mib())
            return step(run, table, now)

        return with_memory

    warehouse.forget()
    started = time.process_time()
    run = work_on(
        table,
        run_id,
        steps={kind: watched(step) for kind, step in steps.items()},
        now=lambda: NOW,
        is_nearly_over=lambda: False,
    )
    if run.is_open or run.problem:
        raise RuntimeError(f"{run_id} is {run.state}: {run.problem}")
    own = time.process_time() - started - warehouse.seconds
    spread = [memory[len(memory) * number // SAMPLES] for number in range(SAMPLES)] + [resident_mib()]
    name, levels = run_id.removeprefix("run_"), warehouse.skus * len(LOCATIONS)
    return Ran(name, levels, own, warehouse.calls, warehouse.reads, warehouse.writes, tuple(spread))


def resident_mib() -> int:
    """What the process holds in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES // MIB
