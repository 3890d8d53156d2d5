"""Which tests say that they prove which guard, and where the two do not meet."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.guards import Guard

MARKER = "guards"


@dataclass(frozen=True)
class Claim:
    """`@pytest.mark.guards(function, clause=...)` of a test. `test` is its node id, or its file and line."""

    test: str
    function: str
    clause: str | None = None

    @property
    def module(self) -> str:
        """The file of its test, from the root."""
        return self.test.partition(":")[0]

    def proves(self, guard: Guard) -> bool:
        return self.function == guard.function and self.clause in {None, guard.clause}


def read_claims(tests: Path) -> Iterator[Claim]:
    """Every claim in the text of the tests, without importing them.

    Raises:
        ValueError: a marker's arguments are not literals.
    """
    for file in sorted(tests.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="guards")):
                    yield _claim(node, f"{file.relative_to(tests.parent)}:{node.lineno}")


def _claim(call: ast.Call, where: str) -> Claim:
    match call.args, call.keywords:
        case [ast.Constant(value=str(function))], []:
            return Claim(where, function)
        case [ast.Constant(value=str(function))], [ast.keyword(arg="clause", value=ast.Constant(value=str(clause)))]:
            return Claim(where, function, clause)
    raise ValueError(f'{where}: write the marker as guards("module.function", clause="...")')


def find_gaps(guards: Collection[Guard], claims: Collection[Claim]) -> list[str]:
    """A sentence for each guard that no test proves, and for each claim that names no guard or too many."""
    unproved = [
        f"{guard}: no test guards it ({guard.file.name}:{guard.line})"
        for guard in guards
        if not any(claim.proves(guard) for claim in claims)
    ]
    return unproved + [problem for claim in claims for problem in _problems(claim, guards)]


def _problems(claim: Claim, guards: Collection[Guard]) -> Iterator[str]:
    clauses = {guard.clause for guard in guards if claim.proves(guard)}
    if not clauses:
        there = sorted({guard.clause for guard in guards if guard.function == claim.function})
        known = f"; its clauses: {', '.join(there)}" if there else ""
        yield f"{claim.test}: {claim.function} [{claim.clause or ''}] is no guard{known}"
    elif claim.clause is None and len(clauses) > 1:
        yield f"{claim.test}: {claim.function} has several clauses, say which: {', '.join(sorted(clauses))}"
