"""Who runs next. Every outward call is a switch point, at which a seeded choice is made; time passes only here.

A task is a greenlet: plain code that calls the real use cases, and is suspended inside its calls. Nothing runs beside
anything, so that the same seed gives the same history to the step.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import greenlet

LATENCY_S = 0.02  # of a call, at most
STICKINESS = (0.0, 0.3, 0.6, 0.85, 0.95)  # how often whoever runs goes on running; a history has one of these


class Crashed(BaseException):
    """The machine under a task is gone. No code of the domain sees it coming, and none can catch it."""


class Violation(BaseException):
    """Something happened that must never happen. Beyond the reach of whatever catches errors to go on."""


@dataclass(eq=False, slots=True)
class Task:
    """Something that runs by itself. An actor is waited for before the faults end; all else only serves."""

    name: str
    run: greenlet.greenlet
    wakes_at: float
    is_actor: bool


class Scheduler:
    """Runs tasks in turn until nothing is left to do."""

    def __init__(self, chance: random.Random, *, max_steps: int) -> None:
        self.now = 0.0
        self.steps = 0
        self.trace: list[tuple[int, float, str, str]] | None = None
        self.current: Task | None = None
        self.when_actors_end: Callable[[], None] = lambda: None
        self._chance = chance
        self._max_steps = max_steps
        self._stickiness = chance.choice(STICKINESS)
        self._tasks: list[Task] = []
        self._actors = 0
        self._main = greenlet.getcurrent()

    def spawn(self, name: str, body: Callable[[], object], *, after: float = 0.0, is_actor: bool = False) -> Task:
        """A task that starts `after` so many seconds; `math.inf` for one that waits to be woken."""
        task = Task(name, greenlet.greenlet(body, parent=self._main), self.now + after, is_actor)
        self._tasks.append(task)
        self._actors += is_actor
        return task

    def wake(self, task: Task, *, after: float = 0.0) -> None:
        """Have a waiting task go on, at the latest then."""
        task.wakes_at = min(task.wakes_at, self.now + after)

    def step(self, what: str) -> None:
        """One outward call begins: somebody else may run first."""
        self.steps += 1
        self.now += self._chance.random() * LATENCY_S
        if self.steps > self._max_steps:
            raise Violation(f"liveness: {self.steps} steps, and still something to do")
        if self.current is not None and self._chance.random() >= self._stickiness:
            self._main.switch()
        self.note(what)

    def note(self, what: str) -> None:
        """Write into the trace, if one is kept."""
        if self.trace is not None and self.current is not None:
            self.trace.append((self.steps, self.now, self.current.name, what))

    def sleep(self, seconds: float) -> None:
        """The running task does nothing for so long."""
        if self.current is None:
            raise RuntimeError("only a task can sleep")
        self.current.wakes_at = self.now + seconds
        self._main.switch()

    def run(self) -> None:
        """Until no task is left that would ever wake. An error in a task ends it, and is raised here."""
        while True:
            ready = [task for task in self._tasks if task.wakes_at <= self.now]
            if not ready:
                at = min((task.wakes_at for task in self._tasks), default=math.inf)
                if at == math.inf:
                    return
                self.now = at
                continue
            task = self.current = ready[int(self._chance.random() * len(ready))]
            task.run.switch()
            self.current = None
            if task.run.dead:
                self._tasks.remove(task)
                self._actors -= task.is_actor
                if task.is_actor and not self._actors:
                    self.when_actors_end()

    def close(self) -> None:
        """End what still waits."""
        for task in self._tasks:
            task.run.throw(greenlet.GreenletExit)
