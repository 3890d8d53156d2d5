"""What the whole local stack holds in memory a minute after the last call: `make memory`.

Exit status 1 if it is over the limit. It takes two minutes and wants a quiet machine, so it is no test.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from local.testing import running_stack
from tests.stack.furnishing import furnish
from tests.stack.shop import Merchant, found, open_shop

LIMIT_MIB = 2048
AFTER_S = 62.0
SIDE_BY_SIDE = 6
TIMEOUT_S = 60.0
KIB = 1024


def main() -> int:
    """Use every function, wait a minute, weigh."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "state") as stack:
        with httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as http:
            use_everything(found(stack, http, "busy"))
        busy = sum(map(pss_mib, family(stack.supervisor.pid)))
        time.sleep(AFTER_S)
        idle = sum(map(pss_mib, family(stack.supervisor.pid)))
    print(f"{busy} MiB after the last call, {idle} MiB a minute later (PSS of all processes; limit {LIMIT_MIB} MiB)")
    return 0 if idle < LIMIT_MIB else 1


def use_everything(merchant: Merchant) -> None:
    """Call every function: alone, then side by side, so that they have as many environments as they may have."""
    furnish(open_shop(merchant))
    shops = [open_shop(merchant) for _ in range(SIDE_BY_SIDE)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for ids in pool.map(furnish, shops):
            merchant.call("GET", f"/v1/orders/{ids['order_id']}").raise_for_status()


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def pss_mib(pid: int) -> int:
    """What a process holds, its part of what it shares with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) // KIB


if __name__ == "__main__":
    sys.exit(main())
