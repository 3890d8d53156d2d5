"""What the OpenAPI document promises, of every operation of every function."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from storekeeper.edge.problems import MEDIA_TYPE
from storekeeper.tenancy import ALL_SCOPES
from tools.openapi import current_document

PUBLIC = ("/health", "/v1/openapi.json", "/v1/hooks/", "/v1/storefront/{domain}/")
MERGED = {
    *("colors", "contacts", "custom_fields", "delivery_days", "metadata"),
    *("seo", "settings", "social_links", "utm", "variant_prices"),
}
ANSWERED_WHOLE = {"shop_list_shipping_methods", "shop_browse_categories"}  # a store has few of them


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    said: dict[str, Any]

    @property
    def scopes(self) -> list[str]:
        """The scopes of its one security requirement."""
        return [scope for requirement in self.said.get("security", []) for scope in requirement["ApiKey"]]

    @property
    def is_public(self) -> bool:
        """Whether nobody needs a key for it."""
        return self.path.startswith(PUBLIC)

    @property
    def headers(self) -> set[str]:
        """The headers that it documents as parameters."""
        return {one["name"] for one in self.said.get("parameters", []) if one["in"] == "header"}

    def bodies(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Where a body is, its media type and what is said of it."""
        for place, part in (("request", self.said.get("requestBody", {})), *self.said["responses"].items()):
            for media_type, content in part.get("content", {}).items():
                yield place, media_type, content

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def resolved(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas that a schema stands for: those of its alternatives, references followed."""
    if "$ref" in schema:
        return resolved(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if alternatives := schema.get("anyOf", schema.get("oneOf")):
        return [one for alternative in alternatives for one in resolved(alternative)]
    return [schema]


@cache
def document() -> dict[str, Any]:
    """The document as the code is now."""
    return current_document()


def operations() -> list[Operation]:
    """Every operation."""
    return [
        Operation(method, path, said)
        for path, methods in document()["paths"].items()
        for method, said in methods.items()
    ]


def every_operation() -> pytest.MarkDecorator:
    """One case for each operation."""
    return pytest.mark.parametrize("operation", operations(), ids=str)


def test_the_document_is_valid_openapi() -> None:
    validate(document())

    assert document()["openapi"].startswith("3.1")


def test_operations_have_names_of_their_own() -> None:
    names = [operation.said["operationId"] for operation in operations()]

    assert len(set(names)) == len(names)


@every_operation()
def test_an_operation_names_its_scope_or_is_public(operation: Operation) -> None:
    if operation.is_public:
        assert operation.scopes == []
    else:
        assert len(operation.scopes) == 1
        assert operation.scopes[0] in ALL_SCOPES
        assert operation.scopes[0].endswith(":read" if operation.method == "get" else ":write")


@every_operation()
def test_a_change_can_be_repeated_or_guarded(operation: Operation) -> None:
    is_called = operation.scopes or "{domain}/" in operation.path

    assert ("Idempotency-Key" in operation.headers) == bool(operation.method == "post" and is_called)
    assert ("If-Match" in operation.headers) == bool(operation.method in {"patch", "put", "delete"} and is_called)


@every_operation()
def test_a_patch_says_which_objects_it_replaces_as_a_whole(operation: Operation) -> None:
    if operation.method == "patch":
        schema = operation.said["requestBody"]["content"]["application/json"]["schema"]
        (body,) = resolved(schema)
        unsaid = [
            name
            for name, member in body["properties"].items()
            if name not in MERGED and any(one.get("type") == "object" for one in resolved(member))
        ]
        assert not unsaid or "replaced as a whole" in body["description"], unsaid


@every_operation()
def test_what_is_no_success_is_a_problem(operation: Operation) -> None:
    shared = document()["components"]["responses"]
    for status, response in operation.said["responses"].items():
        if status.startswith(("4", "5")):
            whole = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
            assert list(whole["content"]) == [MEDIA_TYPE]


@every_operation()
def test_a_list_is_paged(operation: Operation) -> None:
    answer = operation.said["responses"].get("200", {}).get("content", {}).get("application/json", {})
    if "next_cursor" in answer.get("example", {}):
        names = {one["name"] for one in operation.said.get("parameters", [])}
        assert set(answer["example"]) == {"data", "next_cursor"}
        assert {"limit", "cursor"} <= names or operation.said["operationId"] in ANSWERED_WHOLE


@every_operation()
def test_every_body_has_an_example_that_fits(operation: Operation) -> None:
    for place, media_type, content in operation.bodies():
        if not media_type.endswith("json"):
            continue
        assert "example" in content, f"{operation} {place}"
        schema = {**content["schema"], "components": document()["components"]}
        assert [fault.message for fault in OAS31Validator(schema).iter_errors(content["example"])] == []


@every_operation()
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    assert operation.said["description"].endswith((".", ")"))
    assert len(operation.said["tags"]) == 1
