"""What documents and configuration say is what is there: commands, settings, AWS services."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.sam import load_template
from tests.architecture.source import DOMAIN, FUNCTIONS, Module, calls, modules
from tools import REPOSITORY
from tools.packaging.contents import AWS_SERVICES

DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])

# Commands of a document stand in code: fenced, or between backquotes.
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAKE = re.compile(r"(?:^|[\s`$(;&])make ((?:[A-Z_]+=\S+ )*)([a-z][a-z-]*)", re.MULTILINE)
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)

# Set by Lambda itself, by the SDK's own rules, or by the local cloud in place of the SDK's.
GIVEN_BY_LAMBDA = re.compile(r"^(AWS_|LAMBDA_|_HANDLER|_X_AMZN_|TZ$)")

ENVIRONMENT = re.compile(r"(^|\.)(environ\.(get|pop|setdefault)|getenv)$")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_only_commands_that_exist(document: Path) -> None:
    targets = set(TARGET.findall((REPOSITORY / "Makefile").read_text()))

    named = {command for code in CODE.findall(document.read_text()) for _, command in MAKE.findall(code)}

    assert named - targets == set()


def test_every_setting_that_code_reads_is_set_by_the_template() -> None:
    read = {
        name: module.place for root in (DOMAIN, FUNCTIONS) for module in modules(root) for name in _settings(module)
    }

    assert {name: place for name, place in read.items() if name not in _template_settings()} == {}


def test_every_aws_service_that_code_speaks_with_is_shipped() -> None:
    """The core layer carries the descriptions of these services only; see tools/packaging/contents.py."""
    spoken = {
        node.value
        for root in (DOMAIN, FUNCTIONS)
        for module in modules(root)
        for name, call in calls(module.tree)
        if name.rsplit(".", maxsplit=1)[-1] == "client"
        for node in call.args[:1]
        if isinstance(node, ast.Constant)
    }

    assert spoken - AWS_SERVICES == set()


def _settings(module: Module) -> Iterator[str]:
    """Names that the module reads from its environment: every literal inside the subscript or the argument."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Subscript(value=base, slice=name) if ast.unparse(base) in {"os.environ", "environ"}:
                yield from _names(name)
            case ast.Call(func=called, args=[name, *_]) if ENVIRONMENT.search(ast.unparse(called)):
                yield from _names(name)


def _names(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not GIVEN_BY_LAMBDA.match(node.value):
            yield node.value


def _template_settings() -> set[str]:
    template = load_template()
    entries: list[dict[str, Any]] = [template["Globals"]["Function"]]
    entries += [each["Properties"] for each in template["Resources"].values() if each["Type"].endswith("::Function")]
    return {name for entry in entries for name in entry.get("Environment", {}).get("Variables", {})}
