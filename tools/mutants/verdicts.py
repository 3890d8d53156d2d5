"""Judge what the tests said of a package that lacks a guard."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tools.mutants.guards import Guard
from tools.mutants.markers import Claim
from tools.mutants.running import Ending


@dataclass(frozen=True)
class Verdict:
    """`noticed_by`: the tests that failed as they should. `objections`: why the guard does not count as proved."""

    guard: Guard
    noticed_by: tuple[str, ...]
    objections: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        return not self.objections


def tests_of(guard: Guard, claims: Collection[Claim]) -> set[str]:
    """Node ids of the tests that claim to prove this guard."""
    return {claim.test for claim in claims if claim.proves(guard)}


def judge(guard: Guard, endings: Sequence[Ending], *, is_only_one: bool) -> Verdict:
    """A marked test must fail, in one of its cases at least, by what it asserts and not by breaking.

    Where a function writes the same clause in several places (`is_only_one` is false), each place needs one test that
    fails, and the others may be about the other places.
    """
    cases = defaultdict(list)
    for ending in endings:
        cases[_function_of(ending.test)].append(ending)
    noticed = tuple(sorted(test for test, ended in cases.items() if any(each.refuted for each in ended)))
    objections = [
        f"{each.test} broke instead of failing: {each.error.splitlines()[0][:160]}"
        for each in endings
        if not each.passed and not each.refuted
    ]
    if is_only_one:
        objections += [f"{test} passes without it" for test in sorted(cases) if test not in noticed]
    if not noticed and not objections:
        objections.append("every test passes without it" if cases else "no test ran")
    return Verdict(guard, noticed, tuple(objections))


def _function_of(node_id: str) -> str:
    """A test function without its case: `test_it[eur]` becomes `test_it`."""
    return node_id.split("[", maxsplit=1)[0]
