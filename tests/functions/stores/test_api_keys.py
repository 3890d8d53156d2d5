"""API keys over HTTP: shown once, never more than the maker has, and never the last one gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.kernel.table import Table
from tests.emulated import all_items
from tests.functions.conftest import Api, MakeSecret

GetApi: TypeAlias = Callable[[str], Api]


@pytest.fixture
def client(api: GetApi) -> Api:
    """Calls `stores` with a key of every scope."""
    return api("stores")


def own_id(client: Api, secret: str) -> str:
    return str(client.get("/v1/me", key=secret).json["key"]["id"])


def test_a_key_is_shown_once(client: Api) -> None:
    made = client.post("/v1/api-keys", {"name": "Till", "scopes": ["tenant:read", "orders:read"]})

    secret = made.json["secret"]
    shown = client.get(f"/v1/api-keys/{made.json['id']}")
    assert made.status == 201
    assert secret.startswith(made.json["hint"])
    assert shown.json == {name: value for name, value in made.json.items() if name != "secret"}
    assert secret not in client.get("/v1/api-keys").text
    assert client.get("/v1/me", key=secret).json["scopes"] == ["orders:read", "tenant:read"]


def test_no_secret_is_kept(client: Api, cloud: DataCloud) -> None:
    secret = client.post("/v1/api-keys", {"name": "Till", "scopes": ["orders:read"]}).json["secret"]

    assert secret not in str(list(all_items(cloud)))


def test_a_key_cannot_grant_what_it_lacks(client: Api, make_secret: MakeSecret) -> None:
    limited = make_secret("keys:read", "keys:write", "orders:read")

    reply = client.post("/v1/api-keys", {"name": "More", "scopes": ["orders:read", "orders:write"]}, key=limited)

    assert (reply.status, reply.code) == (403, "scope_not_held")
    assert [error["detail"] for error in reply.json["errors"]] == ["Your key lacks orders:write."]
    assert "More" not in client.get("/v1/api-keys").text


def test_a_key_cannot_give_another_what_it_lacks(client: Api, make_secret: MakeSecret) -> None:
    limited = make_secret("keys:write", "orders:read")
    other = own_id(client, make_secret("tenant:read"))

    reply = client.patch(f"/v1/api-keys/{other}", {"scopes": ["orders:write"]}, key=limited)

    assert (reply.status, reply.code) == (403, "scope_not_held")


def test_a_key_may_leave_another_what_it_lacks_itself(client: Api, make_secret: MakeSecret) -> None:
    limited = make_secret("keys:write", "orders:read")
    other = own_id(client, make_secret("tenant:read", "catalog:read"))

    reply = client.patch(f"/v1/api-keys/{other}", {"scopes": ["tenant:read", "orders:read"]}, key=limited)

    assert reply.json["scopes"] == ["orders:read", "tenant:read"]


def test_a_revoked_key_opens_nothing_within_30_seconds(
    client: Api, make_secret: MakeSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = make_secret("tenant:read")
    key_id = own_id(client, secret)

    revoked = client.delete(f"/v1/api-keys/{key_id}")

    later = datetime.now(UTC) + timedelta(seconds=31)
    monkeypatch.setattr("storekeeper.kernel.clock.utc_now", lambda: later)
    assert (revoked.status, revoked.json["status"]) == (200, "revoked")
    assert client.get("/v1/me", key=secret).status == 401
    assert client.get(f"/v1/api-keys/{key_id}").json["status"] == "revoked"
    assert client.patch(f"/v1/api-keys/{key_id}", {"name": "Back"}).code == "key_revoked"
    assert client.delete(f"/v1/api-keys/{key_id}").json == revoked.json


def test_a_key_cannot_revoke_itself(client: Api, make_secret: MakeSecret) -> None:
    secret = make_secret()
    key_id = own_id(client, secret)

    revoked = client.delete(f"/v1/api-keys/{key_id}", key=secret)
    narrowed = client.patch(f"/v1/api-keys/{key_id}", {"scopes": ["orders:read"]}, key=secret)

    assert [(reply.status, reply.code) for reply in (revoked, narrowed)] == [(409, "own_key")] * 2
    assert client.get("/v1/me", key=secret).status == 200


def test_a_key_may_give_up_what_it_does_not_need(client: Api, make_secret: MakeSecret) -> None:
    secret = make_secret()
    key_id = own_id(client, secret)

    reply = client.patch(f"/v1/api-keys/{key_id}", {"name": "Keys", "scopes": ["keys:write"]}, key=secret)

    assert (reply.status, reply.json["name"], reply.json["scopes"]) == (200, "Keys", ["keys:write"])


def test_a_key_that_was_revoked_a_moment_ago_makes_no_other(client: Api, make_secret: MakeSecret) -> None:
    """Its access is still cached for 30 seconds; managing keys looks again."""
    secret = make_secret()
    client.delete(f"/v1/api-keys/{own_id(client, secret)}")

    reply = client.post("/v1/api-keys", {"name": "Afterlife", "scopes": ["orders:read"]}, key=secret)

    assert (reply.status, reply.code) == (403, "scope_not_held")
    assert "Afterlife" not in client.get("/v1/api-keys").text


def test_the_day_of_last_use_is_kept(client: Api, make_secret: MakeSecret) -> None:
    secret = make_secret("tenant:read")
    key_id = own_id(client, secret)

    key = client.get(f"/v1/api-keys/{key_id}").json

    assert key["last_used_on"] == datetime.now(UTC).date().isoformat()
    assert key["version"] == 1


def test_keys_are_listed_by_status_and_page(client: Api) -> None:
    ids = [client.post("/v1/api-keys", {"name": n, "scopes": ["orders:read"]}).json["id"] for n in ("A", "B", "C")]
    client.delete(f"/v1/api-keys/{ids[1]}")

    revoked = client.get("/v1/api-keys", query={"status": "revoked"}).json
    first = client.get("/v1/api-keys", query={"status": "active", "limit": 3}).json
    second = client.get("/v1/api-keys", query={"status": "active", "limit": 3, "cursor": first["next_cursor"]}).json

    assert [key["id"] for key in revoked["data"]] == [ids[1]]
    assert {key["status"] for key in [*first["data"], *second["data"]]} == {"active"}
    assert {ids[0], ids[2]} < {key["id"] for key in [*first["data"], *second["data"]]}
    assert second["next_cursor"] is None


def test_another_tenant_s_key_is_not_found(client: Api, make_secret: MakeSecret, other_table: Table) -> None:
    key_id = own_id(client, make_secret())
    foreign = make_secret(table=other_table)

    replies = [
        client.get(f"/v1/api-keys/{key_id}", key=foreign),
        client.patch(f"/v1/api-keys/{key_id}", {"name": "Mine"}, key=foreign),
        client.delete(f"/v1/api-keys/{key_id}", key=foreign),
    ]

    assert [reply.status for reply in replies] == [404, 404, 404]
    assert key_id not in client.get("/v1/api-keys", key=foreign).text


def test_a_tenant_is_read_and_renamed(client: Api, table: Table) -> None:
    renamed = client.patch("/v1/tenant", {"name": "Harbour Ltd", "cart_events": True})

    assert renamed.status == 200
    assert client.get("/v1/tenant").json == renamed.json
    assert (renamed.json["id"], renamed.json["name"], renamed.json["version"]) == (table.tenant_id, "Harbour Ltd", 2)
    assert client.patch("/v1/tenant", {"plan": "premium"}).status == 422
