"""`make simulate`, `make simulate-mutants`, and the processes that both start."""

import argparse
import itertools
import os
import sys
from collections.abc import Sequence

from tests.simulation.mutants.bugs import BUGS
from tests.simulation.mutants.planting import plant


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when nothing was violated; with a planted bug or `--mutants`, when all bugs were found."""
    parser = argparse.ArgumentParser(prog="tests.simulation", description="Run seeded histories of the real use cases.")
    parser.add_argument("-n", type=int, default=1000, help="how many histories")
    parser.add_argument("--seed", type=int, default=None, help="run this one, and show it step by step")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--stride", type=int, default=1, help="every so many seeds (for one of several processes)")
    parser.add_argument("--plain", action="store_true", help="only days on which nobody is at work in the warehouse")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--worker", action="store_true", help="print an outcome a line, as JSON")
    parser.add_argument("--bug", default=None, help="plant the bug of this name")
    parser.add_argument("--mutants", action="store_true", help="plant each bug in turn, and see it found")
    options = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of texts would have another order in every process
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *_given(arguments)], _environment())
    if options.bug:
        plant(next(bug for bug in BUGS if bug.name == options.bug))

    from tests.simulation import running  # after the bug is planted

    if options.mutants:
        return running.find_bugs(processes=options.processes)
    if options.seed is not None:
        return running.replay(options.seed)
    if options.worker:
        return running.work(
            itertools.islice(running.seeds(options.first, options.stride, plain=options.plain), options.n)
        )
    return running.simulate(options.n, first=options.first, processes=options.processes, plain=options.plain)


def _given(arguments: Sequence[str] | None) -> list[str]:
    return list(sys.argv[1:] if arguments is None else arguments)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "0"}


if __name__ == "__main__":
    sys.exit(main())
