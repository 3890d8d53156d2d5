"""Examples of bodies, put together from the examples of their fields, so that each is said once and all stay valid."""

from typing import Any, TypeAlias

from storekeeper.edge.fields import ID_PATTERN
from storekeeper.edge.problems import TYPE_BASE

Json: TypeAlias = dict[str, Any]

ANY_TEXT = "text"
BY_FORMAT = {"date-time": "2026-11-20T07:32:00.000Z", "date": "2026-11-20"}
ID_BODY = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
ID_PREFIXES = {  # by the first word of the member's name; what is not here is named as its prefix
    "product": "prd",
    "store": "sto",
    "listing": "lst",
    "location": "loc",
    "category": "cat",
    "parent": "cat",
    "collection": "col",
    "before": "prd",
    "after": "prd",
    "order": "ord",
    "image": "img",
    "rule": "rul",
    "alert": "alr",
    "supplier": "sup",
    "purchase": "pur",
}
REQUEST_ID = "JKJaXmPLvHcESHA="
CODES = {
    401: "unauthenticated",
    403: "scope_missing",
    404: "not_found",
    409: "contended",
    412: "stale_version",
    413: "too_large",
    422: "malformed",
    429: "rate_limited",
    503: "unavailable",
}


def complete_examples(document: Json) -> None:
    """Give every JSON body of every operation an example, unless it has one."""
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in part.get("content", {}).values():
                    _set_example(content, schemas)


def _set_example(content: Json, schemas: Json) -> None:
    if "schema" in content and not {"example", "examples"} & content.keys():
        content["example"] = example_of(content["schema"], schemas)


def example_problem(status: int, title: str) -> Json:
    """A problem as an operation answers it."""
    code = CODES.get(status, "refused")
    return {
        "type": TYPE_BASE + code,
        "title": title,
        "status": status,
        "detail": title,
        "code": code,
        "request_id": REQUEST_ID,
    }


def example_of(schema: Json, schemas: Json) -> Any:
    """A value that the schema allows: its first example, else its default, else one made of its parts."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for given in (schema.get("examples", [])[:1], schema.get("enum", [])[:1]):
        if given:
            return given[0]
    for name in ("example", "default", "const"):
        if name in schema:
            return schema[name]
    return _made(schema, schemas)


def _member(name: str, schema: Json, schemas: Json) -> Any:
    """An id is named after the member that holds it: it says more than any text that fits."""
    example = example_of(schema, schemas)
    is_id = any(part.get("pattern") == ID_PATTERN for part in (schema, *schema.get("anyOf", [])))
    if is_id and example == ANY_TEXT:
        word = name.partition("_")[0]
        return f"{ID_PREFIXES.get(word, word)}_{ID_BODY}"
    return example


def _made(schema: Json, schemas: Json) -> Any:
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return example_of(choices[0], schemas)
    kind = schema.get("type")
    if kind == "object":
        return {name: _member(name, part, schemas) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example_of(schema["items"], schemas)] if "items" in schema else []
    if kind == "string":
        return BY_FORMAT.get(schema.get("format", ""), ANY_TEXT)
    return {"integer": int(schema.get("minimum", 1)), "boolean": True}.get(str(kind))
