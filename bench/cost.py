"""What 1,000 sales cost at AWS's list price: from counted units, and from processor time as it was when accepted.

The accepted bill is kept in `cost.json`, with its date. A test counts anew and refuses a dearer one, until that is
accepted (`make bench-accept`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.counting import Step
from local.sam import load_template

FOLDER = Path(__file__).parent
ACCEPTED = FOLDER / "cost.json"
SALES = 1000
TOLERANCE = 0.002  # of the bill: what rounding may do
LOGS = "logs"
HTTP_FUNCTIONS = frozenset({"storefront", "checkout", "webhooks_in"})
NUMBER_LEASE_UNITS = 1 / 20  # an environment leases twenty order numbers with one write; the counted sale leases none
STRIPE_CALLS = {"checkout": 1, "settle payment": 1}
QUEUE_REQUESTS = 3  # of a message: sent, received, deleted
_PRICES = json.loads((FOLDER / "prices.json").read_text())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: how many of a thing 1,000 sales take, and what they cost in USD."""

    name: str
    amount: float
    usd: float


@dataclass(frozen=True, slots=True)
class Bill:
    """All lines. `total` leaves out logs, whose price is decided by how much is logged, and stands by itself."""

    lines: Sequence[Line]

    @property
    def total(self) -> float:
        """USD for 1,000 sales, without logs."""
        return sum(line.usd for line in self.lines if line.name != LOGS)

    @property
    def logs(self) -> float:
        """USD for 1,000 sales' logs."""
        return sum(line.usd for line in self.lines if line.name == LOGS)


def bill_of(steps: Sequence[Step], *, cpu_ms: Mapping[str, float]) -> Bill:
    """The bill of 1,000 sales like this one. `cpu_ms` is processor time of one invocation, by the step's name."""
    calls = sum(step.invocations for step in steps if step.function in HTTP_FUNCTIONS)
    invocations = sum(step.invocations for step in steps)
    amounts = {
        "api_request": calls,
        "invocation": invocations,
        "gb_second": sum(_gb_seconds(step, cpu_ms) for step in steps),
        "write_unit": sum(step.write_units for step in steps) + NUMBER_LEASE_UNITS,
        "read_unit": sum(step.read_units for step in steps),
        "queue_request": sum(step.messages for step in steps) * QUEUE_REQUESTS,
        "event": sum(step.events for step in steps),
        "log_megabyte": _log_bytes(steps, calls, invocations) / 1e6,
    }
    return Bill(
        [
            Line(LOGS if name == "log_megabyte" else name, amount * SALES, amount * SALES * _price(name))
            for name, amount in amounts.items()
        ]
    )


def dearer_lines(now: Bill, accepted: Bill) -> list[str]:
    """What has become dearer, in words; nothing if the bill as a whole, and that of logs, have not."""
    allowed = 1 + TOLERANCE
    if now.total <= accepted.total * allowed and now.logs <= accepted.logs * allowed:
        return []
    before = {line.name: line for line in accepted.lines}
    return [
        f"{line.name}: {before[line.name].amount:g} -> {line.amount:g} for {SALES} sales,"
        f" USD {before[line.name].usd:.5f} -> {line.usd:.5f}"
        for line in now.lines
        if line.usd > before[line.name].usd * allowed
    ]


def read_accepted() -> tuple[Bill, Mapping[str, float]]:
    """The accepted bill, and the processor times in it."""
    accepted = json.loads(ACCEPTED.read_text())
    return Bill([Line(**line) for line in accepted["lines"]]), accepted["cpu_ms"]


def accept(bill: Bill, *, cpu_ms: Mapping[str, float], date: str) -> None:
    """Keep a bill as what a sale may cost from now on."""
    kept: dict[str, Any] = {
        "date": date,
        "sales": SALES,
        "usd": round(bill.total, 5),
        "usd_logs": round(bill.logs, 5),
        "lines": [
            {"name": line.name, "amount": round(line.amount, 3), "usd": round(line.usd, 6)} for line in bill.lines
        ],
        "cpu_ms": {name: round(ms, 2) for name, ms in cpu_ms.items()},
    }
    ACCEPTED.write_text(json.dumps(kept, indent=2) + "\n")


def _price(name: str) -> float:
    return float(_PRICES["usd_per_million"][name]["usd"]) / 1e6


def _assumed(name: str) -> float:
    return float(_PRICES["assumed"][name]["value"])


def _gb_seconds(step: Step, cpu_ms: Mapping[str, float]) -> float:
    """Billed time is processor time at the function's share of a processor, and waiting; memory is the template's."""
    memory_mb = _memory_mb()[step.function]
    share = min(1.0, memory_mb / _assumed("memory_of_one_cpu_mb"))
    busy_ms = cpu_ms[cpu_name(step)] * step.invocations / share
    waits_ms = _assumed("read_wait_ms") * step.sequential_reads + _assumed("write_wait_ms") * step.write_calls
    waits_ms += _assumed("outside_wait_ms") * STRIPE_CALLS.get(step.name, 0)
    return memory_mb / 1024 * (busy_ms + waits_ms) / 1000


def cpu_name(step: Step) -> str:
    """Under which name the processor time of a step was measured."""
    return step.function if step.function in ("projector", "publisher") else step.name


def _memory_mb() -> Mapping[str, int]:
    template = load_template()
    usual = template["Globals"]["Function"]["MemorySize"]
    functions = (one["Properties"] for one in template["Resources"].values() if one["Type"].endswith("::Function"))
    return {one["Handler"].partition(".")[0]: one.get("MemorySize", usual) for one in functions}


def _log_bytes(steps: Sequence[Step], calls: int, invocations: int) -> float:
    ours = sum(step.log_bytes for step in steps)
    return ours + invocations * _assumed("platform_log_bytes") + calls * _assumed("access_log_bytes")


def cpu_of_steps(steps: Sequence[Step], times: Mapping[str, float]) -> dict[str, float]:
    """Processor time of one invocation of each step. The four calls of a cart are as dear as each other."""
    named = {"checkout": "checkout, stripe", "projector": "projector, per batch", "publisher": "publisher, per batch"}
    names = {cpu_name(step) for step in steps}
    return {name: times.get(named.get(name, name), times["cart call"]) for name in sorted(names)}
