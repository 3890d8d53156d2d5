"""Makes a function's FastAPI application, and the Lambda handler around it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from mangum import Mangum
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from storekeeper.edge import problems
from storekeeper.edge.once import Replay, answer_replay
from storekeeper.edge.starting import leave_alone_what_stays
from storekeeper.kernel.errors import StorekeeperError

VERSION = "1.0.0"
SHOPPERS = "/v1/storefront/"
MAX_BODY_BYTES = 1024 * 1024
UNREADABLE = 400  # what the framework makes of a body in no known encoding
TEXT_TYPES = ("text/", "application/json", problems.MEDIA_TYPE)  # anything else is handed over as base64
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}

Answer: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]

logger = Logger(serialize_stacktrace=False)


class Application(FastAPI):
    """FastAPI, with our own account of itself."""

    def openapi(self) -> dict[str, Any]:
        """This function's part of the OpenAPI document."""
        from storekeeper.edge.openapi import describe  # no request needs it

        return describe(self)


def create_app(*routers: APIRouter) -> FastAPI:
    """An application whose every answer has our shape: problems, request id, security headers, size limit."""
    app = Application(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # we log what may be known
        generate_unique_id_function=_operation_id,
    )
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(StorekeeperError, problems.answer_refusal)
    app.add_exception_handler(RequestValidationError, _to_known_callers(problems.answer_malformed))
    app.add_exception_handler(HTTPException, _to_known_callers(problems.answer_http_error))
    app.add_exception_handler(Replay, answer_replay)
    app.add_middleware(Envelope)
    return app


def _to_known_callers(answer: Answer) -> Answer:
    """Answers what cannot be read only to those who may call the route; others are told that they may not."""

    async def answer_known_caller(request: Request, error: Exception) -> Response:
        from storekeeper.edge.call import admit_unread  # functions without a merchant's route do not load it

        try:
            if not isinstance(error, HTTPException) or error.status_code == UNREADABLE:
                await admit_unread(request)
        except StorekeeperError as refusal:
            return await problems.answer_refusal(request, refusal)
        return await answer(request, error)

    return answer_known_caller


def _operation_id(route: APIRoute) -> str:
    """The endpoint's name, which stays when routes move; shoppers' and merchants' may have the same."""
    return f"shop_{route.name}" if SHOPPERS in route.path_format else route.name


def lambda_handler(app: FastAPI) -> Callable[[dict[str, Any], Any], Any]:
    """The application as a Lambda function behind an HTTP API (payload 2.0)."""
    leave_alone_what_stays()
    return Mangum(app, lifespan="off", text_mime_types=[*TEXT_TYPES])


class Envelope:
    """What surrounds every request: its id, its size limit, the headers of its answer, its one log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        sent: list[int] = []

        async def send_enveloped(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {"x-request-id": request_id, **SECURITY_HEADERS, **_cors(scope)}
                sent.append(message["status"])
                message["headers"] = _with_headers(message["headers"], ours)
            await send(message)

        try:
            if _declared_length(scope) > MAX_BODY_BYTES:
                await _too_large(request_id)(scope, receive, send_enveloped)
            else:
                await self._app(scope, receive, send_enveloped)
        except Exception:
            logger.exception("request.failed", extra={"request_id": request_id})
            if sent:
                raise
            await _internal_error(request_id)(scope, receive, send_enveloped)
        finally:
            _log(scope, request_id, sent, started)


def _cors(scope: Scope) -> dict[str, str]:
    """What the visit of a store said; where none was made, what it would have said: pages read refusals too."""
    state = scope["state"]
    if "cors" not in state and scope["path"].startswith(SHOPPERS):
        from storekeeper.edge.shopper import cors_unvisited  # functions without a shopper's route do not load it

        state["cors"] = {}  # asked once: where it fails, the answer that says so goes without
        state["cors"] = cors_unvisited(Request(scope), scope["path"].removeprefix(SHOPPERS).partition("/")[0])
    said: dict[str, str] = state.get("cors", {})
    return said


def _request_id(scope: Scope) -> str:
    context = scope.get("aws.event", {}).get("requestContext", {})
    return str(context.get("requestId") or ULID())


def _declared_length(scope: Scope) -> int:
    """The body's bytes: API Gateway hands bodies over whole, so that the header, which Mangum sets, is right."""
    event = scope.get("aws.event", {})
    body = event.get("body") or ""
    length = len(body) * 3 // 4 - body.count("=", -2) if event.get("isBase64Encoded") else len(body.encode())
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return max(length, _number(declared))


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() and len(text) < 16 else 0


def _with_headers(headers: Sequence[tuple[bytes, bytes]], ours: dict[str, str]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    return [*headers, *((n.encode(), v.encode()) for n, v in ours.items() if n.encode() not in present)]


def _too_large(request_id: str) -> Response:
    return problems.problem(413, "too_large", "The body is over 1 MiB.", request_id=request_id)


def _internal_error(request_id: str) -> Response:
    detail = "Something failed on our side; nothing more is known. Quote the request_id."
    return problems.problem(500, "internal", detail, request_id=request_id)


def _log(scope: Scope, request_id: str, sent: Sequence[int], started: float) -> None:
    route = scope.get("route")
    logger.info(
        "request.answered",
        extra={
            "request_id": request_id,
            "method": scope["method"],
            "route": getattr(route, "path", None),
            "status": sent[0] if sent else None,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        },
    )
