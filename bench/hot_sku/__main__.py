"""Runs the model for several numbers of buckets, under two rules of conflict, and prints a table for people.

`python -m bench.hot_sku [seed]`
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from bench.hot_sku.model import Outcome, Sale, run

BUCKETS = (4, 16)
CLIENTS = 8  # a bucket
RULES = (("both are cancelled", True, 2), ("the later one is cancelled", False, 16))  # clients that suit one bucket
BUSY = 16  # clients a bucket, so many that something else is full
SOLD_OUT = ((1, 60), (4, 300), (16, 1_200))
KINDS = {
    "#NUMBERS": "order numbers",
    "#ORDERS#": "a month's orders",
    "#MOVES#": "a month's movements",
    "#P#": "the product",
    "#SKU#": "one level",
    "#BUYER#": "a buyer's orders",
}


def main(seed: int) -> None:
    """Print one line for each sale."""
    print("| transactions that overlap | clients | buckets | orders/s | linear | cancelled | busiest | ledger's lag |")
    print("|---|---:|---:|---:|---:|---:|---|---:|")
    for rule, mutual, clients in RULES:
        alone = run(Sale(1, clients, 3.0, mutual=mutual, seed=seed))
        print(_line(rule, alone, alone.rate), flush=True)
        for buckets in BUCKETS:
            outcome = run(Sale(buckets, CLIENTS * buckets, 1.0, mutual=mutual, seed=seed))
            print(_line(rule, outcome, alone.rate), flush=True)
    print(_line(RULES[0][0], run(Sale(BUCKETS[-1], BUSY * BUCKETS[-1], 1.0, seed=seed)), 0.0), flush=True)
    for buckets, units in SOLD_OUT:
        for mutual in (True, False):
            print(_sold_out(Sale(buckets, 3 * buckets, 60.0, units=units, mutual=mutual, seed=seed)), flush=True)


def _line(rule: str, outcome: Outcome, alone: float) -> str:
    if outcome.lost_or_oversold:
        raise RuntimeError(f"{outcome.lost_or_oversold} units lost or sold twice: {outcome.sale}")
    sale = outcome.sale
    linear = f"{outcome.rate / sale.buckets / alone:.1f}" if alone else ""
    cancelled = outcome.counts["TransactionConflict"] / max(1, outcome.counts["transactions"])
    return (
        f"| {rule} | {sale.clients} | {sale.buckets} | {outcome.rate:,.0f} | {linear} | {cancelled:.0%} "
        f"| {'; '.join(_busiest(outcome))} | {outcome.ledger_lag_s:.1f} s |"
    )


def _busiest(outcome: Outcome) -> Iterator[str]:
    """The three kinds of partition that use most of their limit, ids left out."""
    seen: set[str] = set()
    for used, (place, pk) in outcome.busiest:
        kind = next((name for word, name in KINDS.items() if word in pk), "the settings")
        name = f"{kind} ({place})"
        if name not in seen and len(seen) < 3:
            seen.add(name)
            yield f"{name} {used:.0%}"


def _sold_out(sale: Sale) -> str:
    """A sale to the last unit: buckets are evened and leases closed all the time, and environments die."""
    outcome = run(replace(sale, look_every_s=0.5, deaths=0.05))
    return (
        f"{sale.units:,} units in {sale.buckets} buckets, {'both' if sale.mutual else 'the later one'} cancelled: "
        f"{outcome.orders:,} orders, {outcome.units_left} left, {outcome.refused} buyers told that it is sold out, "
        f"{outcome.false_sold_out} of them wrongly; {outcome.environments_lost} environments lost with what they had "
        f"leased; {outcome.lost_or_oversold} units lost or sold twice."
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
