"""DynamoDB's limits for each partition key, of the table and of every index: 1,000 write units a second, 3,000 read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Partition: TypeAlias = tuple[str, str]
"""`table`, `read` (of the table) or an index's name, and the partition key."""

UNITS_A_SECOND = 1_000.0
READ_UNITS_A_SECOND = 3_000.0
BURST_S = 0.1  # what was not used for longer is lost: a sale lasts longer than any burst


def limit_of(one: Partition) -> float:
    """Units a second that it takes."""
    return READ_UNITS_A_SECOND if one[0] == "read" else UNITS_A_SECOND


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float = 0.0


@dataclass
class Limits:
    """What each partition has left, and what was taken of it."""

    taken: dict[Partition, float] = field(default_factory=lambda: defaultdict(float))
    _allowances: dict[Partition, _Allowance] = field(default_factory=dict)

    def exhausted(self, units: Mapping[Partition, float], *, now: float) -> set[Partition]:
        """Those partitions that cannot take so much now."""
        return {one for one, wanted in units.items() if self._left(one, now).left < wanted}

    def take(self, units: Mapping[Partition, float], *, now: float) -> None:
        """Use it up; what a partition did not have, it owes."""
        for one, wanted in units.items():
            self._left(one, now).left -= wanted
            self.taken[one] += wanted

    def busiest(self, seconds: float) -> Iterable[tuple[float, Partition]]:
        """How much of its limit each partition used on average, the busiest first."""
        used = ((units / seconds / limit_of(one), one) for one, units in self.taken.items())
        return sorted(used, reverse=True)

    def debt_s(self, word: str, *, now: float) -> float:
        """How long the partitions whose key has this word need for what they owe: so long their readers lag behind."""
        owed = (-self._left(one, now).left / limit_of(one) for one in self.taken if word in one[1])
        return max([0.0, *owed])

    def _left(self, one: Partition, now: float) -> _Allowance:
        limit = limit_of(one)
        allowance = self._allowances.setdefault(one, _Allowance(limit * BURST_S))
        gained = (now - allowance.at) * limit
        allowance.left = min(limit * BURST_S, allowance.left + gained)
        allowance.at = now
        return allowance
