"""The bench of stock at scale measures the product on what the product itself would have written."""

from bench.inventory.measured import a_tenant, lists, runs
from bench.inventory.warehouse import LOCATIONS, UNIT_COST, units_of
from storekeeper.inventory import StockState
from storekeeper.inventory.lists import LevelFilter, list_levels
from storekeeper.inventory.reports.model import ReportName
from storekeeper.inventory.reports.use_cases import latest_report

SKUS = 40


def test_lists_find_what_lies_there() -> None:
    _, table = a_tenant(SKUS)
    whole = list_levels(table, wanted=LevelFilter(), after=None, limit=1_000).entries
    low = list_levels(table, wanted=LevelFilter(state=StockState.LOW), after=None, limit=1_000).entries

    assert len(whole) == SKUS * len(LOCATIONS)
    assert sum(level.on_hand for level in whole) == everything()
    assert [level.sku for level in low] == [level.sku for level in whole if level.state is StockState.LOW]


def everything() -> int:
    return sum(units_of(number, place) for number in range(SKUS) for place in range(len(LOCATIONS)))


def test_pages_and_runs_are_measured() -> None:
    warehouse, table = a_tenant(SKUS)

    assert all(page.calls and page.read_units and page.rows for page in lists(warehouse, table))
    assert {ran.name: ran.levels for ran in runs(warehouse, table)} == dict.fromkeys(
        ("valuation", "days-of-cover", "low-stock", "reconciliation"), SKUS * len(LOCATIONS)
    )
    report = latest_report(table, ReportName.VALUATION)
    assert (report.figures["on_hand"], report.figures["value"]) == (everything(), everything() * UNIT_COST)
