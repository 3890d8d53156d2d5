"""The report of a soak: a table for people, the same for machines."""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tools.soak.asking import Tally
from tools.soak.memory import FLAT, Sample, growth


@dataclass(frozen=True)
class Report:
    """Everything that was seen. `findings` empty: all is well."""

    conditions: Mapping[str, Any]
    tally: Tally
    did: Mapping[str, int]
    trouble: Mapping[str, int]
    settled: Mapping[str, Any]
    dead_letters: Mapping[str, int]
    errors: Mapping[str, int]
    samples: Sequence[Sample]
    findings: Sequence[str]

    def as_json(self) -> str:
        """For machines."""
        parts = {
            "conditions": self.conditions,
            "calls": {name: _times(seconds) for name, seconds in sorted(self.tally.seconds.items())},
            "statuses": self.tally.statuses,
            "refusals": self.tally.refusals,
            "unanswered": self.tally.unanswered,
            "did": self.did,
            "trouble": self.trouble,
            "settled": self.settled,
            "dead_letters": self.dead_letters,
            "errors_logged": self.errors,
            "memory_mib": [{**asdict(sample), "total": round(sample.total)} for sample in self.samples],
            "memory_growth": {kind: round(growth(self.samples, kind), 3) for kind in FLAT},
            "findings": list(self.findings),
        }
        return json.dumps(parts, indent=2) + "\n"

    def as_text(self) -> str:
        """For people."""
        return "\n".join(
            [
                *_counts("Conditions", self.conditions),
                "",
                f"{'Calls':22}{'attempts':>9}{'median ms':>11}{'95th':>8}{'longest':>9}",
                *map(_call_row, sorted(self.tally.seconds.items())),
                *_counts("Answers", self.tally.statuses),
                *_counts("Refusals", self.tally.refusals),
                *_counts("Never answered", self.tally.unanswered),
                *_counts("Done", self.did),
                *_counts("Trouble made", self.trouble),
                *_counts("Afterwards", {**self.settled, **self.dead_letters}),
                *_counts("Errors that functions logged", self.errors),
                *self._memory(),
                "",
                *(f"WRONG: {finding}" for finding in self.findings),
                "Something is wrong." if self.findings else "All is well.",
            ]
        )

    def _memory(self) -> Iterator[str]:
        yield from ("", "Memory, MiB (PSS); a function's process on average, the others whole")
        kinds = sorted({kind for sample in self.samples for kind in sample.held})
        yield "  at s  " + "".join(f"{kind:>11}" for kind in [*kinds, "processes", "total"])
        for sample in self.samples[:: max(1, len(self.samples) // 12)]:
            figures = [*(sample.held.get(kind, 0.0) for kind in kinds), sample.functions, sample.total]
            yield f"  {sample.at_s:5.0f} " + "".join(f"{figure:11.0f}" for figure in figures)
        grown = ", ".join(f"{kind} {growth(self.samples, kind):+.1%}" for kind in FLAT)
        yield f"  last third against the middle one: {grown}"


def _counts(title: str, counted: Mapping[str, Any]) -> Iterator[str]:
    if counted:
        yield from ("", title)
        yield from (f"  {name:44}{count}" for name, count in sorted(counted.items()))


def _call_row(named: tuple[str, Sequence[float]]) -> str:
    name, seconds = named
    times = _times(seconds)
    return f"  {name:20}{times['attempts']:9}{times['median_ms']:11.0f}{times['p95_ms']:8.0f}{times['longest_ms']:9.0f}"


def _times(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "attempts": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "longest_ms": round(ordered[-1] * 1000, 1),
    }
