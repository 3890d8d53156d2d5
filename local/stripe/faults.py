"""Faults of the API itself, ordered through the control route: slow, failing or lost answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal


@dataclass
class Fault:
    """What happens to the next `times` calls whose method and path match.

    `hang` answers after `seconds`; `error` answers `status`; `drop` closes the connection unanswered.
    With `acts` the call does its work first, so the caller cannot know whether it happened.
    """

    kind: Literal["hang", "error", "drop"]
    acts: bool
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    method: str = ""
    path: str = ""

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("", method) and path.startswith(self.path)


class Faults:
    """The faults that are still to come, first ordered first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._guard = threading.Lock()

    def order(self, fault: Fault) -> None:
        with self._guard:
            self._waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this call suffers, if any; counted down."""
        with self._guard:
            for fault in self._waiting:
                if fault.matches(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def reset(self) -> None:
        with self._guard:
            self._waiting.clear()
