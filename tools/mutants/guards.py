"""Find every guard of a package: each clause of each `only_if`, with the function that writes it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.conditions import Condition, UnclearCondition, read_condition
from tools.mutants.constants import Constants

KEYWORD = "only_if"


@dataclass(frozen=True)
class Guard:
    """One clause of one condition. `site` is which `only_if` of its file, in the order of the file."""

    function: str
    clause: str
    file: Path
    line: int
    site: int
    branch: int
    position: int

    def __str__(self) -> str:
        return f"{self.function} [{self.clause}]"


@dataclass(frozen=True)
class _Site:
    """One `only_if=...`: the function around it and its alternatives (more than one for `a if x else b`)."""

    function: str
    keyword: ast.keyword
    alternatives: tuple[ast.expr, ...]


def find_guards(source: Path) -> tuple[list[Guard], list[str]]:
    """All guards of the packages in `source`, and a sentence for each condition that cannot be read."""
    constants = Constants(source)
    guards: list[Guard] = []
    problems: list[str] = []
    for file in sorted(source.rglob("*.py")):
        for number, site in enumerate(_sites(file, source)):
            try:
                guards += _guards_of(site, number, file=file, constants=constants)
            except UnclearCondition as unclear:
                problems.append(f"{file.relative_to(source)}:{site.keyword.lineno}: {unclear}")
    return guards, problems


def without_guard(guard: Guard, source: Path) -> str:
    """The text of the guard's file without its clause. Comments and layout are lost; nobody reads it."""
    tree = ast.parse(guard.file.read_text())
    site = _sites_of_tree(tree, _module_name(guard.file, source))[guard.site]
    condition = _condition(site, guard.branch, file=guard.file, constants=Constants(source))
    replacement = condition.without(guard.position)
    whole = site.keyword.value
    if isinstance(whole, ast.IfExp):
        taken, other = ("body", "orelse") if guard.branch == 0 else ("orelse", "body")
        replacement = ast.IfExp(**{"test": whole.test, taken: replacement, other: getattr(whole, other)})
    site.keyword.value = replacement
    return ast.unparse(ast.fix_missing_locations(tree))


def _guards_of(site: _Site, number: int, *, file: Path, constants: Constants) -> Iterator[Guard]:
    for branch in range(len(site.alternatives)):
        condition = _condition(site, branch, file=file, constants=constants)
        if not condition.clauses:
            raise UnclearCondition("a write without a condition: a lost answer would apply it twice")
        for position, clause in enumerate(condition.clauses):
            yield Guard(
                function=site.function,
                clause=clause,
                file=file,
                line=site.keyword.lineno,
                site=number,
                branch=branch,
                position=position,
            )


def _condition(site: _Site, branch: int, *, file: Path, constants: Constants) -> Condition:
    return read_condition(site.alternatives[branch], lambda node: constants.resolve(node, file))


def _sites(file: Path, source: Path) -> list[_Site]:
    return _sites_of_tree(ast.parse(file.read_text()), _module_name(file, source))


def _sites_of_tree(tree: ast.Module, module: str) -> list[_Site]:
    sites: list[_Site] = []
    _walk(tree, module, sites)
    return sites


def _walk(node: ast.AST, name: str, sites: list[_Site]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = name
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{name}.{child.name}"
        if isinstance(child, ast.keyword) and child.arg == KEYWORD and not _is_passed_along(child.value):
            value = child.value
            alternatives = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
            sites.append(_Site(name, child, alternatives))
        _walk(child, inner, sites)


def _is_passed_along(value: ast.expr) -> bool:
    """`only_if=only_if` and `only_if=write.only_if`: the guard is where the value was first given."""
    match value:
        case ast.Name(id="only_if") | ast.Attribute(attr="only_if"):
            return True
    return False


def _module_name(file: Path, source: Path) -> str:
    parts = file.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
