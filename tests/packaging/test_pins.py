"""What is pinned, and that what runs here is what is deployed."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import modules
from tools import REPOSITORY
from tools.packaging.pins import CORE, DEPENDENCY_LAYERS, layer_pins, read_pins

REQUIREMENTS = REPOSITORY / "requirements"
ENVIRONMENTS = ("local", "dev")

# Who runs in which environment: `make run` installs no more than the first.
INSTALLED_FOR = {
    "local": ("functions", "layers/storekeeper", "local"),
    "dev": ("functions", "layers/storekeeper", "local", "tests", "tools", "bench"),
}


@pytest.mark.parametrize("compiled", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda path: path.stem)
def test_every_line_is_a_pin_with_a_hash(compiled: Path) -> None:
    pins = read_pins(compiled)

    assert len(pins) > 1
    assert not compiled.read_text().startswith("#")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("layer", DEPENDENCY_LAYERS)
def test_an_environment_has_the_versions_that_are_deployed(layer: str, environment: str) -> None:
    here = read_pins(REQUIREMENTS / f"{environment}.txt")

    assert {name: here.get(name) for name in layer_pins(layer)} == layer_pins(layer)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_package_that_is_imported_is_pinned(environment: str) -> None:
    """An environment that has grown by hand has more than its pins; a fresh one does not."""
    pinned = set(read_pins(REQUIREMENTS / f"{environment}.txt"))
    folders = [REPOSITORY / folder for folder in INSTALLED_FOR[environment]]
    imported = {
        origin.split(".", maxsplit=1)[0]
        for folder in folders
        for each in modules(folder)
        for _, origin, _ in each.imports()
    }
    installed = packages_distributions()

    missing = {
        name
        for name in imported - set(sys.stdlib_module_names) - {"storekeeper", ""}
        if name in installed and not pinned & {_normal(distribution) for distribution in installed[name]}
    }

    assert missing == set()


@pytest.mark.parametrize("layer", [layer for layer in DEPENDENCY_LAYERS if layer != CORE])
def test_a_layer_leaves_to_the_core_what_the_core_brings(layer: str) -> None:
    assert layer_pins(layer).keys() & layer_pins(CORE).keys() == set()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("stripe==16.1.0", id="a_pin_without_a_hash"),
        pytest.param("stripe --hash=sha256:00", id="a_name_without_a_version"),
        pytest.param("--pre", id="an_option"),
    ],
)
def test_a_line_that_is_not_a_pin_is_refused(line: str, tmp_path: Path) -> None:
    listed = tmp_path / "listed.txt"
    listed.write_text(f"six==1.17.0 --hash=sha256:4721\n{line}\n")

    with pytest.raises(ValueError, match="not a pin with a hash"):
        read_pins(listed)


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
