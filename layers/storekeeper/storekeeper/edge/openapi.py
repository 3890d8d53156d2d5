"""What an application says of itself as OpenAPI 3.1: FastAPI's document, completed by what every route of ours does.

Made when the merged document is written (`make openapi`), never while a request is answered. Which problems an
operation can answer follows from what it is: whether it needs a key, has a body, changes something. A route adds those
that are its own: `responses={402: {"description": "The card was declined."}}`.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from storekeeper.edge.app import SHOPPERS, VERSION
from storekeeper.edge.examples import complete_examples, example_problem
from storekeeper.edge.problems import MEDIA_TYPE, TITLES, Problem

TITLE = "Storekeeper"
DESCRIPTION = """\
E-commerce for many tenants. Merchants call with an API key; each operation names the scope that its key must have.
Shoppers call the routes below `/v1/storefront/{domain}` without a key.

Money is a decimal string, time is RFC 3339 in UTC, ids are opaque. Lists go on with `next_cursor`. Every POST takes an
`Idempotency-Key`, every change an `If-Match`. What is not a success is `application/problem+json`.

A PATCH changes what it names: what is left out stays, null clears. Lists are replaced as a whole; objects are merged,
but for those that are one value and say so: an address, dimensions, options, a rate.
"""
CHANGES = frozenset({"patch", "put", "delete"})
METHODS = frozenset({"get", "post", "patch", "put", "delete"})
SHARED = (401, 403, 404, 409, 412, 413, 422, 429, 503)
FASTAPI_SAYS = "Validation Error"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}

Json: TypeAlias = dict[str, Any]

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repeat safe: the same key and body give the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "4f5c2a0e-8a3b-4f0e-9d55-1c6f7b1a2e3d",
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that the change was made from; another one is refused with 412.",
    "schema": {"type": "string", "maxLength": 64, "pattern": '^("[0-9]+"|\\*)$'},
    "example": '"3"',
}
ETAG: Json = {
    "description": "The version of what is answered, for If-Match.",
    "schema": {"type": "string"},
    "example": '"3"',
}
REPLAYED: Json = {
    "description": "`true` when this is the first answer to the Idempotency-Key again.",
    "schema": {"type": "string", "enum": ["true"]},
}
RETRY_AFTER: Json = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}, "example": 1}


def describe(app: FastAPI) -> Json:
    """The application's part of the document."""
    document = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    _, problems = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    schemas.update(problems["$defs"])
    for schema in _nested(schemas):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
    for path, operations in document["paths"].items():
        for method in METHODS & operations.keys():
            _complete(operations[method], method=method, path=path, schemas=schemas)
    components["schemas"] = dict(sorted(schemas.items()))
    components["responses"] = {_name_of(status): _problem(status, TITLES[status]) for status in SHARED}
    complete_examples(document)
    return document


def _complete(operation: Json, *, method: str, path: str, schemas: Json) -> None:
    is_called = bool(operation.get("security")) or SHOPPERS in path
    headers = [IDEMPOTENCY_KEY] * (method == "post" and is_called) + [IF_MATCH] * (method in CHANGES and is_called)
    if parameters := [*operation.get("parameters", []), *headers]:
        operation["parameters"] = parameters
    said: Json = operation["responses"]
    if said.get("422", {}).get("description") == FASTAPI_SAYS:
        del said["422"]
    answers: Json = {}
    for status in sorted({*map(int, said), *_statuses(operation, method=method, path=path, is_called=is_called)}):
        own = said.get(str(status))
        if status < 400 and own is not None:
            _complete_success(own, method=method, is_called=is_called, schemas=schemas)
            answers[str(status)] = own
        elif own is None:
            answers[str(status)] = {"$ref": f"#/components/responses/{_name_of(status)}"}
        else:
            answers[str(status)] = _problem(status, own["description"])
    operation["responses"] = answers


def _complete_success(response: Json, *, method: str, is_called: bool, schemas: Json) -> None:
    if response["description"] == "Successful Response":
        response["description"] = "Done."
    headers = dict(response.get("headers", {}))
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    model = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
    if model.get("properties", {}).get("version", {}).get("type") == "integer":
        headers["ETag"] = ETAG
    if method == "post" and is_called:
        headers["Idempotency-Replayed"] = REPLAYED
    if headers:
        response["headers"] = headers


def _statuses(operation: Json, *, method: str, path: str, is_called: bool) -> Iterator[int]:
    """The problems that an operation can answer because of what it is."""
    if operation.get("security"):
        yield from (401, 403)
    if is_called:
        yield from (429, 503)
    if "{" in path:
        yield 404
    if is_called and method != "get":
        yield 409
    if is_called and method in CHANGES:
        yield 412
    if "requestBody" in operation:
        yield from (413, 422)
    if (is_called and method == "post") or any(map(_can_be_wrong, operation.get("parameters", []))):
        yield 422


def _can_be_wrong(parameter: Json) -> bool:
    """Whether a value that no text can be is possible. Any text is a path: what names nothing is 404."""
    return parameter["in"] != "header" and bool(
        parameter["schema"].keys() - {"type", "title", "description", "examples"}
    )


def _problem(status: int, description: str) -> Json:
    response: Json = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": PROBLEM_REF, "example": example_problem(status, description)}},
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": RETRY_AFTER}
    return response


def _name_of(status: int) -> str:
    """`Not found` as `NotFound`."""
    return TITLES[status].title().replace(" ", "")


def _nested(thing: Any) -> Iterator[Json]:
    """Every object inside, itself included."""
    if isinstance(thing, dict):
        yield thing
        for part in list(thing.values()):
            yield from _nested(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from _nested(part)
