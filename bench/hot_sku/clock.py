"""Simulated time: tasks that call plain code, and are suspended where that code waits."""

import heapq
from collections.abc import Callable

import greenlet


class Clock:
    """Runs tasks, each until it waits; then time jumps to whoever waits least."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, greenlet.greenlet]] = []
        self._count = 0
        self._main = greenlet.getcurrent()

    def start(self, task: Callable[[], None], *, after: float = 0.0) -> None:
        """Have a task begin."""
        self._wait(after, greenlet.greenlet(task, parent=self._main))

    def sleep(self, seconds: float) -> None:
        """The running task goes on so much later; outside of tasks nothing waits."""
        if greenlet.getcurrent() is not self._main:
            self._wait(max(0.0, seconds), greenlet.getcurrent())
            self._main.switch()

    def run(self, *, until: float) -> None:
        """Run until an instant, or until no task is left."""
        while self._waiting and self._waiting[0][0] <= until:
            self.now, _, task = heapq.heappop(self._waiting)
            task.switch()

    def close(self) -> None:
        """End what still waits."""
        for _, _, task in self._waiting:
            task.throw(greenlet.GreenletExit)

    def _wait(self, seconds: float, task: greenlet.greenlet) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (self.now + seconds, self._count, task))
