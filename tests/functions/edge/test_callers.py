"""Who may call: nobody without a good key and its scope, and nobody too often. `stores` stands for all functions."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import Api, MakeSecret
from tests.functions.edge.shape import assert_is_problem

GetApi: TypeAlias = Callable[[str], Api]


def test_a_call_without_a_key_is_refused(api: GetApi) -> None:
    reply = api("stores").get("/v1/stores", key=None)

    assert_is_problem(reply, 401, "unauthenticated")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer stk_nobody_has_this", id="unknown"),
        pytest.param("Bearer ", id="empty"),
        pytest.param("Basic c3RrOg==", id="of_another_scheme"),
        pytest.param("Bearer " + "k" * 8_000, id="very_long"),
        pytest.param("Bearer schlüssel", id="not_ascii"),
    ],
)
def test_a_wrong_key_is_refused(api: GetApi, header: str) -> None:
    reply = api("stores").get("/v1/stores", key=None, headers={"Authorization": header})

    assert_is_problem(reply, 401, "unauthenticated")


def test_a_key_without_the_scope_is_refused(api: GetApi, make_secret: MakeSecret) -> None:
    reply = api("stores").post("/v1/stores", {"name": "Harbour"}, key=make_secret("stores:read"))

    assert_is_problem(reply, 403, "scope_missing")
    assert reply.json["detail"] == "The key lacks the scope stores:write."


UNREADABLE = [pytest.param(b'{"name"', id="broken"), pytest.param(b'{"name": "\xff"}', id="not_utf8")]


@pytest.mark.parametrize("raw", UNREADABLE)
def test_a_body_that_cannot_be_read_tells_nothing_to_a_stranger(
    api: GetApi, make_secret: MakeSecret, raw: bytes
) -> None:
    client = api("stores")

    stranger = client.post("/v1/stores", raw=raw, key=None)
    reader = client.post("/v1/stores", raw=raw, key=make_secret("stores:read"))

    assert_is_problem(stranger, 401, "unauthenticated")
    assert_is_problem(reader, 403, "scope_missing")
    assert_is_problem(client.post("/v1/stores", raw=raw), 422, "malformed")


def test_a_malformed_call_counts_once(api: GetApi, monkeypatch: pytest.MonkeyPatch) -> None:
    stands_still = datetime.fromisoformat("2026-11-20T12:00:00.500+00:00")
    monkeypatch.setattr("storekeeper.kernel.clock.utc_now", lambda: stands_still)
    client = api("stores")

    for raw in ("{", "{}") * 94:
        assert client.post("/v1/stores", raw=raw).status == 422

    assert_is_problem(client.post("/v1/stores", raw="{"), 429, "rate_limited")


def test_a_key_that_calls_too_often_is_told_when_to_come_back(
    api: GetApi, monkeypatch: pytest.MonkeyPatch, table: Table
) -> None:
    stands_still = datetime.fromisoformat("2026-11-20T12:00:00.500+00:00")
    monkeypatch.setattr("storekeeper.kernel.clock.utc_now", lambda: stands_still)
    client = api("stores")

    replies = [client.get("/v1/tenant") for _ in range(189)]

    assert [reply.status for reply in replies[:188]] == [200] * 188  # of 200; the rest is less than a leased block
    assert_is_problem(replies[188], 429, "rate_limited")
    assert replies[188].headers["retry-after"] == "1"
