"""`make mutants`: remove every guard in turn. `ONLY=text` limits it to guards whose name contains the text."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tools import REPOSITORY
from tools.mutants.guards import Guard, find_guards
from tools.mutants.markers import find_gaps
from tools.mutants.running import Project, collect_claims, run_whole, run_without
from tools.mutants.verdicts import Verdict, judge, tests_of

STOREKEEPER = Project(
    root=REPOSITORY,
    source=REPOSITORY / "layers" / "storekeeper",
    tests=REPOSITORY / "tests",
    path=(REPOSITORY / "functions", REPOSITORY),
)

# Each runs a pytest and an emulator of its own.
MUTANTS_AT_ONCE = 2


def main(arguments: Sequence[str] | None = None, *, project: Project = STOREKEEPER) -> int:
    """The exit code: 0 when every guard is proved."""
    parser = argparse.ArgumentParser(prog="tools.mutants", description="Remove each guard of a write in turn.")
    parser.add_argument("--only", default="", help="guards whose function or clause contains this text")
    only: str = parser.parse_args(arguments).only

    guards, problems = find_guards(project.source)
    claims = collect_claims(project)
    problems = [problem for problem in [*problems, *find_gaps(guards, claims)] if only in problem]
    chosen = [guard for guard in guards if only in str(guard)]
    proved_by = {guard: tests for guard in chosen if (tests := tests_of(guard, claims))}
    problems += _failing_already(project, set().union(*proved_by.values()))
    print(*sorted(set(problems)), sep="\n", end="\n" if problems else "")

    verdicts = _try_all(project, proved_by, guards)
    proved = sum(verdict.is_proved for verdict in verdicts)
    print(f"{proved} of {len(chosen)} guards are proved.")
    return 0 if proved == len(chosen) and not problems else 1


def _failing_already(project: Project, tests: set[str]) -> list[str]:
    if not tests:
        return []
    return [f"{each.test} fails with every guard in place" for each in run_whole(project, tests) if not each.passed]


def _try_all(project: Project, proved_by: dict[Guard, set[str]], guards: Sequence[Guard]) -> list[Verdict]:
    """Print each verdict as it comes, in the order of the guards."""
    places = Counter((guard.function, guard.clause) for guard in guards)
    verdicts = []
    with ThreadPoolExecutor(MUTANTS_AT_ONCE) as pool:
        for verdict in pool.map(partial(_try_one, project, proved_by, places), proved_by):
            _print(verdict)
            verdicts.append(verdict)
    return verdicts


def _try_one(
    project: Project, proved_by: dict[Guard, set[str]], places: Counter[tuple[str, str]], guard: Guard
) -> Verdict:
    endings = run_without(guard, project, proved_by[guard])
    return judge(guard, endings, is_only_one=places[guard.function, guard.clause] == 1)


def _print(verdict: Verdict) -> None:
    print(f"{'proved  ' if verdict.is_proved else 'UNPROVED'}  {verdict.guard}")
    for test in verdict.noticed_by:
        print(f"            fails: {test}")
    for objection in verdict.objections:
        print(f"            {objection}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
