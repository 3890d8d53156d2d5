"""What `make test` needs pytest-xdist for: a group of tests stays in one worker, so that stacks start one at a time.

A release of pytest that xdist does not know yet may end that without a word: every test still passes, most of the time.
"""

import os
import subprocess
import sys
from pathlib import Path

GROUPED = """
import pytest

@pytest.mark.xdist_group("one-at-a-time")
@pytest.mark.parametrize("number", range(6))
def test_one_of_many(number, worker_id):
    with open(f"{worker_id}.log", "a") as log:
        log.write(f"{number}\\n")
"""


def test_a_group_stays_in_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "--dist", "loadgroup"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    (log,) = tmp_path.glob("gw*.log")
    assert sorted(log.read_text().split()) == ["0", "1", "2", "3", "4", "5"]
