"""Run tests in a process of their own, against the package as it is or against a copy that lacks a guard."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import REPOSITORY
from tools.mutants.guards import Guard, without_guard
from tools.mutants.markers import MARKER, Claim, read_claims
from tools.mutants.plugin import REPORT

# Collecting imports every test module; one mutant runs a handful of tests.
RUN_TIMEOUT_S = 300

# What would only lengthen each start: schemathesis alone takes a second, and no guard is proved by it.
_WITHOUT = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:xdist")


@dataclass(frozen=True)
class Project:
    """A package under test. `source` holds the packages; `path` is what else tests import from."""

    root: Path
    source: Path
    tests: Path
    path: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Ending:
    """How one test ended. `refuted`: by an assertion, or by a refusal that did not come."""

    test: str
    passed: bool
    refuted: bool
    error: str


def collect_claims(project: Project) -> list[Claim]:
    """Every claim with the node id of its test; a test with several cases has one for each.

    Only the modules whose text has a claim are imported: all the others together take a minute.

    Raises:
        RuntimeError: the tests cannot be collected.
    """
    modules = sorted({str(project.tests.parent / claim.module) for claim in read_claims(project.tests)})
    if not modules:
        return []
    lines = _pytest(project, ["--collect-only", "-m", MARKER, *modules], source=project.source)
    return [Claim(line["claim"], line["function"], line["clause"]) for line in lines if "claim" in line]


def run_whole(project: Project, tests: Collection[str]) -> list[Ending]:
    """Run these tests against the package as it is."""
    return _endings(_pytest(project, sorted(tests), source=project.source))


def run_without(guard: Guard, project: Project, tests: Collection[str]) -> list[Ending]:
    """Run these tests against a copy of the package in which one clause is gone."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        copy = Path(scratch) / "source"
        shutil.copytree(project.source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / guard.file.relative_to(project.source)).write_text(without_guard(guard, project.source))
        return _endings(_pytest(project, sorted(tests), source=copy))


def _endings(lines: Sequence[dict[str, Any]]) -> list[Ending]:
    return [
        Ending(line["ended"], passed=line["outcome"] == "passed", refuted=line["refuted"], error=line["error"])
        for line in lines
        if "ended" in line
    ]


def _pytest(project: Project, arguments: Sequence[str], *, source: Path) -> list[dict[str, Any]]:
    """What the plugin wrote. pytest's own exit code 1 only says that a test failed."""
    path = [str(folder) for folder in (source, *project.path)]
    with _scratch_file() as report, _scratch_file() as listed:
        listed.write_text("\n".join(arguments))
        options = ["-q", "-p", "tools.mutants.plugin", *_WITHOUT]
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *options, "-o", f"pythonpath={' '.join(path)}", f"@{listed}"],
            cwd=project.root,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([*path, str(REPOSITORY)]),
                "PYTHONDONTWRITEBYTECODE": "1",
                REPORT: str(report),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )
        # 0 passed, 1 some failed, 5 none chosen; anything else never came to run them.
        if ran.returncode not in {0, 1, 5}:
            raise RuntimeError(f"pytest could not run:\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}")
        return [json.loads(line) for line in report.read_text().splitlines()]


@contextmanager
def _scratch_file() -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix="mutants-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()
