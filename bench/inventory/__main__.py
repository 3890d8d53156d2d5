"""Measures stock at scale and prints it.

`python -m bench.inventory [SKUs, for lists] [SKUs, for runs] [rows of a bulk adjustment]`; 0 leaves a part out.
"""

import os
import sys

from bench.inventory.bulk import adjust_in_bulk
from bench.inventory.measured import a_tenant, lists, runs

LISTED, RUN, ROWS = 100_000, 100_000, 10_000


def main(listed: int, run: int, rows: int) -> None:
    """Print a table of lists, one of runs, and how long a bulk adjustment takes."""
    print(f"{listed:,} and {run:,} SKUs at 5 locations; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("| page of 50 levels | own work, ms | calls | read units | rows |\n|---|---:|---:|---:|---:|")
    for page in lists(*a_tenant(listed)) if listed else ():
        print(f"| {page.name} | {page.own_ms:.1f} | {page.calls} | {page.read_units:g} | {page.rows} |", flush=True)
    print("| whole tenant | levels | own work, s | calls | read units | write units | MiB |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for ran in runs(*a_tenant(run)) if run else ():
        memory = ", ".join(map(str, ran.memory))
        print(
            f"| {ran.name} | {ran.levels:,} | {ran.own_s:.0f} | {ran.calls:,} | {ran.read_units:,.0f} "
            f"| {ran.write_units:,} | {memory} |",
            flush=True,
        )
    if rows:
        seconds, counts = adjust_in_bulk(rows)
        print(f"bulk adjustment of {rows:,} rows: {seconds:.1f} s, {counts}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [LISTED, RUN, ROWS][len(given) :]))
