"""How much a product may hold: what is over that is refused, and never a fault of ours."""

import json
from typing import Any

from tests.functions.conftest import Api


def test_custom_fields_cannot_grow_patch_by_patch_without_end(client: Api, mug: dict[str, Any]) -> None:
    path = f"/v1/products/{mug['id']}"
    client.patch(path, {"custom_fields": {f"a{number}": "x" for number in range(50)}})

    more = client.patch(path, {"custom_fields": {"b": "x"}})
    other = client.patch(path, {"custom_fields": {"a0": None, "b": "x"}})

    assert (more.status, more.json["errors"][0]["code"]) == (422, "too_many_members")
    assert (other.status, len(other.json["custom_fields"])) == (200, 50)


def test_a_product_of_nothing_but_text_is_refused(client: Api) -> None:
    fields = {f"a{number}": "\N{ROCKET}" * 2_000 for number in range(50)}
    body = {"title": "Mug", "description": "x" * 65_536, "custom_fields": fields}

    reply = client.post("/v1/products", raw=json.dumps(body, ensure_ascii=False))

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, "custom_fields_too_long")


def test_as_much_text_as_may_be_is_kept_and_remembered(client: Api) -> None:
    fields = {f"a{number}": "\N{ROCKET}" * 327 for number in range(50)}
    seo = {"description": "\N{ROCKET}" * 5_000, "keywords": ["\N{ROCKET}" * 250 + str(number) for number in range(50)]}
    body = {"title": "Mug", "description": "x" * 65_536, "custom_fields": fields, "seo": seo}

    reply = client.post(
        "/v1/products", raw=json.dumps(body, ensure_ascii=False), headers={"Idempotency-Key": "everything-there-is"}
    )

    assert reply.status == 201
