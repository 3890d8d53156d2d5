"""Plants a bug: the module is compiled from its text with one line made wrong. For a process that has not loaded it."""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from tests.simulation.mutants.bug import Bug

PACKAGE = "storekeeper."
WITHIN = ">>>"


class BugMisplaced(Exception):
    """The line that a bug is made of is not there, or not just once: the code has changed, and the bug must too."""


def with_bug(text: str, bug: Bug) -> str:
    """A module's text, made wrong.

    Raises:
        BugMisplaced: see there.
    """
    function, _, line = bug.old.rpartition(WITHIN)
    start = text.find(f"def {function}(") if function else 0
    end = text.find("\ndef ", start + 1) if function else len(text)
    part = text[start : end if end >= 0 else len(text)]
    if start < 0 or part.count(line) != 1:
        raise BugMisplaced(f"{bug.name}: {line!r} stands {part.count(line)} times in {function or bug.module}")
    return text[:start] + part.replace(line, bug.new) + text[start + len(part) :]


def plant(bug: Bug) -> None:
    """Have this process load the module with the bug in it."""
    name = PACKAGE + bug.module
    if name in sys.modules:
        raise BugMisplaced(f"{name} is loaded already")
    sys.meta_path.insert(0, _Finder(name, bug))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, bug: Bug) -> None:
        super().__init__(fullname, path)
        self._bug = bug

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 (the loader is of one module)
        text = with_bug(self.get_data(self.path).decode(), self._bug)
        return compile(text, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, name: str, bug: Bug) -> None:
        self._name, self._bug = name, bug

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002 (nothing is reloaded)
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        found = PathFinder.find_spec(fullname, path)
        if found is None or found.origin is None:
            return None
        loader: Any = _Loader(fullname, found.origin, self._bug)
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=loader)
