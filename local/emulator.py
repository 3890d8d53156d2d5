"""The emulator: MiniStack in a child process, on loopback only, with all its files in one folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.processes import HOST, Child, free_port, start_child, wait_for_port

REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # the emulator's account root

START_S = 20.0
ATTEMPTS = 3  # another process may take the free port between finding and using it


@dataclass(frozen=True)
class Emulator:
    """A running emulator and how to speak to it as the account's root."""

    child: Child
    port: int

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

    def stop(self) -> None:
        """End it; its data is gone."""
        self.child.stop()


def start_emulator(
    folder: Path, *, enforce_iam: bool, settings: Mapping[str, str] | None = None, log: Path | None = None
) -> Emulator:
    """Start an emulator that keeps its files in `folder`, its log too unless told otherwise.

    Raises:
        ChildFailed: it did not come up; the message shows its log.
    """
    for attempt in range(ATTEMPTS):
        port = free_port()
        child = start_child(
            "emulator",
            "local.ministack",
            environment=_environment(folder, port) | {"AUTH": str(enforce_iam).lower()} | dict(settings or {}),
            log=log or folder / "emulator.log",
        )
        try:
            wait_for_port(child, port, within_s=START_S)
        except Exception:
            child.stop()
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return Emulator(child, port)
    raise AssertionError("the last attempt returns or raises")


def client(service: str, endpoint: str, *, timeout_s: float = 30) -> Any:
    """A boto3 client of the account's root at `endpoint`."""
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
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(temporary),
        "LOG_LEVEL": "WARNING",
    }
