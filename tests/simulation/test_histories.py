"""Seeded histories of the real use cases under faults: nothing that must not happen does, and everything settles."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.faults import Fault
from tests.simulation.mutants.bug import Bug
from tests.simulation.mutants.bugs import BUGS
from tests.simulation.mutants.planting import PACKAGE, with_bug
from tools import REPOSITORY

PAGE = REPOSITORY / "docs" / "simulation.md"
PLAIN, MIXED = 1_500, 500  # `make simulate` runs more, all of them mixed
STRUCK = 25  # kinds of fault, at least, in so many histories
QUICKLY_FOUND = ("a cancelled order keeps its stock", "an event's id leaves its version out")
QUICKLY = 20  # histories
TIMEOUT_S = 1800  # a machine that is busy; alone it takes a minute


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "count"), [("mixed", MIXED), ("plain", PLAIN)])
def test_histories_violate_nothing(kind: str, count: int, record_property: Callable[[str, object], None]) -> None:
    which = ("--first", str(MIXED), "--plain") if kind == "plain" else ()
    told = _simulation("-n", str(count), "--processes", "1", *which)

    assert told.returncode == 0, told.stdout + told.stderr
    rows = re.findall(r"^  (.+?) +([\d,]+)$", told.stdout, re.MULTILINE)
    counts = {name: int(count.replace(",", "")) for name, count in rows}
    assert counts.keys() == {str(kind) for kind in Fault}
    assert sum(count > 0 for count in counts.values()) >= STRUCK
    for line in re.findall(r"^(?:histories|steps|simulated|faults).*$", told.stdout, re.MULTILINE):
        name, _, figure = line.partition("  ")
        record_property(f"simulation, {kind}, {name}", figure.strip())


def test_a_seed_gives_the_same_history_in_every_process() -> None:
    one, other = (_simulation("--seed", "11") for _ in range(2))

    assert one.returncode == 0, one.stdout[-2000:] + one.stderr
    assert one.stdout.count("\n") > 50
    assert one.stdout == other.stdout


def test_many_seeds_lead_to_the_same_in_every_process() -> None:
    one, other = (_simulation("--worker", "--first", "100", "-n", "25") for _ in range(2))

    assert one.returncode == 0, one.stdout[-2000:] + one.stderr
    assert one.stdout.count('"struck"') == 25
    assert one.stdout == other.stdout


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "_"))
def test_a_deliberate_bug_fits_the_code_as_it_is(bug: Bug) -> None:
    module = Path(*(PACKAGE + bug.module).split(".")).with_suffix(".py")
    text = (REPOSITORY / "layers" / "storekeeper" / module).read_text()

    wrong = with_bug(text, bug)

    assert wrong != text
    compile(wrong, str(module), "exec")


def test_the_page_lists_each_deliberate_bug_with_its_limit() -> None:
    rows = re.findall(r"^\| (.+?) \| [\d,]+ \| ([\d,]+) \|$", PAGE.read_text(), re.MULTILINE)

    assert {name: int(within.replace(",", "")) for name, within in rows} == {bug.name: bug.within for bug in BUGS}


@pytest.mark.parametrize("name", QUICKLY_FOUND, ids=lambda name: name.replace(" ", "_"))
def test_a_deliberate_bug_is_found(name: str) -> None:
    """The others, which take longer, by `make simulate-mutants`."""
    told = _simulation("--worker", "--bug", name, "-n", str(QUICKLY))

    assert "safety: " in told.stdout or "liveness: " in told.stdout, told.stderr


def _simulation(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own: it must not share a thread, a module or an order of sets with other tests."""
    path = os.pathsep.join(("functions", "layers/storekeeper", "."))
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
