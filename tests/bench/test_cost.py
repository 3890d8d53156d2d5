"""A sale does not become dearer by accident: it is counted anew and held against what was accepted."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.cost import Bill, Line, bill_of, dearer_lines, read_accepted
from bench.counting import Step, from_json
from local.processes import REPOSITORY
from local.runtime import CODE_PATH

COUNTED_WITHIN_S = 120


pytestmark = pytest.mark.xdist_group("bench")  # one sale is counted once, for all of them


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Step]:
    """One sale, counted in a process of its own."""
    counted = tmp_path_factory.mktemp("bench") / "count.json"
    subprocess.run(
        [sys.executable, "-m", "bench", "count", "--products=20", f"--into={counted}"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": ":".join(str(REPOSITORY / part) for part in (*CODE_PATH, "."))},
        check=True,
        timeout=COUNTED_WITHIN_S,
    )
    return from_json(Path(counted).read_text())


def test_a_sale_costs_no_more_than_was_accepted(sale: Sequence[Step]) -> None:
    accepted, cpu_ms = read_accepted()

    dearer = dearer_lines(bill_of(sale, cpu_ms=cpu_ms), accepted)

    assert not dearer, "\n".join(["A sale has become dearer; if that is meant, run `make bench-accept`.", *dearer])


def test_an_order_is_placed_with_two_reads_in_sequence_and_one_transaction(sale: Sequence[Step]) -> None:
    checkout = next(step for step in sale if step.name == "checkout")

    assert (checkout.sequential_reads, checkout.transactions) == (2, 1)


def test_a_page_is_one_read_and_a_list_two(sale: Sequence[Step]) -> None:
    reads = {step.name: step.sequential_reads / step.invocations for step in sale if step.function == "storefront"}

    assert reads == {"list of 20": 2, "product page": 1}


@pytest.mark.parametrize(
    ("_case", "usd", "named"),
    [
        ("the same", {"event": 0.007, "logs": 0.02}, []),
        ("cheaper", {"event": 0.006, "logs": 0.01}, []),
        ("dearer by rounding", {"event": 0.00701, "logs": 0.02}, []),
        ("dearer events", {"event": 0.008, "logs": 0.02}, ["event"]),
        ("dearer logs", {"event": 0.007, "logs": 0.03}, ["logs"]),
    ],
)
def test_what_has_become_dearer_is_named(_case: str, usd: dict[str, float], named: list[str]) -> None:
    def bill(amounts: dict[str, float]) -> Bill:
        return Bill([Line(name, 1, price) for name, price in amounts.items()])

    dearer = dearer_lines(bill(usd), bill({"event": 0.007, "logs": 0.02}))

    assert [line.partition(":")[0] for line in dearer] == named
