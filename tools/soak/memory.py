"""What processes hold: the proportional set size of a process and of all that descend from it, by what they are."""

import os
import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
EVERY_S = 10.0
FUNCTION = re.compile(r"awslambdaric (\w+)\.app\.handler")
CHILD = re.compile(r"local\.lifeline local\.(\w+)")
MOST_GROWTH = 0.15
LEAST_MIB = 8.0  # below it, growth says nothing
FLAT = ("function", "gateway", "pump")  # the emulator keeps table, stream and logs in memory: it grows with use


@dataclass(frozen=True)
class Sample:
    """MiB held at one moment, by kind of process: one process of `functions` on average, the others whole."""

    at_s: float
    held: Mapping[str, float]
    functions: int

    @property
    def total(self) -> float:
        """All processes together."""
        return sum(mib * (self.functions if kind == "function" else 1) for kind, mib in self.held.items())


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in found:
            yield from family(int(child))


def command_of(pid: int) -> str:
    """A process's command line; empty when it has ended."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def pss_mib(pid: int) -> float:
    """What a process holds, with its part of what it shares with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KIB


def function_processes(emulator: int) -> dict[int, str]:
    """The functions' processes below the emulator: process id and function."""
    found = ((pid, FUNCTION.search(command_of(pid))) for pid in family(emulator))
    return {pid: match[1] for pid, match in found if match}


def look(supervisor: int, *, begun: float) -> Sample:
    """What a whole stack holds now."""
    held: dict[str, list[float]] = defaultdict(list)
    for pid in family(supervisor):
        command = command_of(pid)
        child = CHILD.search(command)
        held["function" if FUNCTION.search(command) else child[1] if child else "other"].append(pss_mib(pid))
    means = {kind: statistics.mean(each) if kind == "function" else sum(each) for kind, each in held.items()}
    return Sample(time.monotonic() - begun, means, len(held["function"]))


class Watch:
    """Looks every ten seconds until it is closing time."""

    def __init__(self, supervisor: int, closing: threading.Event) -> None:
        self._supervisor, self._closing, self._begun = supervisor, closing, time.monotonic()
        self.samples: list[Sample] = []

    def run(self) -> None:
        """Collect samples."""
        while not self._closing.wait(EVERY_S):
            self.samples.append(look(self._supervisor, begun=self._begun))


def growth(samples: Sequence[Sample], kind: str) -> float:
    """By how much the last third of the samples holds more than the middle one, as a part of it.

    The first third is left out: lazy imports and first connections are no leak.
    """
    third = len(samples) // 3
    if not third:
        return 0.0
    middle, last = (
        statistics.median(sample.held.get(kind, 0.0) for sample in part)
        for part in (samples[third : 2 * third], samples[2 * third :])
    )
    return (last - middle) / middle if middle >= LEAST_MIB else 0.0


def cpu_count() -> int:
    """Processors that may be used."""
    return len(os.sched_getaffinity(0))
