"""How a function's part of the document is completed."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from storekeeper.edge.app import create_app
from storekeeper.edge.call import Call, requires
from storekeeper.edge.examples import ID_BODY, example_of
from storekeeper.edge.fields import Id, InModel, Name, Sku
from storekeeper.edge.shopper import Visit, visit


class LampIn(InModel):
    """A new lamp."""

    name: Name
    sku: Sku


class LampOut(BaseModel):
    """A lamp."""

    id: Id
    version: int


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    """The paths of a small function."""
    router = APIRouter(tags=["Lamps"])

    @router.post("/v1/lamps", status_code=201, responses={402: {"description": "The lamp must be paid."}})
    async def make_lamp(body: LampIn, call: Annotated[Call, requires("catalog:write")]) -> LampOut:
        """Make a lamp."""
        raise NotImplementedError

    @router.delete("/v1/lamps/{lamp_id}", status_code=204)
    async def delete_lamp(lamp_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
        """Delete a lamp."""

    @router.get("/v1/storefront/{domain}/lamps")
    async def list_lamps(visit: Annotated[Visit, Depends(visit)]) -> LampOut:
        """Look at lamps."""
        raise NotImplementedError

    document: dict[str, Any] = create_app(router).openapi()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    return {f"{method} {path}": said for path, ops in document["paths"].items() for method, said in ops.items()}


def test_a_creation_tells_its_scope_its_key_and_its_problems(paths: dict[str, Any]) -> None:
    made = paths["post /v1/lamps"]

    assert made["operationId"] == "make_lamp"
    assert made["security"] == [{"ApiKey": ["catalog:write"]}]
    assert [one["name"] for one in made["parameters"]] == ["Idempotency-Key"]
    assert list(made["responses"]) == ["201", "401", "402", "403", "409", "413", "422", "429", "503"]
    assert made["responses"]["402"]["description"] == "The lamp must be paid."
    assert set(made["responses"]["201"]["headers"]) == {"ETag", "Idempotency-Replayed"}
    assert made["requestBody"]["content"]["application/json"]["example"] == {"name": "text", "sku": "MUG-BLUE"}


def test_a_deletion_can_be_guarded(paths: dict[str, Any]) -> None:
    deleted = paths["delete /v1/lamps/{lamp_id}"]

    assert [one["name"] for one in deleted["parameters"]] == ["lamp_id", "If-Match"]
    assert list(deleted["responses"]) == ["204", "401", "403", "404", "409", "412", "429", "503"]


def test_a_shopper_needs_no_key(paths: dict[str, Any]) -> None:
    looked = paths["get /v1/storefront/{domain}/lamps"]

    assert looked["operationId"] == "shop_list_lamps"
    assert "security" not in looked
    assert list(looked["responses"]) == ["200", "404", "422", "429", "503"]


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string", "examples": ["a", "b"], "default": "c"}, "a"),
        ({"type": "string", "enum": ["x", "y"]}, "x"),
        ({"type": "string", "default": "c"}, "c"),
        ({"type": "string", "format": "date"}, "2026-11-20"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "boolean"}, True),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Lamp"}}, [{"on": True}]),
        ({"type": "array"}, []),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 1),
        ({"type": "null"}, None),
        (
            {"type": "object", "properties": {"product_id": {"type": "string", "pattern": "^[a-z]+_[0-9A-Za-z]+$"}}},
            {"product_id": f"prd_{ID_BODY}"},
        ),
    ],
)
def test_an_example_is_made_of_what_is_known(schema: dict[str, Any], example: Any) -> None:
    assert example_of(schema, {"Lamp": {"type": "object", "properties": {"on": {"type": "boolean"}}}}) == example
