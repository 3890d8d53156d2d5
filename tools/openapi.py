"""Write functions/api/openapi.json, the whole API in one document: `python -m tools.openapi`.

Each function knows the routes of its own application; on AWS no function could afford to import them all, so the
merged document is made here, committed, and served as a file.
"""

import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from fastapi import FastAPI
from openapi_spec_validator import validate

from tools import REPOSITORY

FUNCTIONS = REPOSITORY / "functions"
DOCUMENT = FUNCTIONS / "api" / "openapi.json"

Document = dict[str, Any]


class RoutesClash(Exception):
    """Two functions claim the same operation, or give one name to different things."""


def applications() -> Iterator[FastAPI]:
    """The application of every function that has one, in the order of their names."""
    for file in sorted(FUNCTIONS.glob("*/app.py")):
        module = importlib.import_module(f"{file.parent.name}.app")
        application = getattr(module, "app", None)
        if isinstance(application, FastAPI):
            yield application


def merge(documents: Iterable[Document]) -> Document:
    """One document with the paths, components and tags of all; the rest is taken from the first.

    Raises:
        RoutesClash: an operation or a component is defined twice, and differently.
    """
    merged: Document = {}
    for document in documents:
        merged = merged or {**document, "paths": {}, "components": {}, "tags": []}
        for path, operations in document.get("paths", {}).items():
            _add(operations, merged["paths"].setdefault(path, {}), within=path)
        for kind, components in document.get("components", {}).items():
            _add(components, merged["components"].setdefault(kind, {}), within=kind)
        merged["tags"] += [tag for tag in document.get("tags", []) if tag not in merged["tags"]]
    merged["paths"] = dict(sorted(merged.get("paths", {}).items()))
    return merged


def _add(things: Document, known: Document, *, within: str) -> None:
    for name, thing in things.items():
        if known.setdefault(name, thing) != thing:
            raise RoutesClash(f"{within} {name} is defined twice, and differently")


def render(document: Document) -> str:
    """The document as it is kept and served.

    Raises:
        OpenAPIValidationError: it is not valid OpenAPI 3.1.
    """
    validate(document)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def current_document() -> Document:
    """The API as the code is now: a copy for whoever asks."""
    document: Document = json.loads(_current_text())
    return document


@cache
def _current_text() -> str:
    return json.dumps(merge(application.openapi() for application in applications()))


def main() -> int:
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(render(current_document()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
