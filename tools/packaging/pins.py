"""Which pinned packages each dependency layer holds, read from requirements/layer-*.txt."""

import re
from pathlib import Path

from tools import REPOSITORY

CORE = "core"

# Every function carries the core layer, so the others hold only what they add to it.
DEPENDENCY_LAYERS = (CORE, "http", "payments")

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==")


def read_pins(path: Path) -> dict[str, str]:
    """Each package of a compiled requirements file with its lines: version, marker and hashes.

    Raises:
        ValueError: a line is not a pin with a hash, such as an address or an option.
    """
    pins: dict[str, str] = {}
    text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    for requirement in text.replace("\\\n", " ").splitlines():
        if not requirement.strip():
            continue
        name = _PIN.match(requirement)
        if name is None or "--hash=sha256:" not in requirement:
            raise ValueError(f"{path.name}: not a pin with a hash: {requirement}")
        pins[name["name"]] = " ".join(requirement.split())
    return pins


def layer_pins(layer: str) -> dict[str, str]:
    """What this layer installs: its own pins without those that the core layer brings."""
    pins = read_pins(REPOSITORY / "requirements" / f"layer-{layer}.txt")
    if layer == CORE:
        return pins
    return {name: pin for name, pin in pins.items() if name not in layer_pins(CORE)}
