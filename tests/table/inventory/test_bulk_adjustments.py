"""Thousands of adjustments as one run: each row once, whatever happens between, and one bad row stops nothing."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import pytest

from storekeeper.catalog import sku_key
from storekeeper.inventory import SkuRef, level_key
from storekeeper.inventory.adjustments import bulk
from storekeeper.inventory.adjustments.bulk import KIND as BULK_ADJUSTMENT
from storekeeper.inventory.adjustments.bulk import adjust_part, start_bulk_adjustment
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.writes import Update
from storekeeper.runs import Run, RunState, find_outcomes, start_run, work_on
from storekeeper.tenancy.locations.use_cases import create_location, delete_location
from tests.table.inventory.conftest import Shelf

FEW = 4


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of FEW rows, so that a test has several."""
    monkeypatch.setattr("storekeeper.runs.rows.ROWS_IN_PART", FEW)
    monkeypatch.setattr(bulk, "ROWS_IN_PART", FEW)
    monkeypatch.setattr(bulk, "ROWS_TOGETHER", 3)


def start(shelf: Shelf, rows: Sequence[Mapping[str, Any]]) -> Run:
    return start_bulk_adjustment(shelf.table, rows, run_id="run_1", now=shelf.now)


def work(shelf: Shelf, table: Table | None = None) -> Run:
    steps = {BULK_ADJUSTMENT: adjust_part}
    return work_on(table or shelf.table, "run_1", steps=steps, now=lambda: shelf.now, is_nearly_over=lambda: False)


def outcomes(shelf: Shelf) -> Sequence[Mapping[str, Any]]:
    return find_outcomes(shelf.table, "run_1", after=None, limit=200).entries


def test_each_row_is_made_and_told(shelf: Shelf) -> None:
    skus = [f"LAMP-{number}" for number in range(6)]
    shelf.sell(*skus)
    for sku in skus[:4]:
        shelf.adjust(1, sku=sku)

    start(shelf, [{"sku": sku, "quantity": 10, "type": "restock", "reason": "count"} for sku in skus])
    done = work(shelf)

    assert (done.state, done.figures, done.total) == (RunState.DONE, {"applied": 6, "refused": 0}, 6)
    assert [row["level"]["on_hand"] for row in outcomes(shelf)] == [11, 11, 11, 11, 10, 10]
    assert [row["row"] for row in outcomes(shelf)] == list(range(6))
    assert [shelf.levels(sku)[0].on_hand for sku in skus] == [11, 11, 11, 11, 10, 10]


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each transaction of the run wrote."""
    sizes: list[int] = []
    real = Table.write

    def write(table: Table, *writes: Any, **options: Any) -> None:
        sizes.append(len(writes))
        real(table, *writes, **options)

    monkeypatch.setattr(Table, "write", write)
    return sizes


def test_first_levels_are_made_many_to_a_transaction(shelf: Shelf, transactions: list[int]) -> None:
    skus = ["SHADE", "BULB", "CORD"]
    shelf.sell(*skus)
    start(shelf, [{"sku": sku, "quantity": 10} for sku in skus])
    transactions.clear()

    assert work(shelf).figures == {"applied": 3, "refused": 0}
    assert max(transactions) == 3 * len(skus) + 2  # adjustment, level and SKU of each; the location; the settings
    assert [shelf.figures(sku) for sku in skus] == [[(10, 0, 10)]] * 3


def test_the_first_stock_of_a_location_marks_it_once(shelf: Shelf, transactions: list[int]) -> None:
    skus = ["SHADE", "BULB", "CORD", "PLUG"]
    shelf.sell(*skus)
    start(shelf, [{"sku": sku, "quantity": 1} for sku in skus])
    transactions.clear()

    assert work(shelf).figures == {"applied": 4, "refused": 0}
    assert [size for size in transactions if size > 1] == [3 * 3 + 2, 3]


def test_first_levels_of_a_sku_at_two_locations_are_made_together(shelf: Shelf, transactions: list[int]) -> None:
    shelf.sell("SHADE")
    start(shelf, [{"sku": "SHADE", "quantity": 2, "location_id": place} for place in shelf.locations])
    transactions.clear()

    assert work(shelf).figures == {"applied": 2, "refused": 0}
    assert max(transactions) == 2 * 2 + 1 + 2 + 1  # adjustments and levels; the SKU; the locations; the settings
    assert [level.on_hand for level in shelf.levels("SHADE")] == [2, 2]


def test_a_first_level_that_cannot_be_made_holds_up_none_beside_it(shelf: Shelf) -> None:
    shelf.sell("BOX", "RADIO", "SHADE")
    for sku, said in {"BOX": {"kit": "kit_1"}, "RADIO": {"tracking": "serial"}}.items():
        shelf.table.write(set_on_sku(shelf, sku, said))
    start(shelf, [{"sku": sku, "quantity": 2} for sku in ("BOX", "RADIO", "SHADE")])

    assert work(shelf).figures == {"applied": 2, "refused": 1}
    assert [row["error"] and row["error"]["code"] for row in outcomes(shelf)] == ["sku_is_kit", None, None]
    assert [level.tracked for level in shelf.levels("RADIO")] == ["serial"]


def test_rows_that_are_made_alone_mark_their_location_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, transactions: list[int]
) -> None:
    skus = ["SHADE", "BULB", "CORD"]
    shelf.sell(*skus)
    start(shelf, [{"sku": sku, "quantity": 1} for sku in skus])
    monkeypatch.setattr(bulk, "_levels", lambda *_: {})  # as where nothing can be made together
    transactions.clear()

    assert work(shelf).figures == {"applied": 3, "refused": 0}
    assert [size for size in transactions if size > 1] == [3 + 2, 3, 3]


def test_a_location_that_is_deleted_meanwhile_refuses_its_own_rows_only(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.sell("SHADE", "BULB")
    place = create_location(name="New", address=None, table=shelf.table, now=shelf.now).id
    real, deleted = bulk._levels, list[bool]()

    def then_delete(*args: Any) -> Any:
        levels = real(*args)
        if not deleted:
            deleted.append(True)
            delete_location(place, table=shelf.table)
        return levels

    monkeypatch.setattr(bulk, "_levels", then_delete)
    start(shelf, [{"sku": "SHADE", "quantity": 1, "location_id": place}, {"sku": "BULB", "quantity": 1}])

    assert work(shelf).figures == {"applied": 1, "refused": 1}
    assert shelf.figures("BULB") == [(1, 0, 1)]


def set_on_sku(shelf: Shelf, sku: str, said: Mapping[str, str]) -> Update:
    """A SKU that is a kit, or tracked."""
    ((name, value),) = said.items()
    key = sku_key(shelf.table.tenant_id, sku)
    return Update(key, f"SET {name} = :value", only_if=f"attribute_not_exists({name})", values={":value": value})


def test_rows_of_one_level_are_made_one_after_the_other(shelf: Shelf) -> None:
    shelf.adjust(1)
    start(shelf, [{"sku": "LAMP", "quantity": 2}, {"sku": "LAMP", "quantity": -3}, {"sku": "LAMP", "quantity": 5}])

    assert work(shelf).figures == {"applied": 3, "refused": 0}
    assert [row["level"]["on_hand"] for row in outcomes(shelf)] == [3, 0, 5]


BAD_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"sku": "UNKNOWN", "quantity": 1}, "sku_unknown"),
    ({"sku": "LAMP", "quantity": 0}, "quantity_out_of_range"),
    ({"sku": "LAMP", "quantity": "3"}, "quantity_malformed"),
    ({"sku": "LAMP", "quantity": True}, "quantity_malformed"),
    ({"sku": "LAMP"}, "quantity_malformed"),
    ({"quantity": 1}, "sku_missing"),
    ({"sku": "x" * 65, "quantity": 1}, "sku_malformed"),
    ({"sku": 7, "quantity": 1}, "sku_malformed"),
    ({"sku": "LAMP", "quantity": 1, "type": "sale"}, "type_unknown"),
    ({"sku": "LAMP", "quantity": 1, "type": ["restock"]}, "type_unknown"),
    ({"sku": "LAMP", "quantity": -1, "type": "restock"}, "quantity_not_positive"),
    ({"sku": "LAMP", "quantity": 1, "location_id": "loc_nowhere"}, "location_unknown"),
    ({"sku": "LAMP", "quantity": 1, "price": "2.00"}, "member_unknown"),
    ({"sku": "LAMP", "quantity": -100}, "insufficient_stock"),
]


def test_a_bad_row_stops_nothing_and_says_why(shelf: Shelf) -> None:
    shelf.adjust(1)
    good = {"sku": "LAMP", "quantity": 1}
    start(shelf, [row for bad, _ in BAD_ROWS for row in (bad, good)])

    done = work(shelf)

    told = outcomes(shelf)
    assert done.figures == {"applied": len(BAD_ROWS), "refused": len(BAD_ROWS)}
    assert [row["error"]["code"] for row in told[::2]] == [code for _, code in BAD_ROWS]
    assert {row["outcome"] for row in told[1::2]} == {"applied"}
    assert shelf.figures() == [(1 + len(BAD_ROWS), 0, 1 + len(BAD_ROWS))]


def test_a_part_that_is_done_again_changes_nothing(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.adjust(5, sku="SHADE")
    rows = [{"sku": "LAMP", "quantity": 1}, {"sku": "SHADE", "quantity": -1}, {"sku": "NONE", "quantity": 1}]
    run = start(shelf, rows)
    first = adjust_part(run, shelf.table, shelf.now)  # and then the worker dies, before it moved the run on

    done = work(shelf)

    assert (first.figures, done.figures) == ({"applied": 2, "refused": 1}, {"applied": 2, "refused": 1})
    assert (shelf.figures(), shelf.figures("SHADE")) == ([(6, 0, 6)], [(4, 0, 4)])
    assert [row["outcome"] for row in outcomes(shelf)] == ["applied", "applied", "refused"]


def test_a_row_that_took_the_last_units_is_not_refused_when_its_part_is_done_again(shelf: Shelf) -> None:
    shelf.adjust(5)
    run = start(shelf, [{"sku": "LAMP", "quantity": -5}])
    adjust_part(run, shelf.table, shelf.now)

    assert work(shelf).figures == {"applied": 1, "refused": 0}
    assert outcomes(shelf)[0]["level"]["on_hand"] == 0


def test_what_is_reserved_is_not_adjusted_away(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_1", {"LAMP": 3})
    start(shelf, [{"sku": "LAMP", "quantity": -3}, {"sku": "LAMP", "quantity": -2}])

    assert work(shelf).figures == {"applied": 1, "refused": 1}
    assert outcomes(shelf)[0]["error"]["code"] == "stock_reserved"


def test_a_buyer_who_comes_between_makes_nobody_wait(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.adjust(5)
    shelf.adjust(5, sku="SHADE")
    real = bulk._change
    bought: list[Any] = []

    def while_somebody_buys(*args: Any) -> Any:
        if not bought:
            bought.append(shelf.hold("cart_1", {"LAMP": 1}))
        return real(*args)

    monkeypatch.setattr(bulk, "_change", while_somebody_buys)
    start(shelf, [{"sku": "LAMP", "quantity": 1}, {"sku": "SHADE", "quantity": 1}])

    assert work(shelf).figures == {"applied": 2, "refused": 0}
    assert (shelf.figures(), shelf.figures("SHADE")) == ([(6, 1, 5)], [(6, 0, 6)])


def test_movements_bear_the_name_of_whoever_asked(shelf: Shelf) -> None:
    shelf.adjust(1)
    run = start(shelf, [{"sku": "LAMP", "quantity": 1, "reason": "count"}])
    worker = copy(shelf.table)
    worker.trace = Trace(system_actor("worker"), "message_1")
    work(shelf, worker)

    level = shelf.table.get(level_key(SkuRef(shelf.table.tenant_id, "LAMP"), shelf.locations[0]))
    assert level is not None
    assert (level["cause"]["actor"], level["cause"]["reason"]) == (run.asked_by, "count")
    assert run.asked_by == shelf.table.trace.actor != worker.trace.actor


def test_rows_that_are_gone_fail_the_run_and_do_not_end_it_as_done(shelf: Shelf) -> None:
    start_run(shelf.table, "run_1", BULK_ADJUSTMENT, asked={"rows": 1}, now=shelf.now, total=1)

    failed = work(shelf)

    assert (failed.state, failed.problem) == (RunState.FAILED, "step_failed")


def test_another_tenant_s_stock_is_not_reached(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(5)
    other_shelf.sell("SHADE")
    start_bulk_adjustment(other_shelf.table, [{"sku": "LAMP", "quantity": -1}], run_id="run_1", now=other_shelf.now)

    assert work(other_shelf).figures == {"applied": 0, "refused": 1}
    assert shelf.figures() == [(5, 0, 5)]
