"""Runs the model for several numbers of buckets, under three rules of conflict, and prints a table for people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.hot_sku.model import Outcome, Sale, run

SECONDS = 1.0
BUCKETS = (1, 4, 16)
RULES = (
    ("both are cancelled", Sale(1, 8, 3 * SECONDS, mutual=True), BUCKETS),
    ("the later one is cancelled", Sale(1, 16, SECONDS, mutual=False), (*BUCKETS, 64)),
    ("none is cancelled: write units alone", Sale(1, 6, SECONDS, overlap_s=0.0, mutual=False), BUCKETS),
)
LEFT = 1_200


def main() -> None:
    """Print one line for each sale."""
    print("| transactions that overlap within 10 ms | buckets | orders/s | linear | cancelled | what is busiest |")
    print("|---|---:|---:|---:|---:|---|")
    for rule, sale, buckets in RULES:
        for line in _lines(rule, sale, buckets):
            print(line, flush=True)
    for mutual in (True, False):
        print(_sold_out(mutual=mutual), flush=True)


def _lines(rule: str, sale: Sale, buckets: Sequence[int]) -> Iterator[str]:
    alone = 0.0
    for many in buckets:
        outcome = run(replace(sale, buckets=many, clients=sale.clients * many))
        alone = alone or outcome.rate
        linear = outcome.rate / many / alone
        yield (
            f"| {rule} | {many} | {outcome.rate:,.0f} | {linear:.2f} | {_cancelled(outcome):.0%} "
            f"| {'; '.join(_busiest(outcome))} |"
        )
        if outcome.lost_or_oversold:
            raise RuntimeError(f"{outcome.lost_or_oversold} units lost or sold twice: {outcome.sale}")


def _cancelled(outcome: Outcome) -> float:
    return outcome.counts["TransactionConflict"] / max(1, outcome.counts["transactions"])


def _busiest(outcome: Outcome) -> Iterator[str]:
    """The three kinds of partition that use most of their limit, ids left out."""
    seen: set[str] = set()
    for used, (place, pk) in outcome.busiest:
        kind = next(word for word in ("NUMBERS", "ORDERS", "MOVES", "SKU", "BUYER", "ORDER", "CART", "T") if word in pk)
        if (name := f"{place} {kind}") not in seen and len(seen) < 3:
            seen.add(name)
            yield f"{name} {used:.0%}"


def _sold_out(*, mutual: bool) -> str:
    """A sale to the last unit, while buckets are evened all the time."""
    sale = Sale(16, 48, 60.0, units=LEFT // 4 if mutual else LEFT, mutual=mutual, look_every_s=0.2)
    outcome = run(sale)
    return (
        f"{sale.units:,} units in {sale.buckets} buckets, "
        f"{'both' if mutual else 'the later one'} cancelled: {outcome.orders:,} orders, {outcome.units_left} left, "
        f"{outcome.refused} buyers told that it is sold out, {outcome.false_sold_out} of them wrongly; "
        f"{outcome.lost_or_oversold} units lost or sold twice."
    )


if __name__ == "__main__":
    main()
