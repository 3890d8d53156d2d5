"""What every file owes its reader: a telling name, a bounded length, and nothing of the machine it was written on."""

import re

from tests.architecture.source import committed_files
from tools import REPOSITORY

# Such names say nothing, and so attract everything.
TELLS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "services"}

LONGEST_MODULE = 300

# Where packages come from is the business of whoever installs: any index that has files of these hashes will do.
REGISTRY = re.compile(
    r"py[p]i\.org|python[h]osted\.org|np[m]js\.(org|com)|deb\.[d]ebian\.org|--(extra-)?index-url|--find-links|--trusted-host"
)

# This very file names what it looks for.
OWN = REPOSITORY / "tests" / "architecture" / "test_files.py"

HOME_OF_SOMEBODY = re.compile(r"(?<![\w.-])/(root|home/\w+|work)/\w")


def _python() -> list[str]:
    return [file.relative_to(REPOSITORY).as_posix() for file in committed_files() if file.suffix == ".py"]


def test_a_module_s_name_tells_what_is_in_it() -> None:
    assert [name for name in _python() if name.rsplit("/", maxsplit=1)[-1].removesuffix(".py") in TELLS_NOTHING] == []


def test_no_module_is_longer_than_a_reader_s_patience() -> None:
    lengths = {name: len((REPOSITORY / name).read_text().splitlines()) for name in _python()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_file_names_a_package_registry() -> None:
    assert _files_with(REGISTRY) == []


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    assert _files_with(HOME_OF_SOMEBODY) == []


def _files_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for file in committed_files():
        if file == OWN:
            continue
        content = file.read_bytes()
        if b"\0" not in content and pattern.search(content.decode()):
            found.append(file.relative_to(REPOSITORY).as_posix())
    return found
