"""What the whole system holds in memory a minute after the last call."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.testing import running_stack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

LIMIT_MIB = 2048
AFTER_S = 62.0
CALLS = 40
KIB = 1024


@pytest.mark.skipif("STACK_MEMORY" not in os.environ, reason="takes a minute and a half: STACK_MEMORY=1")
def test_the_stack_idles_below_two_gibibytes(tmp_path: Path, record_property: object) -> None:
    with running_stack(tmp_path / "state") as stack:
        for _ in range(CALLS):
            for tenant in stack.demo["tenants"]:
                headers = {"Authorization": f"Bearer {tenant['api_key']}"}
                for path in ("/v1/products", "/v1/orders", "/v1/inventory/levels", "/v1/me"):
                    assert httpx.get(stack.base_url + path, headers=headers, trust_env=False).status_code == 200
        busy = sum(map(pss_mib, family(stack.supervisor.pid)))

        time.sleep(AFTER_S)

        idle = sum(map(pss_mib, family(stack.supervisor.pid)))
    if callable(record_property):
        record_property("memory (PSS)", f"{busy} MiB after the last call, {idle} MiB a minute later")
    assert idle < LIMIT_MIB


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
