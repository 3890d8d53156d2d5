"""The archives that go to AWS: made for its processor and Python, small enough, and the same every time."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from tests.packaging.deployment import FUNCTIONS, Archives, Function, template_functions
from tools.packaging.bytecode import find_interpreter
from tools.packaging.pins import DEPENDENCY_LAYERS, layer_pins
from tools.packaging.wheels import LAMBDA, fetch

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

MIB = 1024 * 1024

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_ZIPPED = 50 * MIB
MOST_UNZIPPED = 250 * MIB

# https://peps.python.org/pep-0552/: flags of a byte code file.
MAGIC_OF_3_13 = (3571).to_bytes(2, "little") + b"\r\n"
HASHED_AND_UNCHECKED = 0b01

# Field e_machine of an ELF header.
AARCH64 = 0xB7

# What Lambda's python3.13 on Amazon Linux 2023 (glibc 2.34) can load. Our pins need nothing newer than the first two.
PLATFORMS = {"any", "manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64"}
INTERPRETERS = {"py2", "py3", "cp313"}


@pytest.mark.parametrize("layer", DEPENDENCY_LAYERS)
def test_every_wheel_is_one_that_lambda_can_load(layer: str, record_property: Callable[[str, object], None]) -> None:
    wheels = fetch(layer_pins(layer), LAMBDA)

    unfit = [wheel.name for wheel in wheels if not _fits_lambda(wheel)]

    assert unfit == []
    assert len(wheels) == len(layer_pins(layer))
    compiled = [wheel.stem for wheel in wheels if "none-any" not in wheel.name]
    record_property(f"layer {layer}", f"{len(wheels)} wheels, compiled: {', '.join(compiled) or 'none'}")


@pytest.mark.parametrize("layer", DEPENDENCY_LAYERS)
def test_every_compiled_module_is_for_the_target_s_processor(layer: str, for_lambda: Archives) -> None:
    with zipfile.ZipFile(for_lambda.zips[layer]) as zipped:
        processors = {name: _processor(zipped.read(name)) for name in zipped.namelist() if ".so" in Path(name).suffixes}

    assert {name: processor for name, processor in processors.items() if processor != AARCH64} == {}


@pytest.mark.parametrize("layer", DEPENDENCY_LAYERS)
def test_no_pin_of_a_layer_depends_on_the_machine_that_builds(layer: str) -> None:
    """pip judges markers by the interpreter it runs under, even when it fetches for another."""
    conditional = [pin for pin in layer_pins(layer).values() if "python_version" in pin or "python_full_version" in pin]
    conditional += [pin for pin in layer_pins(layer).values() if "sys_platform" in pin or "platform_machine" in pin]

    assert conditional == []


def test_every_archive_can_be_uploaded_directly(
    for_lambda: Archives, record_property: Callable[[str, object], None]
) -> None:
    sizes = {name: archive.stat().st_size for name, archive in for_lambda.zips.items()}

    assert {name: size for name, size in sizes.items() if size > MOST_ZIPPED} == {}
    for name, size in sizes.items():
        record_property(f"zipped {name}", f"{size / MIB:.1f} of {MOST_ZIPPED // MIB} MiB")


@pytest.mark.parametrize("function", template_functions(), ids=lambda function: function.name)
def test_a_function_with_its_layers_stays_below_lambda_s_limit(
    function: Function, for_lambda: Archives, record_property: Callable[[str, object], None]
) -> None:
    size = sum(_unzipped(for_lambda.zips[name]) for name in (FUNCTIONS, *function.layers) if name in for_lambda.zips)

    assert size <= MOST_UNZIPPED
    record_property(f"unzipped {function.name}", f"{size / MIB:.1f} of {MOST_UNZIPPED // MIB} MiB")


def test_two_builds_give_the_same_bytes(for_lambda: Archives, built_again: Archives) -> None:
    first = {name: archive.read_bytes() for name, archive in for_lambda.zips.items()}
    second = {name: archive.read_bytes() for name, archive in built_again.zips.items()}

    assert [name for name in first if first[name] != second[name]] == []
    assert first.keys() == second.keys()


@pytest.mark.skipif(find_interpreter(LAMBDA) is None, reason="needs an interpreter of Lambda's version")
def test_every_module_has_byte_code_of_lambda_s_python_that_is_not_checked(for_lambda: Archives) -> None:
    for name, archive in for_lambda.zips.items():
        with zipfile.ZipFile(archive) as zipped:
            compiled = {_source_of(member): zipped.read(member)[:8] for member in zipped.namelist() if ".pyc" in member}
            sources = {member for member in zipped.namelist() if member.endswith(".py")}
        assert sources - compiled.keys() == set(), name
        assert {(head[:4], head[4]) for head in compiled.values()} == {(MAGIC_OF_3_13, HASHED_AND_UNCHECKED)}, name


def test_a_handler_of_this_machine_s_archives_is_not_compiled_again(for_host: Archives) -> None:
    with zipfile.ZipFile(for_host.zips[FUNCTIONS]) as zipped:
        tags = {Path(member).name.split(".")[1] for member in zipped.namelist() if member.endswith(".pyc")}

    assert tags == {sys.implementation.cache_tag}


def _source_of(byte_code: str) -> str:
    """`a/__pycache__/b.cpython-313.pyc` is of `a/b.py`."""
    place = Path(byte_code)
    return (place.parent.parent / f"{place.name.split('.cpython-')[0]}.py").as_posix()


def _fits_lambda(wheel: Path) -> bool:
    """Stable-ABI wheels name the oldest Python that they work with."""
    *_, tags = parse_wheel_filename(wheel.name)
    return any(
        tag.platform in PLATFORMS
        and (tag.interpreter in INTERPRETERS or (tag.abi == "abi3" and tag.interpreter.startswith("cp3")))
        for tag in tags
    )


def _processor(module: bytes) -> int:
    return int.from_bytes(module[18:20], "little") if module.startswith(b"\x7fELF") else 0


def _unzipped(archive: Path) -> int:
    with zipfile.ZipFile(archive) as zipped:
        return sum(member.file_size for member in zipped.infolist())
