"""What an environment remembers for a while: a bounded cache whose entries end by the clock that callers hand in."""

from collections import OrderedDict
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ExpiringCache(Generic[K, V]):
    """At most `max_entries`; the one that was used longest ago makes room."""

    def __init__(self, *, max_entries: int) -> None:
        self._max_entries = max_entries
        self._kept: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def find(self, key: K, *, now: datetime) -> V | None:
        """What is kept under `key`, unless its time is over."""
        kept = self._kept.get(key)
        if kept is None or kept[0] <= now:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def keep(self, key: K, value: V, *, until: datetime) -> V:
        """Remember `value`, and give it back."""
        self._kept[key] = (until, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._max_entries:
            self._kept.popitem(last=False)
        return value
