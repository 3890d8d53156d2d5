"""Refusals as `application/problem+json` (RFC 9457): the one table from kinds of refusal to HTTP statuses."""

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from storekeeper.kernel.errors import Fault, Kind, StorekeeperError

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "urn:storekeeper:problem:"
MAX_FAULTS, MAX_PATH_LENGTH = 100, 200  # what a body made of faults alone gets back stays small
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
STATUSES: dict[Kind, int] = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "limited": 429,
    "unavailable": 503,
}
TITLES = {
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed since",
    413: "Too large",
    422: "Invalid",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


class ProblemFault(BaseModel, extra="allow"):
    """One field at fault; further members are facts about it."""

    field: str
    code: str
    detail: str


class Problem(BaseModel):
    """Every answer that is not a success. `code` is stable; `errors` is there where fields are at fault."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[ProblemFault] | None = None


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    request_id: str,
    faults: Sequence[Fault] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem as an HTTP answer."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + code,
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if faults:
        body["errors"] = [
            {"field": fault.field, "code": fault.code, "detail": fault.detail, **dict(fault.facts)} for fault in faults
        ]
    return Response(orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def request_id_of(request: Request) -> str:
    """The id under which this request is logged and its writes are stamped."""
    return str(request.scope["state"]["request_id"])


async def answer_refusal(request: Request, refusal: Exception) -> Response:
    """A refusal of the domain."""
    if not isinstance(refusal, StorekeeperError):
        raise TypeError("registered for StorekeeperError only") from refusal
    status = STATUSES[refusal.kind]
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status,
        refusal.code,
        refusal.detail,
        request_id=request_id_of(request),
        faults=refusal.faults,
        headers=headers,
    )


async def answer_malformed(request: Request, malformed: Exception) -> Response:
    """Input that does not have the documented form."""
    if not isinstance(malformed, RequestValidationError):
        raise TypeError("registered for RequestValidationError only") from malformed
    errors = malformed.errors()[:MAX_FAULTS]
    faults = [Fault(_path(error["loc"]), error["type"], error["msg"]) for error in errors]
    detail = "The request is malformed; see errors."
    return problem(422, "malformed", detail, request_id=request_id_of(request), faults=faults)


def _path(location: Sequence[str | int]) -> str:
    """`("body", "items", 0, "sku")` as `items.0.sku`; parameters by their name; a body that is no JSON as `body`."""
    is_offset = len(location) == 2 and isinstance(location[1], int)
    parts = location[:1] if is_offset else location[1:] or location
    path = ".".join(str(part) for part in parts)[:MAX_PATH_LENGTH]
    return path.encode(errors="replace").decode()  # an unknown member may be named by half a character


async def answer_http_error(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: no such route, wrong method, unreadable body."""
    if not isinstance(error, HTTPException):
        raise TypeError("registered for HTTPException only") from error
    codes = {404: "route_unknown", 405: "method_not_allowed"}
    status, detail = 422 if error.status_code == 400 else error.status_code, str(error.detail)
    headers = dict(error.headers or {})
    if status == 405 and (allowed := _allowed(request)):
        headers["Allow"] = ", ".join(allowed)
    elif status == 405:  # only a preflight, which asks about any address, would be answered there
        status, detail, headers = 404, "Not Found", {}
    return problem(status, codes.get(status, "malformed"), detail, request_id=request_id_of(request), headers=headers)


def _allowed(request: Request) -> list[str]:
    """The methods for which there is a route with this path: each is a route of its own."""
    asked = ({**request.scope, "method": method} for method in METHODS)
    return [scope["method"] for scope in asked if any(_answers(route, scope) for route in request.app.routes)]


def _answers(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is Match.FULL
