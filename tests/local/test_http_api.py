"""Which route a request takes, what the function gets, and what goes back."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.http_api import SECURITY_HEADERS, Answer, Headers, Request, answer, choose, event, problem, route

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ROUTES = [
    route("$default", "api"),
    route("GET /health", "api"),
    route("ANY /v1/stores", "stores"),
    route("ANY /v1/stores/{proxy+}", "stores"),
    route("ANY /v1/stores/{id}/listings", "catalog"),
    route("ANY /v1/stores/{id}/listings/{proxy+}", "catalog"),
    route("POST /v1/hooks/{proxy+}", "webhooks_in"),
]


def request(
    method: str = "GET", path: str = "/health", *, query: str = "", headers: Headers = (), body: bytes = b""
) -> Request:
    return Request(method, path, query, [("host", "harbour.localhost:8000"), *headers], body, "127.0.0.1", 8000)


def event_of(sent: Request) -> dict[str, Any]:
    taken, parameters = choose(ROUTES, sent.method, sent.raw_path) or (ROUTES[0], {})
    return event(sent, taken, parameters, request_id="req-1", now=NOW)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/health", "api", {}),
        ("POST", "/health", "api", {}),
        ("GET", "/v1/stores", "stores", {}),
        ("PATCH", "/v1/stores/sto_1", "stores", {"proxy": "sto_1"}),
        ("GET", "/v1/stores/sto_1/domains/a", "stores", {"proxy": "sto_1/domains/a"}),
        ("POST", "/v1/stores/sto_1/listings", "catalog", {"id": "sto_1"}),
        ("GET", "/v1/stores/sto_1/listings/lst%20_1", "catalog", {"id": "sto_1", "proxy": "lst _1"}),
        ("POST", "/v1/hooks/stripe", "webhooks_in", {"proxy": "stripe"}),
        ("GET", "/v1/hooks/stripe", "api", {}),
        ("GET", "/nowhere", "api", {}),
    ],
)
def test_the_most_specific_route_is_taken(method: str, path: str, function: str, parameters: dict[str, str]) -> None:
    chosen = choose(ROUTES, method, path)

    assert chosen is not None
    assert (chosen[0].function, chosen[1]) == (function, parameters)


def test_an_api_without_default_route_takes_nothing_else() -> None:
    assert choose([route("GET /health", "api")], "GET", "/nowhere") is None


def test_the_function_sees_the_request_as_behind_api_gateway() -> None:
    headers = [("cookie", "a=1; b=2"), ("x-twice", "1"), ("x-twice", "2"), ("content-type", "application/json")]
    seen = event_of(request("POST", "/v1/stores/a%252Fb%20c", query="x=1&x=2&e=", headers=headers, body=b'{"a":1}'))

    assert seen["version"] == "2.0"
    assert seen["routeKey"] == "ANY /v1/stores/{proxy+}"
    assert seen["rawPath"] == "/v1/stores/a%252Fb c"
    assert seen["rawQueryString"] == "x=1&x=2&e="
    assert seen["queryStringParameters"] == {"x": "1,2", "e": ""}
    assert seen["cookies"] == ["a=1", "b=2"]
    assert seen["body"] == '{"a":1}'
    assert seen["isBase64Encoded"] is False
    assert seen["headers"] == {
        "host": "harbour.localhost:8000",
        "x-twice": "1,2",
        "content-type": "application/json",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "8000",
        "x-forwarded-proto": "http",
    }
    assert seen["requestContext"]["domainName"] == "harbour.localhost"
    assert seen["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert seen["requestContext"]["timeEpoch"] == 1795161600000


def test_a_request_without_body_query_and_cookies_names_none() -> None:
    seen = event_of(request())

    assert seen.keys().isdisjoint({"body", "cookies", "queryStringParameters", "pathParameters"})


def test_a_body_that_is_not_text_travels_as_base64() -> None:
    seen = event_of(request("POST", "/v1/stores", headers=[("content-type", "image/png")], body=b"\x89\xff"))

    assert (seen["body"], seen["isBase64Encoded"]) == (base64.b64encode(b"\x89\xff").decode(), True)


def test_a_proxy_s_addresses_are_kept_before_the_client_s() -> None:
    seen = event_of(request(headers=[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")]))

    assert seen["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert seen["headers"]["x-forwarded-proto"] == "http"


def test_an_answer_goes_back_byte_for_byte() -> None:
    given = answer(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "image/png", "ETag": '"1"'},
            "cookies": ["a=1", "b=2"],
            "body": base64.b64encode(b"\x89\xff").decode(),
            "isBase64Encoded": True,
        }
    )

    headers = (("content-type", "image/png"), ("etag", '"1"'), ("set-cookie", "a=1"), ("set-cookie", "b=2"))
    assert given == Answer(201, headers, b"\x89\xff")


def test_an_answer_without_status_is_json() -> None:
    assert answer({"a": 1}) == Answer(200, (("content-type", "application/json"),), b'{"a": 1}')


def test_what_no_function_answered_is_a_problem_under_v1() -> None:
    given = problem(503, "unavailable", "Service Unavailable", path="/v1/me", request_id="req-1")

    assert dict(given.headers) == {
        "content-type": "application/problem+json",
        "x-request-id": "req-1",
        "retry-after": "1",
        **dict(SECURITY_HEADERS),
    }
    assert json.loads(given.body) == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Service Unavailable",
        "code": "unavailable",
        "request_id": "req-1",
    }


def test_elsewhere_it_is_api_gateway_s_own_message() -> None:
    given = problem(500, "internal", "Internal Server Error", path="/console", request_id="req-1")

    assert json.loads(given.body) == {"message": "Internal Server Error"}


def test_an_answer_without_body_is_given_no_content_type() -> None:
    assert answer({"statusCode": 204, "headers": {"X-Request-Id": "1"}}) == Answer(204, (("x-request-id", "1"),), b"")
