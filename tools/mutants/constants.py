"""The text of named constants, wherever in the packages they are defined and however they are imported."""

import ast
from functools import cache
from pathlib import Path

# A name that is imported through more modules than this is a circle.
LONGEST_CHAIN = 8


class Constants:
    """Resolves `ABSENT` and `writes.ABSENT` to the string that the name stands for."""

    def __init__(self, source: Path) -> None:
        self._source = source

    def resolve(self, node: ast.expr, file: Path) -> str | None:
        """The text, or None for a name that is no string constant of the packages."""
        match node:
            case ast.Name(id=name):
                return self._look_up(name, file, LONGEST_CHAIN)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                imported = _names(file).imports.get(module)
                home = imported and self._file_of(f"{imported[0]}.{imported[1]}")
                return self._look_up(name, home, LONGEST_CHAIN) if home else None
        return None

    def _look_up(self, name: str, file: Path, steps: int) -> str | None:
        names = _names(file)
        if name in names.texts:
            return names.texts[name]
        if name not in names.imports or not steps:
            return None
        module, original = names.imports[name]
        home = self._file_of(module)
        return self._look_up(original, home, steps - 1) if home else None

    def _file_of(self, module: str) -> Path | None:
        base = self._source.joinpath(*module.split("."))
        candidates = (base.with_suffix(".py"), base / "__init__.py")
        return next((file for file in candidates if file.is_file()), None)


class _Names:
    """What one module defines and imports at its top."""

    def __init__(self, tree: ast.Module) -> None:
        self.texts: dict[str, str] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    self.texts[name] = text
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))):
                    self.texts[name] = text
                case ast.ImportFrom(module=str(module), names=aliases, level=0):
                    self.imports |= {alias.asname or alias.name: (module, alias.name) for alias in aliases}


@cache
def _names(file: Path) -> _Names:
    return _Names(ast.parse(file.read_text()))
