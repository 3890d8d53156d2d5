"""The table's client for tests that count what is asked of it."""

from collections.abc import Callable
from typing import Any


class CountingWire:
    """The table's client, and the names of the calls that were made through it."""

    def __init__(self, wire: Any) -> None:
        self._wire, self.calls = wire, list[str]()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append(name)
            return getattr(self._wire, name)(**request)

        return call
