"""Health, the merged OpenAPI document; every address that no function has is a 404 problem of the edge's."""

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from storekeeper.edge.app import VERSION, create_app, lambda_handler

DOCUMENT = Path(__file__).with_name("openapi.json")
KEPT_S = 300

router = APIRouter(tags=["Service"])


class HealthOut(BaseModel):
    """The service answers."""

    status: Literal["ok"]
    stage: Annotated[str, Field(examples=["production"])]
    version: Annotated[str, Field(examples=["1.0.0"])]


@router.get("/health")
async def read_health() -> HealthOut:
    """Whether the service answers. Needs no key and reads nothing."""
    return HealthOut(status="ok", stage=os.environ.get("STAGE", "local"), version=VERSION)


@router.get(
    "/v1/openapi.json",
    response_class=Response,
    responses={
        200: {
            "description": "This document.",
            "content": {"application/json": {"schema": {"type": "object", "examples": [{"openapi": "3.1.0"}]}}},
        },
        304: {"description": "It has not changed since `If-None-Match`."},
    },
)
async def read_openapi(if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The whole API as OpenAPI 3.1. Needs no key."""
    text, etag = _document()
    headers = {"etag": etag, "cache-control": f"public, max-age={KEPT_S}"}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="application/json")


@cache
def _document() -> tuple[bytes, str]:
    text = DOCUMENT.read_bytes()
    return text, f'"{hashlib.sha256(text).hexdigest()[:16]}"'


app = create_app(router)
handler = lambda_handler(app)
