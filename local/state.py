"""The folder of a running stack: who runs, where everything is. One supervisor at a time, enforced by the system.

The lock belongs to the supervisor's process, so kill -9 releases it: a lock that can be had means that nobody runs.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

from local.lifeline import GRACE_S
from local.processes import signal_group

_CHILD = "local.lifeline"  # what the command lines of our children contain
_OURS = (_CHILD, "awslambdaric")  # and those of their workers
_KEPT_ON_RESET = frozenset({"lock"})

Json = dict[str, Any]


class AlreadyRunning(RuntimeError):
    """Another supervisor holds this folder."""


class StateFolder:
    """Everything that a stack writes is below this folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.demo = self.path / "demo.json"
        self.stack = self.path / "stack.json"
        self.supervisor = self.path / "supervisor.json"
        self.logs = self.path / "logs"
        self.data = self.path / "data"
        self.saved = self.path / "saved"
        self.seeded = self.path / "seeded"
        self.set_aside = self.path / "set-aside"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only supervisor of this folder.

        Raises:
            AlreadyRunning: somebody else is.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise AlreadyRunning(str(self.path)) from taken
            yield

    def is_held(self) -> bool:
        """Whether a supervisor is alive."""
        if not self.path.exists():
            return False
        try:
            with self.held():
                return False
        except AlreadyRunning:
            return True

    def read(self, file: Path) -> Json:
        """What a file of this folder says; nothing if it is not there."""
        try:
            said: Json = json.loads(file.read_text())
        except FileNotFoundError:
            return {}
        return said

    def write(self, file: Path, content: Mapping[str, Any]) -> None:
        """Write a file in one piece: who sees it sees all of it."""
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=2) + "\n")
        partial.replace(file)

    def end_orphans(self) -> None:
        """End what a killed supervisor left behind. Its children end by themselves, and the emulator saves its data
        meanwhile; their workers may lag.
        """
        groups = set(self.read(self.supervisor).get("children", {}).values())
        deadline = time.monotonic() + GRACE_S
        while time.monotonic() < deadline and any(
            group in groups and _CHILD in command for group, command in running()
        ):
            time.sleep(0.05)
        for group, command in running():
            if group in groups and any(ours in command for ours in _OURS):
                signal_group(group, SIGKILL)
        self.supervisor.unlink(missing_ok=True)
        self.demo.unlink(missing_ok=True)

    def forget_logs(self) -> None:
        """Remove what the run before has said."""
        shutil.rmtree(self.logs, ignore_errors=True)

    def forget(self) -> None:
        """Remove all data and logs."""
        for entry in self.path.iterdir() if self.path.exists() else ():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name not in _KEPT_ON_RESET:
                entry.unlink()

    def wait_until_free(self, *, within_s: float) -> bool:
        """Whether the supervisor has ended in time."""
        deadline = time.monotonic() + within_s
        while self.is_held():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def running() -> Iterator[tuple[int, str]]:
    """Process group and command line of every process: from /proc where there is one, for `ps` may not be installed."""
    if not Path("/proc/self/cmdline").exists():
        yield from _listed_by_ps()
        return
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            yield os.getpgid(int(process.name)), (process / "cmdline").read_text(errors="replace").replace("\0", " ")


def _listed_by_ps() -> Iterator[tuple[int, str]]:
    listed = subprocess.run(["ps", "-axo", "pgid=,command="], capture_output=True, text=True, check=True, timeout=10)
    for line in listed.stdout.splitlines():
        group, _, command = line.strip().partition(" ")
        yield int(group), command
