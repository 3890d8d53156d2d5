"""Reports against the table: each says what the ledger says, as of any instant, however often a step is done."""

from datetime import timedelta

import pytest

from storekeeper.inventory.costs.model import CostMethod
from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.reports import use_cases
from storekeeper.inventory.reports.items import Part, put_part
from storekeeper.inventory.reports.model import ReportName
from storekeeper.inventory.reports.results import Order, RowFilter, add_up_rows, find_rows
from storekeeper.inventory.reports.use_cases import (
    TooManyMovements,
    kind_of,
    latest_report,
    report_part,
    start_report,
    value_sku,
)
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.table import WriteRefused
from storekeeper.runs import RunState, get_run, work_on
from storekeeper.tenancy import load_settings
from tests.table.inventory.buying import a_supplier, came, ordered, take_in, usd
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.reporting import DAY, EVERYTHING, asked, report, reported, rows
from tests.table.inventory.transferring import a_draft, dispatch, receive

VALUATION = ReportName.VALUATION


def buy(shelf: Shelf, units: int, cost: str, sku: str = "LAMP") -> None:
    """A delivery of units that cost so much each."""
    suffix = f"{shelf.now.timestamp():.0f}-{sku}-{cost}"
    order = ordered(shelf, a_supplier(shelf, code=suffix), WantedLine(sku, units, usd(cost)))
    take_in(shelf, order, came(units, sku=sku))


@pytest.fixture
def lamps(shelf: Shelf) -> Shelf:
    """10 lamps at 4.00, a day later 10 at 6.00, and a day after that 5 are sold; 3 mugs that nobody paid for."""
    shelf.sell("LAMP")
    buy(shelf, 10, "4.00")
    shelf.now += DAY
    buy(shelf, 10, "6.00")
    shelf.adjust(3, sku="MUG", location=1)
    shelf.now += DAY
    shelf.adjust(-5, kind="sale")
    shelf.project()
    return shelf


@pytest.mark.parametrize(("method", "value"), [("moving_average", 7_500), ("fifo", 8_000)])
def test_stock_is_worth_what_it_has_cost(lamps: Shelf, method: str, value: int) -> None:
    lamp, mug = reported(lamps, asked(lamps, "valuation", method=method))

    assert (lamp["sku"], lamp["on_hand"], lamp["value"], lamp["uncosted"]) == ("LAMP", 15, value, 0)
    assert (mug["sku"], mug["on_hand"], mug["value"], mug["uncosted"], mug["unpriced"]) == ("MUG", 3, 0, 3, 3)


def test_a_report_is_as_of_any_instant(lamps: Shelf) -> None:
    before = asked(lamps, "valuation", as_of=lamps.now - timedelta(milliseconds=1))
    first = asked(lamps, "valuation", as_of=lamps.now - 2 * DAY)

    assert [row["value"] for row in reported(lamps, before)] == [10_000, 0]
    assert [row["value"] for row in reported(lamps, first, run_id="run_2")] == [4_000]


def test_what_is_on_its_way_between_locations_is_worth_something_too(lamps: Shelf) -> None:
    dispatch(lamps, a_draft(lamps, 5))
    lamps.project()

    (lamp, _) = reported(lamps, asked(lamps, "valuation"))
    by_location = reported(lamps, asked(lamps, "valuation", by_location=True), run_id="run_2")
    assert (lamp["on_hand"], lamp["on_the_way"], lamp["value"]) == (10, 5, 7_500)
    assert [
        (row["sku"], row["location_id"], row["on_hand"], row["on_the_way"], row["value"]) for row in by_location
    ] == [
        ("LAMP", lamps.locations[0], 10, 0, 5_000),
        ("LAMP", None, 0, 5, 2_500),
        ("MUG", lamps.locations[1], 3, 0, 0),
    ]


def test_figures_are_the_sums_of_the_rows(lamps: Shelf) -> None:
    wanted = asked(lamps, "valuation")
    run = report(lamps, wanted)

    assert run.state is RunState.DONE
    assert run.figures == {
        "rows": 2,
        "skus": 2,
        "on_hand": 18,
        "on_the_way": 0,
        "value": 7_500,
        "uncosted": 3,
        "retail_value": 0,
        "unpriced": 18,
    }


def test_low_and_out_of_stock(lamps: Shelf) -> None:
    lamps.adjust(1, sku="VASE")
    lamps.adjust(-1, sku="VASE")
    lamps.project()

    low = reported(lamps, asked(lamps, "low-stock"))
    out = reported(lamps, asked(lamps, "out-of-stock"), run_id="run_2")
    more = reported(lamps, asked(lamps, "low-stock", threshold=15), run_id="run_3")
    assert [(row["sku"], row["status"], row["available"]) for row in low] == [("MUG", "critical", 3)]
    assert [(row["sku"], row["available"]) for row in out] == [("VASE", 0)]
    assert [(row["sku"], row["status"]) for row in more] == [("LAMP", "low"), ("MUG", "critical")]


def test_movements_of_a_period_by_type_and_location(lamps: Shelf) -> None:
    wanted = asked(lamps, "movements", as_of=lamps.now, days=1, by_location=True)

    found = reported(lamps, wanted)
    assert [(row["sku"], row["type"], row["movements"], row["units_in"], row["units_out"]) for row in found] == [
        ("LAMP", "sale", 1, 0, 5)
    ]
    report(lamps, asked(lamps, "movements", by_location=True), run_id="run_2")
    by_type = add_up_rows(lamps.table, "run_2", ReportName.MOVEMENTS, EVERYTHING, by="type")
    assert {kind: (told["units_in"], told["units_out"]) for kind, told in by_type.items()} == {
        "restock": (20, 0),
        "sale": (0, 5),
        "adjustment": (3, 0),
    }
    there = RowFilter({"location_id": lamps.locations[1]})
    assert add_up_rows(lamps.table, "run_2", ReportName.MOVEMENTS, there, by=None)[None]["units_in"] == 3


def test_a_period_of_the_past_begins_after_its_first_instant(lamps: Shelf) -> None:
    """Periods that follow one another count each movement once."""
    last = asked(lamps, "movements", as_of=lamps.now, days=1)
    before = asked(lamps, "movements", as_of=lamps.now - DAY, days=1)

    assert {row["type"] for row in reported(lamps, last)} == {"sale"}
    assert {row["type"] for row in reported(lamps, before, run_id="run_2")} == {"restock", "adjustment"}


def test_velocity_cover_and_turnover(lamps: Shelf) -> None:
    """Of 10 days: nothing lay there for 7 of them, then 10 lamps, 20, and 15 for a day each."""
    later = lamps.now + DAY
    velocity = reported(lamps, asked(lamps, "velocity", as_of=later, days=10))
    cover = reported(lamps, asked(lamps, "days-of-cover", as_of=later, days=10), run_id="run_2")
    turned = reported(lamps, asked(lamps, "turnover", as_of=later, days=10), run_id="run_3")

    assert [(row["sold"], row["sold_a_day"]) for row in velocity] == [(5, 50), (0, 0)]
    assert [(row["available"], row["days_of_cover"]) for row in cover] == [(15, 3_000), (3, None)]
    assert [(row["average_on_hand"], row["turnover"], row["days_on_hand"]) for row in turned] == [
        (450, 111, 900),
        (60, 0, None),
    ]


def test_stock_ages_first_in_first_out(lamps: Shelf) -> None:
    wanted = asked(lamps, "aging", as_of=lamps.now + 30 * DAY)

    lamp = reported(lamps, wanted)[0]
    assert (lamp["units_31_60"], lamp["value_31_60"]) == (15, 8_000)
    lamp = reported(lamps, asked(lamps, "aging", as_of=lamps.now + 29 * DAY), run_id="run_2")[0]
    assert (lamp["units_0_30"], lamp["value_0_30"], lamp["units_31_60"], lamp["value_31_60"]) == (10, 6_000, 5, 2_000)


def test_a_transfer_makes_stock_no_younger(lamps: Shelf) -> None:
    transfer = dispatch(lamps, a_draft(lamps, 8))
    lamps.now += 40 * DAY
    receive(lamps, transfer)
    lamps.project()
    there = asked(lamps, "aging", as_of=lamps.now, by_location=True, location_id=lamps.locations[1])

    lamp, mug = reported(lamps, there)
    assert (lamp["on_hand"], lamp["units_31_60"], lamp["value"]) == (8, 8, 5 * 400 + 3 * 600)
    assert (mug["sku"], mug["location_id"]) == ("MUG", lamps.locations[1])


def test_stock_is_dead_that_lay_there_and_was_not_sold(lamps: Shelf) -> None:
    quiet = asked(lamps, "dead-stock", as_of=lamps.now + 9 * DAY, days=10)

    assert [(row["sku"], row["on_hand"], row["last_sold_at"], row["days_quiet"]) for row in reported(lamps, quiet)] == [
        ("MUG", 3, None, 1_000)
    ]
    all_quiet = asked(lamps, "dead-stock", as_of=lamps.now + 10 * DAY, days=10)
    assert [row["sku"] for row in reported(lamps, all_quiet, run_id="run_2")] == ["LAMP", "MUG"]


@pytest.mark.parametrize("name", list(ReportName))
def test_pages_of_any_size_make_the_same_report(
    lamps: Shelf, monkeypatch: pytest.MonkeyPatch, name: ReportName
) -> None:
    for number in range(5):
        lamps.adjust(number, sku=f"SKU-{number}", location=number % 2) if number else None
        lamps.adjust(2, sku="LAMP-2", location=number % 2)
    lamps.project()
    wanted = asked(lamps, name.value, by_location=True)
    whole = reported(lamps, wanted)
    monkeypatch.setattr(use_cases, "LEVELS_IN_STEP", 1)

    assert reported(lamps, wanted, run_id="run_2") == whole
    assert get_run(lamps.table, "run_2").figures == get_run(lamps.table, "run_1").figures


def test_a_step_that_is_done_again_tells_what_was_told_first(lamps: Shelf) -> None:
    wanted = asked(lamps, "out-of-stock")
    run = start_report(lamps.table, wanted, run_id="run_1", now=wanted.as_of)
    first = report_part(run, lamps.table, wanted.as_of)
    lamps.adjust(1, sku="VASE")
    lamps.adjust(-1, sku="VASE")
    lamps.project()

    assert report_part(run, lamps.table, wanted.as_of) == first


@pytest.mark.guards("storekeeper.inventory.reports.items.put_part")
def test_of_two_workers_the_first_is_believed(lamps: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = asked(lamps, "valuation")
    run = start_report(lamps.table, wanted, run_id="run_1", now=wanted.as_of)
    other = Part(0, [], {"rows": 7}, None)
    lamps.table.write(put_part(lamps.table.tenant_id, run.id, 0, other, now=lamps.now))
    monkeypatch.setattr(lamps.table, "get", lambda *_, **__: None)

    assert report_part(run, lamps.table, wanted.as_of).figures == {"rows": 7}
    with pytest.raises(WriteRefused):
        lamps.table.write(put_part(lamps.table.tenant_id, run.id, 0, other, now=lamps.now))


def test_a_report_goes_on_where_it_ended(lamps: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "LEVELS_IN_STEP", 1)
    wanted = asked(lamps, "valuation")
    start_report(lamps.table, wanted, run_id="run_1", now=wanted.as_of)
    looks = iter([False, True])
    steps = {kind_of(VALUATION): report_part}
    run = work_on(lamps.table, "run_1", steps=steps, now=lambda: wanted.as_of, is_nearly_over=lambda: next(looks))
    assert (run.state, run.figures["rows"]) == (RunState.RUNNING, 1)

    run = work_on(lamps.table, "run_1", steps=steps, now=lambda: wanted.as_of, is_nearly_over=lambda: False)
    assert (run.state, run.figures["rows"], run.figures["value"]) == (RunState.DONE, 2, 7_500)
    assert len(rows(lamps, wanted)) == 2


def test_rows_are_sorted_filtered_and_paged(lamps: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "LEVELS_IN_STEP", 2)
    for number in range(1, 6):
        lamps.adjust(number % 3 + 1, sku=f"SKU-{number}")
    lamps.project()
    wanted = asked(lamps, "days-of-cover")
    report(lamps, wanted)

    for sort in (None, "available", "-available", "days_of_cover", "-days_of_cover", "sku", "-sku"):
        order = Order.parse(sort, wanted.name) if sort else None
        whole = [row["sku"] for row in rows(lamps, wanted, sort=sort)]
        paged, after = [], None
        while True:
            page = find_rows(lamps.table, "run_1", wanted.name, EVERYTHING, order=order, after=after, limit=2)
            paged += [row["sku"] for row in page.entries]
            if (after := page.next_position) is None:
                break
        assert paged == whole
        assert len(set(whole)) == 7
    assert [row["sku"] for row in rows(lamps, wanted, sort="-available")][:1] == ["LAMP"]
    assert [row["sku"] for row in rows(lamps, wanted, sort="days_of_cover")][:1] == ["LAMP"]
    assert [row["sku"] for row in rows(lamps, wanted, sort="-days_of_cover")][:1] == ["LAMP"]
    assert [row["sku"] for row in rows(lamps, wanted, where={"sku": "MUG"})] == ["MUG"]


@pytest.mark.parametrize("cursor", ["x", "12345678901", "99"])
def test_a_cursor_that_nobody_gave_is_refused(lamps: Shelf, cursor: str) -> None:
    report(lamps, asked(lamps, "valuation"))

    with pytest.raises(Invalid):
        find_rows(lamps.table, "run_1", VALUATION, EVERYTHING, order=Order("value", True), after=cursor, limit=2)


def test_one_sku_is_valued_at_once(lamps: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(lamps.table)
    valued = value_sku(lamps.table, "LAMP", settings=settings, asked=asked(lamps, "valuation"))

    assert {method: [row["value"] for row in found] for method, found in valued.items()} == {
        CostMethod.MOVING_AVERAGE: [7_500],
        CostMethod.FIFO: [8_000],
    }
    monkeypatch.setattr(use_cases, "MAX_ROWS_AT_ONCE", 2)
    with pytest.raises(TooManyMovements):
        value_sku(lamps.table, "LAMP", settings=settings, asked=asked(lamps, "valuation"))


def test_the_latest_report_is_one_that_is_done(lamps: Shelf) -> None:
    with pytest.raises(NotFound):
        latest_report(lamps.table, VALUATION)
    done = report(lamps, asked(lamps, "valuation"))
    start_report(lamps.table, asked(lamps, "valuation"), run_id="run_2", now=done.asked_at + DAY)

    assert latest_report(lamps.table, VALUATION).id == done.id


@pytest.mark.usefixtures("lamps")
def test_another_tenant_s_stock_is_in_no_report(other_shelf: Shelf) -> None:
    assert list(reported(other_shelf, asked(other_shelf, "valuation"))) == []
