"""The project's Python files as parsed text; the architecture tests import none of them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tools import REPOSITORY

DOMAIN = REPOSITORY / "layers" / "storekeeper" / "storekeeper"
FUNCTIONS = REPOSITORY / "functions"


@dataclass(frozen=True)
class Module:
    """One Python file. `place` is its path below the root that was asked for: `kernel/money.py`."""

    file: Path
    place: str

    @cached_property
    def text(self) -> str:
        return self.file.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.file))

    @property
    def context(self) -> str:
        """The first folder of its place: the context of the domain, or the package of a function."""
        return self.place.split("/", maxsplit=1)[0]

    def imports(self) -> Iterator[tuple[int, str, str | None]]:
        """Line, module and name of each import, those inside functions included; a plain import has no name."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=aliases):
                    yield from ((node.lineno, alias.name, None) for alias in aliases)
                case ast.ImportFrom(module=module, names=aliases, level=level):
                    origin = self._absolute(module or "", level) if level else module or ""
                    yield from ((node.lineno, origin, alias.name) for alias in aliases)

    def at(self, node: ast.AST) -> str:
        return f"{self.place}:{getattr(node, 'lineno', 0)}"

    def _absolute(self, module: str, level: int) -> str:
        """A relative import's module, as if the place were the top of the import path."""
        package = self.place.split("/")[:-level]
        return ".".join([*package, *filter(None, [module])])


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """Every module below a folder, in the order of names; none when it does not exist."""
    return tuple(Module(file, file.relative_to(root).as_posix()) for file in sorted(root.rglob("*.py")))


@cache
def committed_files() -> tuple[Path, ...]:
    """What git keeps, or would keep: ignored files are nobody's."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    files = (REPOSITORY / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(file for file in files if file.is_file()))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted name that it calls: `datetime.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node
