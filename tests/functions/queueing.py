"""The queue of runs, without the waiting: what was handed over is kept, and given to the worker when a test says so."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from storekeeper.kernel.aws import queues
from worker.app import handler


@dataclass
class Context:
    """Lambda's, whose time is over after so many looks at it."""

    looks: int = 1_000

    def get_remaining_time_in_millis(self) -> int:
        """60 seconds, until it is over."""
        self.looks -= 1
        return 60_000 if self.looks > 0 else 0


@dataclass
class Queue:
    """What was handed to the worker."""

    sent: list[dict[str, str]] = field(default_factory=list)

    def send(self, _: str, body: str) -> None:
        """As `queues.send`."""
        self.sent.append(json.loads(body))

    def work(self) -> None:
        """Let the worker have all of it, and what it hands over itself."""
        while self.sent:
            record = {"messageId": "message-1", "body": json.dumps(self.sent.pop(0))}
            answer: Any = handler({"Records": [record]}, Context())
            assert answer == {"batchItemFailures": []}


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The queue of runs."""
    made = Queue()
    monkeypatch.setattr(queues, "send", made.send)
    monkeypatch.setenv("RUNS_QUEUE_URL", "https://queue.example.com/runs")
    return made
