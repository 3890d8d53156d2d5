"""Function tests hand a handler the event that API Gateway would, and look at its whole answer."""

import base64
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

import pytest

from local.testing import DataCloud
from storekeeper.kernel.table import Table
from storekeeper.tenancy import ALL_SCOPES, Scope
from storekeeper.tenancy.api_keys.use_cases import key_writes, make_key
from tests.emulated import cloud, make_store, make_tenant, now, other_table, store, table, wire

__all__ = ["cloud", "make_store", "make_tenant", "now", "other_table", "store", "table", "wire"]

MakeSecret: TypeAlias = Callable[..., str]


@dataclass(frozen=True)
class Reply:
    """A handler's answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.json["code"])


class Api:
    """Calls one function as API Gateway (payload 2.0) does; `key` is sent as the bearer token."""

    def __init__(self, handler: Callable[[dict[str, Any], Any], Any], *, key: str | None) -> None:
        self._handler, self._key = handler, key

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = "",
        raw: str | bytes | None = None,
        source_ip: str = "203.0.113.7",
    ) -> Reply:
        """One call. `raw` is sent as it is instead of `body`; `key=None` sends no key, a text that key."""
        sent = {"host": "api.example.com", **{name.lower(): value for name, value in (headers or {}).items()}}
        used_key = self._key if key == "" else key
        if used_key:
            sent["authorization"] = f"Bearer {used_key}"
        content = raw if raw is not None else None if body is None else json.dumps(body)
        if isinstance(content, str):
            content = content.encode()
        if content is not None:
            sent.setdefault("content-type", "application/json")
            sent["content-length"] = str(len(content))
        return self.send(http_event(method, path, content, query=query, headers=sent, source_ip=source_ip))

    def send(self, event: dict[str, Any]) -> Reply:
        """One event, such as a file of `events/`."""
        answer = self._handler(event, None)
        body = answer.get("body") or ""
        assert not answer.get("isBase64Encoded"), "the body is binary"
        return Reply(answer["statusCode"], {name.lower(): value for name, value in answer["headers"].items()}, body)

    def get(self, path: str, **options: Any) -> Reply:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self("DELETE", path, **options)


def http_event(
    method: str,
    path: str,
    body: bytes | None,
    *,
    query: Mapping[str, Any] | None,
    headers: Mapping[str, str],
    source_ip: str,
) -> dict[str, Any]:
    """An event of an HTTP API, payload 2.0."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}, doseq=True),
        "headers": dict(headers),
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source_ip, "userAgent": "t"},
            "requestId": "req_of_the_gateway",
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if body is None:
        return event
    try:
        return event | {"body": body.decode()}
    except UnicodeDecodeError:  # what is no text travels as base64
        return event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


@pytest.fixture
def make_secret(table: Table) -> MakeSecret:
    """Makes an API key and gives its secret: `make_secret("orders:read", table=other_table)`; all scopes if none is
    named.
    """

    def make(*scopes: Scope, table: Table = table) -> str:
        made = make_key(name="Test", scopes=scopes or ALL_SCOPES, now=datetime.now(UTC))
        table.write(*key_writes(made.key, table))
        return made.secret

    return make


@pytest.fixture
def api(cloud: DataCloud, make_secret: MakeSecret) -> Callable[[str], Api]:
    """`api("stores")` calls that function with a key of every scope, of the tenant of `table`."""
    return lambda function: Api(importlib.import_module(f"{function}.app").handler, key=make_secret())
