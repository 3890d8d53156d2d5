"""What an Idempotency-Key does."""

import asyncio
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from inventory.locations import router
from local.testing import DataCloud
from storekeeper.edge.app import create_app, lambda_handler
from storekeeper.kernel.table import Table
from storekeeper.tenancy import load_settings
from tests.emulated import all_items
from tests.functions.conftest import Api, MakeSecret, Reply

KEY = {"Idempotency-Key": "order-of-the-day-1"}
LOCATION = {"name": "East"}


@pytest.fixture
def client(cloud: DataCloud, make_secret: MakeSecret) -> Api:
    """Calls the routes of locations."""
    return Api(lambda_handler(create_app(router)), key=make_secret())


def locations(table: Table) -> list[str]:
    return sorted(location.name for location in load_settings(table).locations.values())


def test_a_repeat_gets_the_first_answer_again(client: Api, table: Table) -> None:
    first = client.post("/v1/locations", LOCATION, headers=KEY)

    again = client.post("/v1/locations", raw='{ "name":"East" }', headers=KEY)

    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert locations(table) == ["East", "Main location"]


def test_another_body_under_the_same_key_is_refused(client: Api, table: Table) -> None:
    client.post("/v1/locations", LOCATION, headers=KEY)

    reply = client.post("/v1/locations", {"name": "West"}, headers=KEY)

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert locations(table) == ["East", "Main location"]


def test_a_key_is_its_caller_s_own(client: Api, make_secret: MakeSecret, table: Table) -> None:
    client.post("/v1/locations", LOCATION, headers=KEY)

    reply = client.post("/v1/locations", LOCATION, headers=KEY, key=make_secret())

    assert "idempotency-replayed" not in reply.headers
    assert locations(table) == ["East", "East", "Main location"]


def test_a_key_is_free_again_after_a_day(client: Api, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post("/v1/locations", LOCATION, headers=KEY)
    day_after = datetime.fromisoformat(client.get("/v1/locations").json["data"][-1]["created_at"]) + timedelta(days=1)
    monkeypatch.setattr("storekeeper.kernel.clock.utc_now", lambda: day_after)

    reply = client.post("/v1/locations", LOCATION, headers=KEY)

    assert reply.status == 201
    assert "idempotency-replayed" not in reply.headers
    assert locations(table) == ["East", "East", "Main location"]


@pytest.mark.parametrize(
    "key",
    [pytest.param("k" * 15, id="too_short"), pytest.param("k" * 256, id="too_long"), pytest.param("", id="empty")],
)
def test_a_malformed_key_is_invalid(client: Api, table: Table, key: str) -> None:
    reply = client.post("/v1/locations", LOCATION, headers={"Idempotency-Key": key})

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["Idempotency-Key"]
    assert locations(table) == ["Main location"]


def test_a_refused_request_is_not_remembered(client: Api) -> None:
    client.post("/v1/locations", {"name": ""}, headers=KEY)

    reply = client.post("/v1/locations", LOCATION, headers=KEY)

    assert reply.status == 201


def test_of_many_at_once_one_takes_effect(client: Api, make_secret: MakeSecret, table: Table) -> None:
    """Threads of one process here; processes over HTTP race in the whole stack's tests."""
    secret, start = make_secret(), Barrier(6)
    replies: list[Reply] = []

    def call() -> None:
        with closing(asyncio.new_event_loop()) as loop:
            asyncio.set_event_loop(loop)
            start.wait()
            replies.append(client.post("/v1/locations", LOCATION, headers=KEY, key=secret))

    threads = [Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert locations(table) == ["East", "Main location"]
    assert {reply.status for reply in replies} <= {201, 409}
    assert {reply.code for reply in replies if reply.status == 409} <= {"idempotency_key_in_use"}
    assert len({reply.json["id"] for reply in replies if reply.status == 201}) == 1


def test_what_is_remembered_cannot_be_read_in_the_table(client: Api, cloud: DataCloud, table: Table) -> None:
    client.post("/v1/locations", {"name": "Behind the harbour"}, headers=KEY)

    marks = [item for item in all_items(cloud) if item["type"] == "mark" and table.tenant_id in item["pk"]]

    assert len(marks) == 1
    assert "harbour" not in str(marks)
    assert KEY["Idempotency-Key"] not in str(marks)


def test_the_answer_of_a_lost_race_names_the_time_to_try_again(
    client: Api, monkeypatch: pytest.MonkeyPatch, table: Table
) -> None:
    client.post("/v1/locations", LOCATION, headers=KEY)
    # Both look before either has written.
    monkeypatch.setattr("storekeeper.kernel.idempotency.find_answer", lambda _, **__: None)

    reply = client.post("/v1/locations", LOCATION, headers=KEY)

    assert (reply.status, reply.code, reply.headers["retry-after"]) == (409, "idempotency_key_in_use", "1")
    assert locations(table) == ["East", "Main location"]
