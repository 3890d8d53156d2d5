"""Runs many histories in several processes, and says how they went."""

import gc
import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.simulation.faults import Fault
from tests.simulation.history import as_json, is_plain, run_history
from tests.simulation.mutants.bug import Bug
from tests.simulation.mutants.bugs import BUGS
from tools import REPOSITORY

COMMAND = (sys.executable, "-m", "tests.simulation")


@dataclass
class Summary:
    """All outcomes together."""

    histories: int = 0
    steps: int = 0
    simulated_s: float = 0.0
    struck: Counter[str] = field(default_factory=Counter)
    violations: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, line: str) -> None:
        """One outcome, as a worker printed it."""
        told = json.loads(line)
        self.histories += 1
        self.steps += told["steps"]
        self.simulated_s += told["simulated_s"]
        self.struck.update(told["struck"])
        if told["violation"]:
            self.violations.append((told["seed"], told["steps"], told["violation"]))


def work(seeds: Iterable[int]) -> int:
    """Run histories in this process; print an outcome a line."""
    gc.disable()  # a history leaves few cycles, and is short
    for place, seed in enumerate(seeds):
        outcome = run_history(seed)
        print(as_json(outcome), flush=True)
        if place % 50 == 0:
            gc.collect()
    return 0


def seeds(first: int, stride: int, *, plain: bool) -> Iterator[int]:
    """Every so many seeds, without end; `plain`: those of days on which nobody is at work in the warehouse."""
    return (seed for seed in itertools.count(first, stride) if not plain or is_plain(seed))


def simulate(count: int, *, first: int = 0, processes: int = 2, plain: bool = False) -> int:
    """Run `count` histories, print the summary; 1 if anything was violated."""
    started = time.monotonic()
    summary = Summary()
    for line in _outcomes(count, *(("--plain",) if plain else ()), first=first, processes=processes):
        summary.add(line)
    minutes = (time.monotonic() - started) / 60
    print("\n".join(told(summary, minutes)))
    return 1 if summary.violations or summary.histories < count else 0


def told(summary: Summary, minutes: float) -> Iterator[str]:
    """The summary, for people."""
    yield f"histories          {summary.histories:>12,}  ({summary.histories / minutes:,.0f} a minute)"
    yield f"steps              {summary.steps:>12,}  ({summary.steps / max(1, summary.histories):.0f} a history)"
    yield f"simulated time     {summary.simulated_s / 3600:>12,.0f} hours"
    yield f"faults             {sum(summary.struck.values()):>12,}  of {len(summary.struck)} kinds"
    for kind in Fault:
        yield f"  {kind:<58} {summary.struck[kind]:>10,}"
    yield f"violations         {len(summary.violations):>12,}"
    for seed, step, violation in summary.violations[:20]:
        yield f"  seed {seed}, step {step}, commit {commit()}: {violation}"
        yield f"  again, step by step: make simulate SEED={seed}"


def replay(seed: int) -> int:
    """Run one history and print what happened, step by step."""
    outcome = run_history(seed, tracing=True)
    print("\n".join(outcome.trace))
    print(f"seed {seed}, {outcome.steps} steps, commit {commit()}: {outcome.violation or 'nothing was violated'}")
    return 1 if outcome.violation else 0


def commit() -> str:
    """What was run: the commit, with a mark if files differ from it."""
    named = ["git", "describe", "--always", "--dirty=+changes", "--exclude=*"]
    return subprocess.run(named, cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout.strip()


def find_bugs(*, processes: int = 2, bugs: Sequence[Bug] = BUGS) -> int:
    """Plant each bug, run histories until it is found, print after how many; 1 if one was not."""
    missed, started = 0, time.monotonic()
    with ThreadPoolExecutor(processes) as pool:
        for bug, (place, violation) in zip(bugs, pool.map(_find, bugs), strict=True):
            missed += place is None
            after = f"after {place:>5}" if place is not None else "NOT FOUND  "
            print(f"{after} (at most {bug.within:>5})  {bug.name}: {violation[:110]}", flush=True)
    minutes = (time.monotonic() - started) / 60
    print(f"{len(bugs) - missed} of {len(bugs)} bugs were found, in {minutes:.1f} minutes by {processes} processes.")
    return 1 if missed else 0


def _find(bug: Bug) -> tuple[int | None, str]:
    worker = _start("--worker", "--bug", bug.name, "-n", str(bug.within))
    with worker:
        place = 0
        for place, line in enumerate(worker.stdout or (), start=1):
            if violation := json.loads(line)["violation"]:
                worker.kill()
                return place, violation
    return None, f"{place} histories, exit code {worker.returncode}"


def _outcomes(count: int, *options: str, first: int, processes: int) -> Iterator[str]:
    """What workers print, as it comes; each has every so-manieth seed."""
    shares = [len(range(place, count, processes)) for place in range(processes)]
    workers = [
        _start("--worker", "-n", str(share), "--first", str(first + place), "--stride", str(processes), *options)
        for place, share in enumerate(shares)
        if share
    ]
    with ThreadPoolExecutor(max(1, len(workers))) as pool:
        for lines in pool.map(lambda worker: worker.communicate()[0].splitlines(), workers):
            yield from lines


def _start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([*COMMAND, *arguments], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
