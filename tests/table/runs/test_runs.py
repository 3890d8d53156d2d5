"""Runs on the table: each step counts once, whoever else is at it, and whatever ends in the middle."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from storekeeper.kernel.errors import NotFound, Unavailable
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.runs import (
    ROWS_IN_PART,
    Advance,
    Run,
    RunState,
    StepFailed,
    cancel_run,
    find_outcomes,
    get_run,
    keep_outcomes,
    keep_rows,
    list_runs,
    read_rows,
    resume_run,
    start_run,
    work_on,
)
from storekeeper.runs.items import change_run, put_run

STEPS = 5


@dataclass
class Counting:
    """A kind of run that counts to STEPS, and what happens beside it."""

    before: dict[int, Callable[[], object]] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)

    def step(self, run: Run, table: Table, now: datetime) -> Advance:  # noqa: ARG002
        number = int(run.position or 0)
        self.before.get(number, lambda: None)()
        self.done.append(number)
        return Advance(str(number + 1) if number + 1 < STEPS else None, {"counted": 1})


@pytest.fixture
def run(table: Table, now: datetime) -> Run:
    """A run that counts, waiting."""
    return start_run(table, "run_1", "count", asked={"to": STEPS}, now=now, total=STEPS)


def work(table: Table, counting: Counting, now: datetime, *, steps: int = 99) -> Run:
    left = iter([False] * steps + [True] * 99)
    return work_on(table, "run_1", steps={"count": counting.step}, now=lambda: now, is_nearly_over=lambda: next(left))


def fail(error: BaseException) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


def test_a_run_is_done_step_by_step(table: Table, now: datetime, run: Run) -> None:
    counting = Counting()
    done = work(table, counting, now)

    assert (done.state, done.figures, counting.done) == (RunState.DONE, {"counted": STEPS}, list(range(STEPS)))
    assert get_run(table, run.id) == done


@pytest.mark.usefixtures("run")
def test_a_run_that_has_to_wait_is_left_alone_until_then(table: Table, now: datetime) -> None:
    then = now + timedelta(minutes=1)

    def step(run: Run, table: Table, at: datetime) -> Advance:
        return Advance(None if run.position else "1", {"counted": 1}, not_before=then)

    def work_at(at: datetime) -> Run:
        return work_on(table, "run_1", steps={"count": step}, now=lambda: at, is_nearly_over=lambda: False)

    waiting, early, done = work_at(now), work_at(then - timedelta(seconds=1)), work_at(then)

    assert (waiting.state, waiting.due_at, early) == (RunState.WAITING, then, waiting)
    assert (done.state, done.figures) == (RunState.DONE, {"counted": 2})


@pytest.mark.usefixtures("run")
def test_when_its_worker_s_time_is_over_another_goes_on_at_once(table: Table, now: datetime) -> None:
    counting = Counting()
    stopped = work(table, counting, now, steps=2)
    done = work(table, counting, now)

    assert (stopped.state, stopped.due_at, stopped.position) == (RunState.RUNNING, now, "2")
    assert (done.figures, counting.done) == ({"counted": STEPS}, list(range(STEPS)))


@pytest.mark.usefixtures("run")
def test_a_run_that_a_worker_has_is_left_to_it_until_its_claim_ends(table: Table, now: datetime) -> None:
    counting = Counting()
    died = Counting(before={2: fail(KeyboardInterrupt())})  # no exception of ours: the process is gone
    with pytest.raises(KeyboardInterrupt):
        work(table, died, now)

    left = work(table, counting, now + timedelta(minutes=1))
    taken = work(table, counting, now + timedelta(minutes=3))

    assert (left.state, left.position, taken.state) == (RunState.RUNNING, "2", RunState.DONE)
    assert (counting.done, taken.figures) == ([2, 3, 4], {"counted": STEPS})


@pytest.mark.guards("storekeeper.runs.items.change_run")
@pytest.mark.usefixtures("run")
def test_of_two_workers_who_do_a_step_one_moves_the_run_on(table: Table, now: datetime) -> None:
    other = Counting()
    late = now + timedelta(minutes=5)  # the first one's claim has ended, and it does not know
    counting = Counting(before={2: lambda: done.append(work(table, other, late))})
    done: list[Run] = []

    left = work(table, counting, now)

    assert (done[0].state, left) == (RunState.DONE, done[0])
    assert left.figures == {"counted": STEPS}


@pytest.mark.guards("storekeeper.runs.items.put_run")
def test_a_run_never_takes_the_place_of_another(table: Table, now: datetime, run: Run) -> None:
    with pytest.raises(WriteRefused):
        table.write(put_run(table.tenant_id, run))

    assert get_run(table, run.id) == run


def test_a_stopped_run_ends_after_the_step_that_is_being_done(table: Table, now: datetime, run: Run) -> None:
    counting = Counting(before={2: lambda: cancel_run(table, run.id, kind="count", now=now)})

    left = work(table, counting, now)

    assert (left.state, left.due_at, left.figures) == (RunState.CANCELLED, None, {"counted": 2})


def test_what_cannot_be_done_now_is_done_later(table: Table, now: datetime, run: Run) -> None:
    failing = Counting(before={1: fail(Unavailable("The table did not answer."))})
    paused = work(table, failing, now)
    too_early = work(table, Counting(), now)
    done = work(table, Counting(), now + timedelta(minutes=1))

    assert (paused.state, paused.problem, paused.position) == (RunState.RUNNING, "unavailable", "1")
    assert (too_early, done.state, done.figures) == (paused, RunState.DONE, {"counted": STEPS})


@pytest.mark.parametrize("error", [ValueError("our fault"), KeyError("our fault")])
def test_a_fault_of_ours_is_told_as_no_more_than_that(table: Table, now: datetime, run: Run, error: Exception) -> None:
    assert work(table, Counting(before={0: fail(error)}), now).problem == "internal"


def test_what_can_never_be_done_fails_until_it_is_resumed(table: Table, now: datetime, run: Run) -> None:
    failed = work(table, Counting(before={3: fail(StepFailed("The rows are gone."))}), now)
    resumed = resume_run(table, run.id, kind="count", now=now)
    done = work(table, Counting(), now)

    assert (failed.state, failed.problem, failed.figures) == (RunState.FAILED, "step_failed", {"counted": 3})
    assert (resumed.state, done.state, done.figures) == (RunState.RUNNING, RunState.DONE, {"counted": STEPS})


def test_a_kind_that_nobody_knows_fails_and_does_not_vanish(table: Table, now: datetime, run: Run) -> None:
    left = work_on(table, run.id, steps={}, now=lambda: now, is_nearly_over=lambda: False)

    assert (left.state, left.problem) == (RunState.RUNNING, "internal")


def test_runs_of_a_kind_are_listed_newest_first(table: Table, now: datetime) -> None:
    for number in range(3):
        start_run(table, f"run_{number}", "count", asked={}, now=now + timedelta(minutes=number))
    start_run(table, "run_other", "other", asked={}, now=now)

    first = list_runs(table, "count", after=None, limit=2)
    second = list_runs(table, "count", after=first.next_position, limit=2)

    assert [run.id for run in (*first.entries, *second.entries)] == ["run_2", "run_1", "run_0"]
    assert second.next_position is None


def test_another_tenant_has_no_such_run(other_table: Table, now: datetime, run: Run) -> None:
    with pytest.raises(NotFound):
        get_run(other_table, run.id)
    with pytest.raises(NotFound):
        cancel_run(other_table, run.id, kind="count", now=now)
    assert list_runs(other_table, "count", after=None, limit=9).entries == ()


def test_a_run_of_one_kind_is_not_found_as_another(table: Table, run: Run) -> None:
    with pytest.raises(NotFound):
        get_run(table, run.id, kind="other")


def test_a_stale_change_is_refused(table: Table, now: datetime, run: Run) -> None:
    table.write(change_run(table.tenant_id, run.claimed(now)))

    with pytest.raises(WriteRefused):
        table.write(change_run(table.tenant_id, run.cancelled(now)))


def test_rows_are_kept_in_parts_and_read_in_order(table: Table, now: datetime) -> None:
    rows = [{"row": number} for number in range(ROWS_IN_PART + 3)]
    keep_rows(table, "run_1", rows, now=now)

    parts = [read_rows(table, "run_1", part) for part in range(3)]
    assert [len(part) for part in parts] == [ROWS_IN_PART, 3, 0]
    assert [*parts[0], *parts[1]] == rows


def test_a_part_that_is_too_long_for_an_item_is_kept_whole_and_once(table: Table, now: datetime) -> None:
    rows = [{"row": number, "reason": "\U0001f4e6" * 1_000} for number in range(ROWS_IN_PART)]

    keep_rows(table, "run_1", rows, now=now)
    keep_rows(table, "run_1", [{"row": 0}], now=now)
    keep_outcomes(table, "run_1", 0, rows, now=now)

    assert read_rows(table, "run_1", 0) == rows
    assert find_outcomes(table, "run_1", after="247", limit=9).entries == tuple(rows[248:])


@pytest.mark.guards("storekeeper.runs.rows._put_once")
def test_what_became_of_rows_is_told_once(table: Table, now: datetime) -> None:
    keep_outcomes(table, "run_1", 0, [{"row": 0, "outcome": "applied"}], now=now)
    keep_outcomes(table, "run_1", 0, [{"row": 0, "outcome": "refused"}], now=now)

    assert find_outcomes(table, "run_1", after=None, limit=9).entries == ({"row": 0, "outcome": "applied"},)


def test_outcomes_are_paged_over_their_parts(table: Table, now: datetime) -> None:
    everything = [{"row": number} for number in range(ROWS_IN_PART + 10)]
    keep_outcomes(table, "run_1", 0, everything[:ROWS_IN_PART], now=now)
    keep_outcomes(table, "run_1", 1, everything[ROWS_IN_PART:], now=now)

    seen: list[object] = []
    after = None
    for _ in range(9):
        page = find_outcomes(table, "run_1", after=after, limit=100)
        seen += page.entries
        if (after := page.next_position) is None:
            break

    assert seen == everything
