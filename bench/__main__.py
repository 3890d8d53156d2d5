"""`python -m bench`: measure everything, print it, and keep it as JSON; `--accept`: and accept what a sale costs now.

`python -m bench count` and `python -m bench time` are the parts that need a process of their own.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.processes import REPOSITORY
from local.runtime import CODE_PATH

RESULTS = REPOSITORY / "bench" / "results"
PRODUCTS = {"small": 100, "large": 10_000}
TIMEOUT_S = 1800


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("all", "count", "time"), default="all")
    parser.add_argument("--accept", action="store_true", help="keep this bill: dearer ones fail from now on")
    parser.add_argument("--products", type=int, default=PRODUCTS["small"], help="of the shop that is measured")
    parser.add_argument("--reads-only", action="store_true", help="time no sales")
    parser.add_argument("--into", type=Path, help="file to write a part's figures to")
    wanted = parser.parse_args()
    if wanted.part == "count":
        _count(wanted.products, wanted.into)
    elif wanted.part == "time":
        _time(wanted.products, into=wanted.into, sales=not wanted.reads_only)
    else:
        _measure(accepting=wanted.accept)


def _count(products: int, into: Path) -> None:
    from bench.counting import as_json, count_sale, logs_kept_apart

    with logs_kept_apart():
        into.write_text(as_json(count_sale(products=products)))


def _time(products: int, *, into: Path, sales: bool) -> None:
    from bench.counting import logs_kept_apart
    from bench.timing import time_shop

    with logs_kept_apart():
        into.write_text(json.dumps(time_shop(products=products, sales=sales)._asdict()))


def _measure(*, accepting: bool) -> None:
    from bench import cold, cost, counting, report, shoppers, sizes
    from bench.shop import open_shop
    from bench.site import running_site
    from bench.timing import Times

    RESULTS.mkdir(exist_ok=True)
    steps = counting.from_json(_part("count").read_text())
    times = {
        name: Times(
            **json.loads(
                _part("time", f"--products={products}", *(["--reads-only"] if name == "large" else [])).read_text()
            )
        )
        for name, products in PRODUCTS.items()
    }
    with running_site() as site:
        open_shop(site.cloud, products=4)
        starts = {
            "checkout": cold.measure_cold_start("checkout", shoppers.create_cart()),
            "storefront": cold.measure_cold_start("storefront", shoppers.list_page()),
        }
    cpu_ms = cost.cpu_of_steps(steps, times["small"].ms)
    bill = cost.bill_of(steps, cpu_ms=cpu_ms)
    figures = report.figures_of(steps, times, starts["checkout"], bill)
    imports, archives = cold.measure_imports("checkout"), sizes.measure_archives()
    calibration_ms = times["small"].ms["calibration"]
    print(
        report.as_text(
            figures, steps, bill, cold=starts, imports=imports, sizes=archives, calibration_ms=calibration_ms
        )
    )
    now = datetime.now(UTC)
    parts = {
        "figures": figures,
        "steps": steps,
        "times": {name: of._asdict() for name, of in times.items()},
        "cold": starts,
        "imports_ms": imports,
    }
    kept = RESULTS / f"{now:%Y-%m-%dT%H%M%S}.json"
    kept.write_text(report.as_json(at=now.isoformat(), conditions=_conditions(), **parts, bytes=archives, bill=bill))
    if accepting:
        cost.accept(bill, cpu_ms=cpu_ms, date=f"{now:%Y-%m-%d}")


def _part(name: str, *options: str) -> Path:
    """Measure a part in a process of its own, which is a function's environment from its start."""
    into = RESULTS / f".{name}.json"
    environment = {**os.environ, "PYTHONPATH": ":".join(str(REPOSITORY / part) for part in (*CODE_PATH, "."))}
    command = [sys.executable, "-m", "bench", name, f"--into={into}", *options]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, timeout=TIMEOUT_S)
    return into


def _conditions() -> dict[str, Any]:
    load: Sequence[float] = os.getloadavg()
    return {"python": sys.version.split()[0], "processors": os.cpu_count(), "load": load, "products": PRODUCTS}


if __name__ == "__main__":
    main()
