"""Fetch the wheels of a layer, for Lambda or for this machine, and keep them by the hash of their pins."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import REPOSITORY

CACHE = REPOSITORY / ".build" / "wheels"

# pip gives up on a silent connection by itself; this ends a download that trickles.
DOWNLOAD_TIMEOUT_S = 300


@dataclass(frozen=True)
class Target:
    """Where wheels must run, and under which Python. `pip_options` is empty for the machine that builds."""

    name: str
    python: str
    pip_options: tuple[str, ...] = ()


# Amazon Linux 2023 on Graviton. All our pins have wheels for the oldest tag that pip knows for it, manylinux2014.
LAMBDA = Target(
    "lambda",
    "3.13",
    ("--platform", "manylinux2014_aarch64", "--python-version", "3.13", "--implementation", "cp"),
)
HOST = Target(
    f"host-{sys.implementation.cache_tag}-{os.uname().machine}", f"{sys.version_info.major}.{sys.version_info.minor}"
)


def fetch(pins: Mapping[str, str], target: Target) -> list[Path]:
    """The wheels of these pins, in the order of their names. Downloads them once.

    Raises:
        subprocess.CalledProcessError: a pin has no wheel for the target, or its hash is another.
    """
    requirements = "\n".join(pins[name] for name in sorted(pins)) + "\n"
    digest = hashlib.sha256("\n".join((*target.pip_options, requirements)).encode()).hexdigest()
    folder = CACHE / f"{target.name}-{digest[:16]}"
    if not folder.is_dir():
        _download(requirements, target, into=folder)
    return sorted(folder.glob("*.whl"))


def _download(requirements: str, target: Target, *, into: Path) -> None:
    """Download beside the final place and move there whole, so that an interrupted download leaves no half cache."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent) as scratch:
        listed = Path(scratch) / "requirements.txt"
        listed.write_text(requirements)
        wheels = Path(scratch) / "wheels"
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
        options = ["--require-hashes", "--only-binary=:all:", *target.pip_options]
        subprocess.run(
            [*pip, *options, "--dest", str(wheels), "--requirement", str(listed)],
            check=True,
            timeout=DOWNLOAD_TIMEOUT_S,
        )
        try:
            wheels.rename(into)
        except OSError:
            # Another build finished the same download first; pins with hashes make both the same.
            if not into.is_dir():
                raise
