"""What the whole system holds in memory a minute after the last call."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from local.testing import running_stack
from tests.stack.furnishing import furnish
from tests.stack.shop import Merchant, found, open_shop

pytestmark = [pytest.mark.stack, pytest.mark.slow]

LIMIT_MIB = 2048
AFTER_S = 62.0
SIDE_BY_SIDE = 6
TIMEOUT_S = 60.0
KIB = 1024


@pytest.mark.skipif("STACK_MEMORY" not in os.environ, reason="takes a minute and a half: STACK_MEMORY=1")
def test_the_stack_idles_below_two_gibibytes(tmp_path: Path, record_property: object) -> None:
    with running_stack(tmp_path / "state", seed=False) as stack:
        with httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as http:
            use_everything(found(stack, http, "busy"))
        busy = sum(map(pss_mib, family(stack.supervisor.pid)))

        time.sleep(AFTER_S)

        idle = sum(map(pss_mib, family(stack.supervisor.pid)))
    if callable(record_property):
        record_property("memory (PSS)", f"{busy} MiB after the last call, {idle} MiB a minute later")
    assert idle < LIMIT_MIB


def use_everything(merchant: Merchant) -> None:
    """Call every function: alone, then side by side, so that they have as many environments as they may have."""
    furnish(open_shop(merchant))
    shops = [open_shop(merchant) for _ in range(SIDE_BY_SIDE)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for ids in pool.map(furnish, shops):
            assert merchant.call("GET", f"/v1/orders/{ids['order_id']}").status_code == 200


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
