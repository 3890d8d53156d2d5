"""Runs from the queue: worked on, handed on when time is over, and never lost with a message."""

import json
from datetime import datetime
from typing import Any

import pytest

from storekeeper.edge import working
from storekeeper.kernel import clock
from storekeeper.kernel.aws import queues
from storekeeper.kernel.table import Table
from storekeeper.runs import Advance, Run, RunState, get_run, start_run
from tests.functions.jobs.test_sweep import Later, later
from tests.functions.paying import sweep
from tests.functions.queueing import Context, Queue, queue
from tools import REPOSITORY
from worker.app import handler

__all__ = ["later", "queue"]

SAMPLE = REPOSITORY / "events" / "worker" / "work_on_run.json"
SAMPLE_TENANT, SAMPLE_RUN = "ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "run_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def count_to_three(run: Run, table: Table, now: datetime) -> Advance:
    number = int(run.position or 0) + 1
    return Advance(str(number) if number < 3 else None, {"counted": 1})


@pytest.fixture
def run(table: Table, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that counts to three, waiting."""
    monkeypatch.setattr("worker.app.STEPS", {"count": count_to_three})
    return start_run(table, SAMPLE_RUN, "count", asked={}, now=clock.utc_now())


def work(table: Table, context: Context | None = None) -> Any:
    event = json.loads(SAMPLE.read_text().replace(SAMPLE_TENANT, table.tenant_id))
    return handler(event, context or Context())


def test_a_run_is_worked_on_until_it_is_done(table: Table, run: Run, queue: Queue) -> None:
    answer = work(table)

    assert (answer, get_run(table, run.id).state, queue.sent) == (NOTHING_FAILED, RunState.DONE, [])


def test_what_is_not_over_goes_to_the_end_of_the_queue(table: Table, run: Run, queue: Queue) -> None:
    work(table, Context(looks=2))
    left = get_run(table, run.id)
    work(table)

    assert (left.state, left.position) == (RunState.RUNNING, "1")
    assert queue.sent == [{"tenant_id": table.tenant_id, "run_id": run.id}]
    assert get_run(table, run.id).figures == {"counted": 3}


@pytest.mark.usefixtures("queue")
def test_a_run_that_is_not_there_is_no_failure(table: Table) -> None:
    assert work(table) == NOTHING_FAILED


@pytest.mark.parametrize("body", ["not json", "{}", "[]"])
@pytest.mark.usefixtures("queue")
def test_what_is_no_message_comes_again_and_then_lies_with_the_dead_letters(body: str) -> None:
    event = {"Records": [{"messageId": "1", "body": body}]}

    assert handler(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


@pytest.mark.usefixtures("queue")
def test_a_message_of_no_tenant_is_ignored() -> None:
    event = {"Records": [{"messageId": "1", "body": json.dumps({"tenant_id": "T#x", "run_id": "run_1"})}]}

    assert handler(event, Context()) == NOTHING_FAILED


def test_a_run_that_nobody_takes_up_is_handed_over_by_the_sweep(
    table: Table, run: Run, queue: Queue, later: Later
) -> None:
    later(1)
    sweep()

    assert {"tenant_id": table.tenant_id, "run_id": run.id} in queue.sent


def test_a_queue_that_does_not_answer_loses_nothing(table: Table, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> None:
        raise TimeoutError

    monkeypatch.setattr(queues, "send", refuse)
    working.queue_run(table.tenant_id, run.id)

    assert get_run(table, run.id).due_at is not None
