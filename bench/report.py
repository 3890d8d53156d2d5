"""The report: a table for people, and the same figures as JSON for machines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.cold import ColdStart
from bench.cost import SALES, Bill
from bench.counting import Step
from bench.timing import Times


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure against what it must reach and what is aimed for; `ratio` in calibration loops, of times only."""

    name: str
    value: float
    unit: str
    target: float
    aim: float
    ratio: float | None = None

    @property
    def verdict(self) -> str:
        """In a word."""
        return "aim" if self.value <= self.aim else "target" if self.value <= self.target else "MISSED"


def figures_of(steps: Sequence[Step], times: Mapping[str, Times], cold: ColdStart, bill: Bill) -> list[Figure]:
    """The figures that have a target."""
    by_name = {step.name: step for step in steps if step.function not in ("projector", "publisher")}
    small, large = times["small"], times["large"]

    def timed(name: str, of: Times, label: str, target: float, aim: float) -> Figure:
        return Figure(label, of.ms[name], "ms", target, aim, of.loops[name])

    checkout = by_name["checkout"]
    transaction = [write for write in checkout.writes if not write.alone]
    return [
        timed("order flow, manual", small, "order flow, 6 calls, paid by hand", 15, 8),
        timed("order flow, stripe", small, "order flow, 6 calls, by card", 15, 8),
        timed("checkout, manual", small, "checkout call, paid by hand", 5, 2.5),
        timed("checkout, stripe", small, "checkout call, by card", 5, 2.5),
        timed("list of 20", small, "list of 20, 100 products", 3, 1.5),
        timed("list of 20", large, "list of 20, 10,000 products", 3, 1.5),
        timed("product page", small, "product page, 100 products", 2.5, 1),
        timed("product page", large, "product page, 10,000 products", 2.5, 1),
        timed("cart of 100 lines, 100 rules", small, "cart of 100 lines, 100 rules", 25, 25),
        Figure("placing: reads in sequence", _reads_in_sequence(checkout), "", 2, 2),
        Figure("placing: transactions", checkout.transactions, "", 1, 1),
        Figure("placing: the transaction", sum(write.total for write in transaction), "write units", 12, 9),
        Figure("until paid: everything", sum(step.write_units for step in until_paid(steps)), "write units", 26, 22),
        Figure("list: reads in sequence", _reads_in_sequence(by_name["list of 20"]), "", 2, 2),
        Figure("page: reads in sequence", _reads_in_sequence(by_name["product page"]), "", 1, 1),
        Figure("cold start of checkout: init", cold.init_cpu_ms, "ms", 420, 270, cold.init_loops),
        Figure("cold start of checkout: first answer", cold.answer_cpu_ms, "ms", 420, 270, cold.answer_loops),
        Figure(f"{SALES} sales, without logs", bill.total, "USD", 0.065, 0.055),
    ]


def until_paid(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps from the checkout on."""
    start = next(place for place, step in enumerate(steps) if step.name == "checkout")
    return steps[start:]


def _reads_in_sequence(step: Step) -> float:
    return step.sequential_reads / step.invocations


def as_json(**parts: Any) -> str:
    """Everything, for machines."""
    return json.dumps(parts, indent=2, default=_plain) + "\n"


def _plain(thing: Any) -> Any:
    if isinstance(thing, Figure):
        return {**asdict(thing), "verdict": thing.verdict}
    return asdict(thing)


def as_text(
    figures: Iterable[Figure],
    steps: Sequence[Step],
    bill: Bill,
    *,
    cold: Mapping[str, ColdStart],
    imports: Sequence[tuple[str, float]],
    sizes: Mapping[str, int],
    calibration_ms: float,
) -> str:
    """Everything, for people."""
    parts = [
        "Against the targets (in brackets what is aimed for)",
        *map(_figure_row, figures),
        f"  The calibration loop took {calibration_ms:.2f} ms of processor time; `x` is a time in loops of its moment.",
        "",
        "Write units from checkout to paid, by item",
        *_unit_rows(until_paid(steps)),
        "",
        "One sale, step by step",
        *map(_step_row, steps),
        "",
        f"What {SALES} sales cost, in USD",
        *(f"  {line.name:16}{line.amount:14,.1f}{line.usd:12.5f}" for line in bill.lines),
        f"  without logs {bill.total:.5f}, logs {bill.logs:.5f}",
        "",
        "Cold start, ms (processor time in brackets)",
        *(
            f"  {name:16} init {one.init_ms:6.0f} ({one.init_cpu_ms:.0f})   first answer {one.answer_ms:6.0f}"
            f" ({one.answer_cpu_ms:.0f})"
            for name, one in cold.items()
        ),
        "  imports of checkout: " + ", ".join(f"{name} {ms:.0f}" for name, ms in imports),
        "",
        "Zipped, KB",
        "  " + ", ".join(f"{name} {size / 1024:,.0f}" for name, size in sizes.items()),
    ]
    return "\n".join(parts)


def _figure_row(figure: Figure) -> str:
    ratio = f"{figure.ratio:6.1f} x" if figure.ratio is not None else " " * 8
    value = f"{figure.value:9.4f}" if figure.unit == "USD" else f"{figure.value:9.2f}"
    return f"  {figure.name:36}{value} {figure.unit:12}{ratio}   {figure.target:g} ({figure.aim:g})  {figure.verdict}"


def _unit_rows(steps: Sequence[Step]) -> Iterable[str]:
    for step in steps:
        for write in step.writes:
            places = ", ".join(f"{place} {units}" for place, units in write.units.items())
            how = "alone" if write.alone else "in a transaction"
            yield f"  {step.name:22}{write.item:16}{write.done:8}{how:18}{write.total:3}   {places}"


def _step_row(step: Step) -> str:
    return (
        f"  {step.name:22}{step.function:12}{step.invocations:3} calls, {step.sequential_reads:3} reads in sequence,"
        f" {step.transactions} transactions, {step.read_units:5.1f} read units, {step.write_units:3} write units,"
        f" {step.events} events, {step.log_bytes:5} bytes of log"
    )
