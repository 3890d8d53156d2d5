"""What a run is, and how it goes on. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState, move
from storekeeper.kernel.trace import Actor

CLAIM = timedelta(minutes=2)  # longer than a step, and than a worker lives after its last one
MAX_FAILURES = 8  # in a row; then a person has to look
FIRST_PAUSE = timedelta(minutes=1)
KEPT = timedelta(days=90)


class RunState(StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    RunState.WAITING: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        {RunState.RUNNING, RunState.WAITING, RunState.DONE, RunState.FAILED, RunState.CANCELLED}
    ),
    RunState.FAILED: frozenset({RunState.RUNNING, RunState.CANCELLED}),
    RunState.DONE: frozenset(),
    RunState.CANCELLED: frozenset(),
}
OPEN = frozenset({RunState.WAITING, RunState.RUNNING})


class StepFailed(StorekeeperError):
    """A step cannot be done, now or ever: the run fails, and its `problem` is this refusal's code."""

    code, kind = "step_failed", "conflict"


class Advance(Struct, frozen=True):
    """What a step has done: where the next one begins (None: there is none), and what is to be added to the figures.

    `not_before`: the next step has to wait until then; None if it can be done at once.
    """

    position: str | None
    figures: Mapping[str, int] = field(default_factory=dict)
    not_before: datetime | None = None


class Run(Struct, frozen=True, kw_only=True):
    """Long work. `total`: how many things there are to do, if that is known; `figures` count what was done.

    `due_at`: when somebody has to take it up, unless its worker moves it on before; None when it is over.
    """

    id: str
    kind: str
    state: RunState
    asked: Mapping[str, Any]
    asked_by: Actor
    asked_at: datetime
    changed_at: datetime
    due_at: datetime | None
    position: str = ""
    total: int | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    failures: int = 0
    problem: str | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether there is more to do, and it shall be done."""
        return self.state in OPEN

    def claimed(self, now: datetime) -> "Run":
        """Taken up by a worker, who has it until the claim ends."""
        return self._after(RunState.RUNNING, now, due_at=now + CLAIM)

    def advanced(self, by: Advance, *, now: datetime) -> "Run":
        """One step on; done, if that was the last one; waiting, if the next one has to."""
        figures = {name: self.figures.get(name, 0) + by.figures.get(name, 0) for name in {**self.figures, **by.figures}}
        if by.position is None:
            return self._after(RunState.DONE, now, due_at=None, figures=figures, failures=0, problem=None)
        state, due_at = (RunState.WAITING, by.not_before) if by.not_before else (RunState.RUNNING, now + CLAIM)
        return self._after(state, now, due_at=due_at, position=by.position, figures=figures, failures=0, problem=None)

    def released(self, now: datetime) -> "Run":
        """Its worker has no more time; whoever is next may take it up at once."""
        return self._after(RunState.RUNNING, now, due_at=now)

    def failed(self, problem: str, *, now: datetime, is_final: bool) -> "Run":
        """A step did not succeed: it is tried again after a pause that doubles, MAX_FAILURES times at most."""
        failures = self.failures + 1
        if is_final or failures >= MAX_FAILURES:
            return self._after(RunState.FAILED, now, due_at=None, failures=failures, problem=problem)
        pause = FIRST_PAUSE * 2 ** (failures - 1)
        return self._after(RunState.RUNNING, now, due_at=now + pause, failures=failures, problem=problem)

    def cancelled(self, now: datetime) -> "Run":
        """Nothing more of it shall be done; what was done stays.

        Raises:
            WrongState: it is over.
        """
        return self._after(RunState.CANCELLED, now, due_at=None)

    def resumed(self, now: datetime) -> "Run":
        """Taken up again where it failed.

        Raises:
            WrongState: it has not failed.
        """
        if self.state is not RunState.FAILED:
            raise WrongState(f"What is {self.state.value} cannot be resumed; only what has failed can.")
        return self._after(RunState.RUNNING, now, due_at=now, failures=0, problem=None)

    def _after(self, state: RunState, now: datetime, **changes: Any) -> "Run":
        to = move(self.state, state, TRANSITIONS)
        return replace(self, state=to, changed_at=now, version=self.version + 1, **changes)
