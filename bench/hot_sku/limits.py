"""DynamoDB's limits: 1,000 write units a second for each partition key, of the table and of every index."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Partition: TypeAlias = tuple[str, str]
"""`table` or an index's name, and the partition key."""

UNITS_A_SECOND = 1_000.0
BURST_S = 0.1  # what was not used for longer is lost: a sale lasts longer than any burst


@dataclass(slots=True)
class _Allowance:
    left: float = UNITS_A_SECOND * BURST_S
    at: float = 0.0


@dataclass
class Limits:
    """What each partition has left, and what was taken of it."""

    taken: dict[Partition, float] = field(default_factory=lambda: defaultdict(float))
    _allowances: dict[Partition, _Allowance] = field(default_factory=lambda: defaultdict(_Allowance))

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
        used = ((units / seconds / UNITS_A_SECOND, one) for one, units in self.taken.items())
        return sorted(used, reverse=True)

    def _left(self, one: Partition, now: float) -> _Allowance:
        allowance = self._allowances[one]
        gained = (now - allowance.at) * UNITS_A_SECOND
        allowance.left = min(UNITS_A_SECOND * BURST_S, allowance.left + gained)
        allowance.at = now
        return allowance
