"""Children: processes that never outlive this one, each leading a process group of its own, each with a log file."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
REPOSITORY = Path(__file__).resolve().parent.parent
STOP_GRACE_S = 5.0

# What a child may know of the machine. Anything else would let a developer's own AWS settings leak into the stack.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT")


class ChildFailed(RuntimeError):
    """A child ended, or did not become ready in time; the message ends with the tail of its log."""


@dataclass(frozen=True)
class Child:
    """A running process of the stack."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Also the id of its process group."""
        return self.process.pid

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """End the process and whatever it started. Safe to repeat."""
        if self.process.stdin:
            self.process.stdin.close()
        if not self.has_ended():
            signal_group(self.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace_s)
        signal_group(self.pid, signal.SIGKILL)
        self.process.wait(STOP_GRACE_S)

    def failure(self, what: str) -> ChildFailed:
        """An error that shows the end of this child's log."""
        tail = self.log.read_text(errors="replace").splitlines()[-15:]
        return ChildFailed("\n".join([f"{self.name}: {what}. Its log ({self.log}) ends:", *tail]))


def start_child(
    name: str, module: str, arguments: Sequence[str] = (), *, environment: Mapping[str, str], log: Path
) -> Child:
    """Run `python -m module` with a clean environment, bound to the life of this process."""
    inherited = {key: os.environ[key] for key in _INHERITED if key in os.environ}
    clean = {**inherited, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **environment}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.lifeline", module, *arguments],
            cwd=REPOSITORY,
            env=clean,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(name, process, log)


def wait_for_port(child: Child, port: int, *, within_s: float) -> None:
    """Return when `port` accepts connections.

    Raises:
        ChildFailed: the child ended first, or the time is over.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if child.has_ended():
            raise child.failure(f"ended with code {child.process.returncode} before it listened on {port}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise child.failure(f"did not listen on {port} within {within_s:g} s")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal a whole process group; one that is gone is no error."""
    with suppress(ProcessLookupError, PermissionError):  # macOS answers PermissionError for a group of zombies
        os.killpg(group, number)
