"""What is begun once a day for each tenant: once, however often and late the sweep comes by."""

from datetime import datetime

import pytest

from jobs.daily import begin_daily_work
from local.testing import DataCloud
from projector.app import handler as projector
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.kernel import clock
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.runs import list_runs
from storekeeper.tenancy.daily import DAY, daily_key, move_daily, put_daily
from tests.functions.jobs.test_sweep import Later, later
from tests.functions.paying import Checkouts, checkouts, standin, sweep
from tests.functions.queueing import Queue, queue
from tests.streaming import Stream

__all__ = ["checkouts", "later", "queue", "standin"]

DAY_IN_MINUTES = 24 * 60


@pytest.fixture
def stream(cloud: DataCloud, table: Table) -> Stream:
    """All that is written from now on."""
    return Stream(cloud, table.tenant_id)


def test_stock_is_reconciled_once_a_day_and_orders_are_seen(
    stream: Stream, checkouts: Checkouts, queue: Queue, later: Later
) -> None:
    checkouts.buy()
    checkouts.pay(paid := checkouts.buy(2))
    checkouts.tell(paid)
    assert projector({"Records": stream.records()}, None) == {"batchItemFailures": []}
    later(2 * DAY_IN_MINUTES)
    sweep()
    sweep()
    queue.work()

    (run,) = list_runs(checkouts.table, RECONCILIATION, after=None, limit=9).entries
    assert (run.state, run.figures["levels"], run.figures["found"]) == ("done", 1, 0)


@pytest.mark.usefixtures("queue")
def test_days_that_nobody_came_by_are_not_made_up_for(table: Table) -> None:
    now = clock.utc_now()
    begin_daily_work(table, now=now + 5 * DAY)
    begin_daily_work(table, now=now + 5 * DAY)

    assert len(list_runs(table, RECONCILIATION, after=None, limit=9).entries) == 1
    item = table.get(daily_key(table.tenant_id))
    assert item is not None
    assert now + 5 * DAY < clock.from_text(item["due_at"]) <= now + 6 * DAY


@pytest.mark.usefixtures("queue")
def test_before_its_time_nothing_is_begun(table: Table, now: datetime) -> None:
    begin_daily_work(table, now=now)

    assert list_runs(table, RECONCILIATION, after=None, limit=9).entries == ()


@pytest.mark.guards("storekeeper.tenancy.daily.put_daily")
def test_a_tenant_that_has_daily_work_keeps_its_time(table: Table) -> None:
    before = table.get(daily_key(table.tenant_id))
    with pytest.raises(WriteRefused):
        table.write(put_daily(table.tenant_id, now=clock.utc_now() + DAY))

    assert table.get(daily_key(table.tenant_id)) == before


@pytest.mark.guards("storekeeper.tenancy.daily.move_daily")
def test_a_day_is_moved_once(table: Table) -> None:
    item = table.get(daily_key(table.tenant_id))
    assert item is not None
    due_at = clock.from_text(item["due_at"])
    table.write(move_daily(table.tenant_id, before=due_at, due_at=due_at + DAY))

    with pytest.raises(WriteRefused):
        table.write(move_daily(table.tenant_id, before=due_at, due_at=due_at + 2 * DAY))
