"""The shape that every refusal has."""

from tests.functions.conftest import Reply

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def assert_is_problem(reply: Reply, status: int, code: str) -> None:
    """Status, media type, members and headers that every problem has."""
    assert (reply.status, reply.json["status"], reply.code) == (status, status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(reply.json) - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    assert reply.json["type"] == f"urn:storekeeper:problem:{code}"
    assert reply.json["request_id"] == reply.headers["x-request-id"] == "req_of_the_gateway"
    assert reply.headers.items() >= SECURITY.items()
    assert reply.json["detail"]
    assert reply.json["title"]
