"""Daily snapshots: as of the end of each day, the same however late and often they are made."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storekeeper.inventory.reports import items, snapshots
from storekeeper.inventory.reports.items import Snapshot, put_snapshot
from storekeeper.inventory.reports.snapshots import KIND, end_of, list_snapshots, snapshot_part, start_snapshots
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Put
from storekeeper.runs import Run, get_run, start_run, work_on
from tests.table.inventory.conftest import Shelf

FIRST = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def make(shelf: Shelf, now: datetime) -> list[Run]:
    """What the daily work and the worker do."""
    return [
        work_on(shelf.table, run_id, steps={KIND: snapshot_part}, now=lambda: now, is_nearly_over=lambda: False)
        for run_id in start_snapshots(shelf.table, now=now)
    ]


def made(shelf: Shelf) -> list[Snapshot]:
    return list(list_snapshots(shelf.table, since=None, until=None, after=None, limit=50).entries)


@pytest.fixture
def two_days(shelf: Shelf) -> Shelf:
    """20 lamps on the first day, of which 5 are sold at its last instant; on the second, at midnight, all others."""
    shelf.adjust(20)
    shelf.adjust(2, sku="MUG", location=1)
    shelf.adjust(-5, kind="sale", at=end_of(FIRST))
    shelf.adjust(-15, kind="sale", at=end_of(FIRST) + timedelta(milliseconds=1))
    shelf.project()
    return shelf


def test_a_day_ends_with_its_last_instant(two_days: Shelf) -> None:
    make(two_days, NOON + 2 * DAY)

    second, first = made(two_days)
    assert (first.day, first.figures["on_hand"], first.figures["sold"], first.figures["units_in"]) == (FIRST, 17, 5, 22)
    assert (first.figures["skus"], first.figures["skus_ok"], first.figures["skus_critical"]) == (2, 1, 1)
    assert (second.figures["on_hand"], second.figures["sold"], second.figures["units_in"]) == (2, 15, 0)
    assert (second.figures["skus_out"], second.figures["skus_critical"]) == (1, 1)


def test_whoever_makes_one_later_in_other_pages_finds_the_same(
    two_days: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(two_days, NOON + DAY)
    (in_time,) = made(two_days)
    two_days.adjust(100, at=NOON + 5 * DAY)
    two_days.project()
    monkeypatch.setattr(snapshots, "LEVELS_IN_STEP", 1)
    late: list[Snapshot] = []

    def put(tenant_id: TenantId, snapshot: Snapshot) -> Put:
        late.append(snapshot)
        return put_snapshot(tenant_id, snapshot)

    monkeypatch.setattr(items, "put_snapshot", put)

    start_run(two_days.table, "run_late", KIND, asked={"day": FIRST.isoformat()}, now=NOON + 6 * DAY)
    steps = {KIND: snapshot_part}
    work_on(two_days.table, "run_late", steps=steps, now=lambda: NOON + 6 * DAY, is_nearly_over=lambda: False)

    assert late == made(two_days) == [in_time]


def test_days_that_nobody_came_by_are_made_up_for(two_days: Shelf) -> None:
    make(two_days, NOON + DAY)
    runs = make(two_days, NOON + 6 * DAY)

    assert len(runs) == 5
    assert [snapshot.day for snapshot in made(two_days)] == [FIRST + number * DAY for number in range(5, -1, -1)]
    assert make(two_days, NOON + 6 * DAY) == []


def test_before_the_ledger_has_all_of_a_day_it_is_not_made(two_days: Shelf) -> None:
    assert make(two_days, datetime(2026, 11, 21, 0, 59, tzinfo=UTC)) == []
    assert len(make(two_days, datetime(2026, 11, 21, 1, tzinfo=UTC))) == 1


def test_no_more_days_are_made_up_for_than_a_month(two_days: Shelf) -> None:
    assert len(start_snapshots(two_days.table, now=NOON + 100 * DAY)) == 31


def test_a_period_of_them_is_listed_newest_first(two_days: Shelf) -> None:
    make(two_days, NOON + 4 * DAY)
    page = list_snapshots(two_days.table, since=FIRST + DAY, until=FIRST + 3 * DAY, after=None, limit=2)
    rest = list_snapshots(two_days.table, since=FIRST + DAY, until=FIRST + 3 * DAY, after=page.next_position, limit=2)

    assert [snapshot.day for snapshot in (*page.entries, *rest.entries)] == [FIRST + n * DAY for n in (3, 2, 1)]


def test_a_snapshot_that_failed_is_taken_up_the_next_day(two_days: Shelf) -> None:
    now = NOON + DAY
    (run_id,) = start_snapshots(two_days.table, now=now)
    for day in range(8):
        work_on(
            two_days.table,
            run_id,
            steps={},
            now=lambda day=day: now + day * DAY,  # type: ignore[misc]
            is_nearly_over=lambda: False,
        )
    assert get_run(two_days.table, run_id).state.value == "failed"

    make(two_days, now)
    assert [snapshot.day for snapshot in made(two_days)] == [FIRST]


@pytest.mark.guards("storekeeper.inventory.reports.items.put_snapshot")
def test_a_day_has_one_snapshot(shelf: Shelf) -> None:
    kept = Snapshot(FIRST, end_of(FIRST), {"skus": 1})
    shelf.table.write(put_snapshot(shelf.table.tenant_id, kept))

    with pytest.raises(WriteRefused):
        shelf.table.write(put_snapshot(shelf.table.tenant_id, Snapshot(FIRST, end_of(FIRST), {"skus": 2})))
    assert made(shelf) == [kept]


def test_another_tenant_has_its_own(two_days: Shelf, other_shelf: Shelf) -> None:
    make(two_days, NOON + DAY)

    assert made(other_shelf) == []
