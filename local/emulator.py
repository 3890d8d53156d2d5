"""The emulator: MiniStack in a child process, on loopback only, with all its files in one folder."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.processes import HOST, Child, free_port, start_child, wait_for_port
from local.save_names import CHECKPOINTS, CHECKPOINTS_VARIABLE, MARK, MOVED_VARIABLE, OBJECTS, SAVE_NOW, STATE

REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # the emulator's account root

START_S = 20.0
SAVE_S = 20.0
ATTEMPTS = 3  # another process may take the free port between finding and using it


@dataclass(frozen=True)
class Keeping:
    """An emulator with it goes on from what it finds in its folder, and saves there what it holds when it ends.

    Addresses within the data follow: those of the emulator itself, if it had another port before, and those of ports
    that `moved` (then: now).
    """

    port_before: int | None = None
    moved: Mapping[int, int] = field(default_factory=dict)

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        """The emulator's settings for it."""
        moved = {**self.moved, **({self.port_before: port} if self.port_before else {})}
        return {
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            CHECKPOINTS_VARIABLE: str(folder / CHECKPOINTS),
            MOVED_VARIABLE: json.dumps(moved),
        }


@dataclass(frozen=True)
class Emulator:
    """A running emulator and how to speak to it as the account's root."""

    child: Child
    port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        """The address of every AWS service."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes any AWS SDK in a child process speak to this emulator."""
        return {**ROOT_KEYS, "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}

    def client(self, service: str, *, timeout_s: float = 30) -> Any:
        """A boto3 client of the account's root."""
        return client(service, self.endpoint, timeout_s=timeout_s)

    def save(self) -> None:
        """Save all that it holds while it goes on, if it is `Keeping` that.

        Raises:
            ChildFailed: it did not come to an end of it.
        """
        os.kill(self.child.pid, SAVE_NOW)
        deadline = time.monotonic() + SAVE_S
        while not (self.folder / MARK).exists():
            if self.child.has_ended() or time.monotonic() > deadline:
                raise self.child.failure("did not save its data")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it. What it has not saved is gone."""
        self.child.stop(SAVE_S)


def start_emulator(
    folder: Path,
    *,
    enforce_iam: bool,
    settings: Mapping[str, str] | None = None,
    keeping: Keeping | None = None,
    log: Path | None = None,
) -> Emulator:
    """Start an emulator that has its files in `folder`, its log too unless told otherwise.

    Raises:
        ChildFailed: it did not come up; the message shows its log.
    """
    for attempt in range(ATTEMPTS):
        port = free_port()
        environment = _environment(folder, port) | {"AUTH": str(enforce_iam).lower()} | dict(settings or {})
        if keeping:
            environment |= keeping.environment(folder, port)
        child = start_child("emulator", "local.ministack", environment=environment, log=log or folder / "emulator.log")
        try:
            wait_for_port(child, port, within_s=START_S)
        except Exception:
            child.stop()
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return Emulator(child, port, folder)
    raise AssertionError("the last attempt returns or raises")


@cache
def client(service: str, endpoint: str, *, timeout_s: float = 30) -> Any:
    """A boto3 client of the account's root at `endpoint`. One for all who ask: making one takes longer than a call."""
    make: Any = boto3.client  # its stubs know services by literal name only
    return make(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ROOT_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_KEYS["AWS_SECRET_ACCESS_KEY"],
        config=Config(read_timeout=timeout_s, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _environment(folder: Path, port: int) -> dict[str, str]:
    """MiniStack's defaults listen on every interface, open port 8883 and write below /tmp."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        **ROOT_KEYS,
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",  # never look for a Docker daemon
        "STATE_DIR": str(folder / STATE),
        "S3_DATA_DIR": str(folder / OBJECTS),
        "TMPDIR": str(temporary),
        "LOG_LEVEL": "WARNING",
    }
