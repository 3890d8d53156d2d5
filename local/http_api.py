"""An HTTP API of API Gateway, payload format 2.0: which route a request takes, and events and answers. Pure.

The emulator has an API Gateway of its own, but it answers OPTIONS itself, gives every client one address, leaves
cookies where AWS does not, and words errors differently. So the gateway takes only the deployed routes from it.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

Headers = Sequence[tuple[str, str]]
Json = dict[str, Any]

MAX_BODY_BYTES = 6 * 1024 * 1024 - 64 * 1024  # Lambda takes an event of 6 MB, the request's frame included
SECURITY_HEADERS = (  # as every answer of a function has them
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
)
INTEGRATION_TIMEOUT_S = 30.0

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml", "application/problem+json")
_JOINED_APART = frozenset({"cookie"})  # has its own place in the event


@dataclass(frozen=True)
class Route:
    """One route of the API; `function` is the name to invoke."""

    key: str
    function: str
    method: str
    pattern: re.Pattern[str] | None  # None takes what no other route takes
    rank: tuple[bool, int, bool]


@dataclass(frozen=True)
class Request:
    """What arrived, undecoded."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    source_ip: str
    port: int

    def header(self, name: str) -> str:
        """All values of a header, joined as API Gateway joins them."""
        return ",".join(value for key, value in self.headers if key == name)


@dataclass(frozen=True)
class Answer:
    """What goes back, byte for byte."""

    status: int
    headers: Headers
    body: bytes


def route(key: str, function: str) -> Route:
    """A route from its key, such as `GET /v1/orders/{id}` or `$default`."""
    if key == "$default":
        return Route(key, function, "ANY", None, (False, -1, False))
    method, path = key.split(" ", 1)
    parts = path.strip("/").split("/")
    literals = sum(not part.startswith("{") for part in parts)
    return Route(key, function, method, re.compile(_pattern(path)), ("+}" not in path, literals, method != "ANY"))


def choose(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The most specific route that fits and its path parameters, or None."""
    fitting = []
    for one in routes:
        if one.method not in {"ANY", method}:
            continue
        found = one.pattern.fullmatch(path) if one.pattern else None
        if found or one.pattern is None:
            fitting.append((one.rank, one, found.groupdict() if found else {}))
    if not fitting:
        return None
    _, best, parameters = max(fitting, key=lambda fit: fit[0])
    return best, {name: unquote(value) for name, value in parameters.items()}


def event(request: Request, taken: Route, parameters: Mapping[str, str], *, request_id: str, now: datetime) -> Json:
    """The event that the function gets."""
    text = _is_text(request.header("content-type"))
    cookies = [part for part in re.split(r";\s*", request.header("cookie")) if part]
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    body = request.body.decode("utf-8", "replace") if text else base64.b64encode(request.body).decode()
    return {
        "version": "2.0",
        "routeKey": taken.key,
        "rawPath": _decoded(request.raw_path),
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": _event_headers(request),
        **({"queryStringParameters": {name: ",".join(values) for name, values in query.items()}} if query else {}),
        **({"pathParameters": dict(parameters)} if parameters else {}),
        "requestContext": _context(request, taken, request_id=request_id, now=now),
        **({"body": body} if request.body else {}),
        "isBase64Encoded": bool(request.body) and not text,
    }


def answer(payload: Any) -> Answer:
    """What a function returned, as the client gets it."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        return Answer(200, (("content-type", "application/json"),), json.dumps(payload).encode())
    headers = [(name.lower(), str(value)) for name, value in (payload.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in payload.get("cookies") or []]
    body = payload.get("body") or ""
    if body and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    content = base64.b64decode(body) if payload.get("isBase64Encoded") else str(body).encode()
    return Answer(int(payload["statusCode"]), tuple(headers), content)


def problem(status: int, code: str, detail: str, *, path: str, request_id: str) -> Answer:
    """An answer that no function gave: in our own shape under /v1, in API Gateway's elsewhere."""
    if not path.startswith("/v1/"):
        return Answer(status, (("content-type", "application/json"),), json.dumps({"message": detail}).encode())
    title = {413: "Content Too Large", 500: "Internal Server Error", 503: "Service Unavailable"}[status]
    told = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    retry = (("retry-after", "1"),) if status == 503 else ()
    headers = (("content-type", "application/problem+json"), ("x-request-id", request_id), *SECURITY_HEADERS, *retry)
    return Answer(status, headers, json.dumps(told).encode())


def _pattern(path: str) -> str:
    greedy = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", re.escape(path))
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", greedy)


def _decoded(raw_path: str) -> str:
    """API Gateway decodes every escape of a path except the escaped percent sign."""
    return unquote(raw_path.replace("%25", "%2525"))


def _is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT_TYPES


def _event_headers(request: Request) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in request.headers:
        if name not in _JOINED_APART:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    came_through = joined.get("x-forwarded-for")
    return joined | {
        "x-forwarded-for": f"{came_through}, {request.source_ip}" if came_through else request.source_ip,
        "x-forwarded-port": str(request.port),
        "x-forwarded-proto": "http",
    }


def _context(request: Request, taken: Route, *, request_id: str, now: datetime) -> Json:
    host = request.header("host").partition(":")[0]
    return {
        "accountId": "000000000000",
        "apiId": host.partition(".")[0],
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": _decoded(request.raw_path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": request_id,
        "routeKey": taken.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }
