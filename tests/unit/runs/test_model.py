"""How a run goes on: figures add up, failures pause it, and what is over stays over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from storekeeper.kernel.states import WrongState
from storekeeper.kernel.trace import Actor
from storekeeper.runs import Advance, Run, RunState
from storekeeper.runs.model import CLAIM, FIRST_PAUSE, MAX_FAILURES, OPEN, TRANSITIONS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUN = Run(
    id="run_1",
    kind="count",
    state=RunState.WAITING,
    asked={},
    asked_by=Actor("key:key_1"),
    asked_at=NOW,
    changed_at=NOW,
    due_at=NOW,
)


def test_figures_add_up_from_step_to_step() -> None:
    run = RUN.claimed(NOW).advanced(Advance("2", {"applied": 3}), now=NOW)
    run = run.advanced(Advance("4", {"applied": 1, "refused": 2}), now=NOW)

    assert (run.position, run.figures, run.due_at) == ("4", {"applied": 4, "refused": 2}, NOW + CLAIM)


def test_the_last_step_ends_it() -> None:
    run = RUN.claimed(NOW).advanced(Advance(None, {"applied": 3}), now=NOW)

    assert (run.state, run.due_at, run.figures) == (RunState.DONE, None, {"applied": 3})


def test_a_step_that_has_to_wait_is_due_then() -> None:
    run = RUN.claimed(NOW).advanced(Advance("2", {"applied": 3}, not_before=NOW + timedelta(minutes=1)), now=NOW)

    assert (run.state, run.due_at, run.position) == (RunState.WAITING, NOW + timedelta(minutes=1), "2")


def test_a_step_that_fails_is_tried_again_after_a_pause_that_doubles() -> None:
    once = RUN.claimed(NOW).failed("unavailable", now=NOW, is_final=False)
    twice = once.claimed(NOW).failed("unavailable", now=NOW, is_final=False)

    assert (once.due_at, twice.due_at) == (NOW + FIRST_PAUSE, NOW + 2 * FIRST_PAUSE)
    assert (twice.state, twice.problem, twice.failures) == (RunState.RUNNING, "unavailable", 2)


def test_a_step_that_succeeds_forgives_the_failures_before_it() -> None:
    run = RUN.claimed(NOW).failed("unavailable", now=NOW, is_final=False).advanced(Advance("2"), now=NOW)

    assert (run.failures, run.problem) == (0, None)


def test_after_so_many_failures_it_waits_for_a_person() -> None:
    run = RUN.claimed(NOW)
    for _ in range(MAX_FAILURES):
        run = run.failed("internal", now=NOW, is_final=False)

    resumed = run.resumed(NOW + timedelta(days=1))
    assert (run.state, run.due_at, run.problem) == (RunState.FAILED, None, "internal")
    assert (resumed.state, resumed.due_at, resumed.failures) == (RunState.RUNNING, NOW + timedelta(days=1), 0)


def test_what_can_never_be_done_is_not_tried_again() -> None:
    assert RUN.claimed(NOW).failed("rows_missing", now=NOW, is_final=True).state is RunState.FAILED


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda run: run.cancelled(NOW), id="cancel"),
        pytest.param(lambda run: run.resumed(NOW), id="resume"),
        pytest.param(lambda run: run.claimed(NOW), id="claim"),
    ],
)
def test_what_is_over_stays_over(act: Callable[[Run], Run]) -> None:
    done = RUN.claimed(NOW).advanced(Advance(None), now=NOW)

    with pytest.raises(WrongState):
        act(done)


def test_only_what_has_failed_is_resumed() -> None:
    with pytest.raises(WrongState):
        RUN.resumed(NOW)


def test_the_table_names_every_state_and_ends_where_nothing_follows() -> None:
    reached = set().union(*TRANSITIONS.values()) | {RunState.WAITING}

    assert set(TRANSITIONS) == set(RunState) == reached
    assert {state for state, following in TRANSITIONS.items() if not following} == {RunState.DONE, RunState.CANCELLED}
    assert {RunState.WAITING, RunState.RUNNING} == OPEN
