"""What belongs to no context."""

import json
from pathlib import Path

import pytest

from api.app import DOCUMENT, app
from storekeeper.edge.app import lambda_handler
from tests.functions.conftest import Api
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "api"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Api:
    """Calls `api` without a key."""
    monkeypatch.setenv("STAGE", "staging")
    return Api(lambda_handler(app), key=None)


def test_health_needs_nothing(client: Api) -> None:
    reply = client.get("/health")

    assert (reply.status, reply.json) == (200, {"status": "ok", "stage": "staging", "version": "1.0.0"})


def test_the_document_is_served_as_it_was_made(client: Api) -> None:
    reply = client.get("/v1/openapi.json")

    assert reply.status == 200
    assert reply.json == json.loads(Path(DOCUMENT).read_text())
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "public, max-age=300"


def test_a_known_document_is_not_sent_again(client: Api) -> None:
    etag = client.get("/v1/openapi.json").headers["etag"]

    reply = client.get("/v1/openapi.json", headers={"If-None-Match": etag})

    assert (reply.status, reply.text, reply.headers["etag"]) == (304, "", etag)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/favicon.ico", "/v1/../etc/passwd"])
def test_any_other_address_is_a_problem(client: Api, path: str) -> None:
    reply = client.get(path)

    assert (reply.status, reply.code) == (404, "route_unknown")
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("name", "status"), {"read_health": 200, "read_openapi": 200, "ask_for_nothing": 404}.items())
def test_a_sample_event_is_answered(client: Api, name: str, status: int) -> None:
    reply = client.send(json.loads((EVENTS / f"{name}.json").read_text()))

    assert reply.status == status


def test_every_sample_event_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == {"read_health", "read_openapi", "ask_for_nothing"}
