"""What every answer is like, whoever gives it: gateway, edge or function."""

import time

import httpx
import pytest

from local.testing import RunningStack
from tests.stack.shop import Merchant, Shop, found, open_shop

pytestmark = pytest.mark.stack

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}
MIB = 1024 * 1024


def test_health_needs_no_key(http: httpx.Client) -> None:
    answer = http.get("/health")

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1", 404, "route_unknown"),
        ("GET", "/v1/nothing", 404, "route_unknown"),
        ("GET", "/v1/orders/ord_1/nothing", 404, "route_unknown"),
        ("GET", "/v1/storefront/nobody.localhost/settings", 404, "not_found"),
        ("GET", "/v1/storefront/nobody.localhost/nothing", 404, "route_unknown"),
        ("PUT", "/v1/products", 405, "method_not_allowed"),
        ("DELETE", "/health", 405, "method_not_allowed"),
        ("POST", "/v1/orders", 405, "method_not_allowed"),
        ("GET", "/v1/products", 401, "unauthenticated"),
        ("POST", "/v1/hooks/stripe", 401, "signature_invalid"),
        ("POST", "/v1/hooks/nobody", 404, "route_unknown"),
    ],
)
def test_what_is_no_success_is_a_problem(http: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    answer = http.request(method, path)

    assert_problem(answer, status, code)


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    """An RFC 9457 problem with our members, and the headers that every answer has."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert answer.headers.items() >= SECURITY_HEADERS.items()


def test_malformed_bodies_are_problems_that_name_the_field(merchant: Merchant) -> None:
    headers = merchant.authorization | {"Content-Type": "application/json"}
    bodies = [b"{", b"[]", b'"text"', b"\xff\xfe", b'{"title": 1}', b"null", b"", b'{"title": "\\ud800"}']

    for body in bodies:
        answer = merchant.http.post("/v1/products", content=body, headers=headers)
        assert_problem(answer, 422, "malformed")
        assert answer.json()["errors"]


def test_a_body_that_is_nested_without_end_is_malformed(merchant: Merchant) -> None:
    headers = merchant.authorization | {"Content-Type": "application/json"}

    answer = merchant.http.post("/v1/products", content=b"[" * 100_000, headers=headers)

    assert_problem(answer, 422, "malformed")


@pytest.mark.parametrize("size", [MIB + 1, 3 * MIB, 12 * MIB])
def test_a_body_over_one_mebibyte_is_too_large(merchant: Merchant, size: int) -> None:
    answer = merchant.http.post("/v1/products", content=b" " * size, headers=merchant.authorization)

    assert_problem(answer, 413, "too_large")


def test_a_body_of_one_mebibyte_is_read(merchant: Merchant) -> None:
    answer = merchant.http.post("/v1/products", content=b" " * MIB, headers=merchant.authorization)

    assert answer.status_code == 422


def test_successes_have_the_headers_too(shop: Shop) -> None:
    answers = [
        shop.http.get("/health"),
        shop.http.get("/v1/openapi.json"),
        shop.http.get(f"{shop.path}/settings"),
        shop.merchant.call("GET", "/v1/me"),
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers.items() >= SECURITY_HEADERS.items()
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_pages_of_a_store_s_own_domain_may_call_it_and_no_others(shop: Shop, merchant: Merchant) -> None:
    own, neighbor = f"https://{shop.domain}", f"https://{open_shop(merchant).domain}"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = "access-control-allow-origin"

    answers = {
        origin: (
            shop.http.get(f"{shop.path}/settings", headers={"Origin": origin}),
            shop.http.options(f"{shop.path}/carts", headers={"Origin": origin} | asked),
            shop.http.get(f"{shop.path}/products/none", headers={"Origin": origin}),
        )
        for origin in (own, neighbor, "https://evil.example", "null")
    }

    assert [answer.headers.get(allowed) for answer in answers.pop(own)] == [own] * 3
    for origin, refused in answers.items():
        assert [answer.headers.get(allowed) for answer in refused] == [None] * 3, origin
    assert allowed not in merchant.http.get("/v1/products", headers=merchant.authorization | {"Origin": own}).headers


def test_failed_tracking_look_ups_are_limited(stack: RunningStack, http: httpx.Client) -> None:
    """By tenant and address: a tenant of its own, so that this does not stand in the way of other tests."""
    shop = open_shop(found(stack, http, "tracked"))
    purchase = shop.bought(shop.put_on_sale(1), method="manual")
    path = f"{shop.path}/orders/{purchase.number}/track"

    if (second := time.time() % 60) > 50:  # the count begins anew with each minute
        time.sleep(60 - second)

    answers = [shop.http.get(path, params={"email": f"guess-{place}@shop.example"}) for place in range(12)]

    assert [answer.status_code for answer in answers] == [404] * 10 + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert shop.http.get(path, params={"email": purchase.email}).status_code == 429
