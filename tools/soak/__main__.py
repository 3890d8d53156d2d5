"""`python -m tools.soak --minutes 5`: start a stack, use and abuse it, let it come to rest, hold all of it together.

Ends with 1 when anything is wrong. The chances are drawn from `--seed`, but threads and processes are not: a seed makes
a run alike, not the same. The figures also go to `.build/soak.json`.
"""

import argparse
import platform
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from local.testing import RunningStack, running_stack
from tests.stack.logs import logged
from tests.stack.provider import Provider
from tests.stack.shop import found, open_shop
from tools import REPOSITORY
from tools.soak.asking import Client, Tally
from tools.soak.books import Books
from tools.soak.judging import judge, leaking
from tools.soak.memory import Watch, cpu_count
from tools.soak.people import Clerk, Person, Place, Shopper
from tools.soak.report import Report
from tools.soak.settling import dead_letters, errors_logged, settle
from tools.soak.trouble import Trouble

SKUS, UNITS = 8, 60
TIMEOUT_S = 35.0  # longer than the gateway waits for a function
KEPT = REPOSITORY / ".build" / "soak.json"


def main() -> int:
    """Run one soak; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--shoppers", type=int, default=4)
    parser.add_argument("--clerks", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261120)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))  # the stack ends with it
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        running_stack(Path(folder) / "state", seed=False) as stack,
        httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as http,
    ):
        report = soak(stack, http, wanted)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(report.as_json())
    print(report.as_text())
    return 1 if report.findings else 0


def soak(stack: RunningStack, http: httpx.Client, wanted: argparse.Namespace) -> Report:
    """Open a shop, let people in and trouble too, close, and look."""
    merchant = found(stack, http, "soaked")
    shop = open_shop(merchant)
    books, tally, provider = Books(), Tally(), Provider(http, stack.description["stripe"])
    skus = [shop.put_on_sale(UNITS, UNITS // 2) for _ in range(SKUS)]
    for sku in skus:
        books.adjustment(sku, UNITS + UNITS // 2, answered=True)
    place, closing = Place(shop, skus, merchant.locations, books), threading.Event()
    chances = map(random.Random, range(wanted.seed, wanted.seed + 1000))
    trouble = Trouble(stack, provider, closing, next(chances), answered=lambda: tally.successes)
    people = []
    for number in range(wanted.shoppers):
        shopper = Shopper(place, Client(http, tally), provider, next(chances), f"shopper-{number}")
        people.append(Person(f"shopper-{number}", shopper.visit, closing, next(chances)))
    for number in range(wanted.clerks):
        clerk = Clerk(place, Client(http, tally, merchant.authorization), next(chances))
        people.append(Person(f"clerk-{number}", clerk.work, closing, next(chances)))
    watch = Watch(stack.supervisor.pid, closing)
    runs = {"memory": watch.run, "trouble": trouble.run, **{person.name: person.run for person in people}}
    _say(f"Open for {wanted.minutes:g} minutes.")
    seconds, failures = _open_for(wanted.minutes, runs, closing)
    _say("Closed. Faults have ended; waiting until all has come to rest.")
    settled = settle(stack, merchant, provider, books)
    _say("Holding it all together.")
    findings = judge(stack, shop, provider, books, skus=skus, trouble=trouble.made)
    return Report(
        conditions=_conditions(wanted, seconds=seconds, attempts=tally.attempts),
        tally=tally,
        did=books.did,
        trouble=trouble.made,
        settled=settled,
        dead_letters=dead_letters(stack),
        errors=errors_logged(logged(stack, containing='"level":"ERROR"')),
        samples=watch.samples,
        findings=[*failures, *findings, *leaking(watch.samples)],
    )


def _open_for(
    minutes: float, runs: Mapping[str, Callable[[], None]], closing: threading.Event
) -> tuple[float, list[str]]:
    """From opening to closing time, or until somebody fails: the seconds it was open, and who failed."""
    begun = time.monotonic()
    with ThreadPoolExecutor(len(runs)) as pool:
        try:
            going = {name: pool.submit(run) for name, run in runs.items()}
            wait(going.values(), timeout=minutes * 60, return_when=FIRST_EXCEPTION)  # all go on until closing time
        finally:
            closing.set()
        seconds = time.monotonic() - begun
    failed = {name: one.exception() for name, one in going.items()}
    return seconds, [f"{name} met what nobody expected: {failure!r}" for name, failure in failed.items() if failure]


def _say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


def _conditions(wanted: argparse.Namespace, *, seconds: float, attempts: int) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": cpu_count(),
        "seconds": round(seconds),
        "shoppers": wanted.shoppers,
        "clerks": wanted.clerks,
        "seed": wanted.seed,
        "calls a second": round(attempts / seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
