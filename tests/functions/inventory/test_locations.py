"""Locations over HTTP."""

from typing import Any

import pytest

from inventory.locations import router
from local.testing import DataCloud
from storekeeper.edge.app import create_app, lambda_handler
from storekeeper.kernel.table import Table
from storekeeper.tenancy import load_settings, mark_stocked
from tests.functions.conftest import Api, MakeSecret

ADDRESS = {"line1": "Pier 1", "city": "Hamburg", "postal_code": "20457", "country": "DE"}


@pytest.fixture
def client(cloud: DataCloud, make_secret: MakeSecret) -> Api:
    """Calls the routes of locations with a key of every scope."""
    return Api(lambda_handler(create_app(router)), key=make_secret())


def make(client: Api, **fields: Any) -> dict[str, Any]:
    """A location as the API answers it."""
    reply = client.post("/v1/locations", {"name": "East", **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def default_names(client: Api) -> list[str]:
    return [one["name"] for one in client.get("/v1/locations").json["data"] if one["is_default"]]


def test_a_location_is_opened(client: Api) -> None:
    reply = client.post("/v1/locations", {"name": "East", "address": ADDRESS})

    nobody = dict.fromkeys(["first_name", "last_name", "company", "line2", "region", "phone"])
    assert reply.status == 201
    assert reply.json["address"] == {**nobody, **ADDRESS}
    assert (reply.json["is_default"], reply.json["active"], reply.json["version"]) == (False, True, 1)
    assert client.get(f"/v1/locations/{reply.json['id']}").json == reply.json


def test_a_new_default_takes_over(client: Api) -> None:
    make(client, is_default=True)

    assert default_names(client) == ["East"]


def test_the_default_can_be_handed_on(client: Api) -> None:
    location = make(client)

    reply = client.patch(f"/v1/locations/{location['id']}", {"is_default": True})

    assert (reply.status, reply.json["is_default"], reply.json["version"]) == (200, True, 2)
    assert default_names(client) == ["East"]


@pytest.mark.parametrize("patch", [{"is_default": False}, {"active": False}])
def test_the_default_location_stays_open(client: Api, patch: dict[str, bool]) -> None:
    (location,) = client.get("/v1/locations").json["data"]

    reply = client.patch(f"/v1/locations/{location['id']}", patch)

    assert (reply.status, reply.code) == (409, "default_location_needed")
    assert client.get(f"/v1/locations/{location['id']}").json == location


def test_a_closed_location_cannot_become_the_default(client: Api) -> None:
    path = f"/v1/locations/{make(client)['id']}"
    client.patch(path, {"active": False})

    reply = client.patch(path, {"is_default": True})

    assert (reply.status, reply.code) == (409, "default_location_needed")
    assert default_names(client) == ["Main location"]


def test_locations_are_filtered(client: Api) -> None:
    closed = make(client)
    client.patch(f"/v1/locations/{closed['id']}", {"active": False})

    listed = client.get("/v1/locations", query={"active": "false"}).json["data"]

    assert [one["id"] for one in listed] == [closed["id"]]


def test_an_address_can_be_taken_away(client: Api) -> None:
    location = make(client, address=ADDRESS)

    reply = client.patch(f"/v1/locations/{location['id']}", {"address": None})

    assert reply.json["address"] is None


def test_an_unused_location_can_be_deleted(client: Api) -> None:
    path = f"/v1/locations/{make(client)['id']}"

    reply = client.delete(path)

    assert reply.status == 204
    assert client.get(path).status == 404


def test_a_location_with_stock_can_only_be_closed(client: Api, table: Table) -> None:
    location = make(client)
    table.write(*mark_stocked(table.tenant_id, load_settings(table).location(location["id"])))

    refused = client.delete(f"/v1/locations/{location['id']}")
    closed = client.patch(f"/v1/locations/{location['id']}", {"active": False})

    assert (refused.status, refused.code) == (409, "location_in_use")
    assert (closed.status, closed.json["active"]) == (200, False)


def test_the_default_location_cannot_be_deleted(client: Api) -> None:
    (location,) = client.get("/v1/locations").json["data"]

    reply = client.delete(f"/v1/locations/{location['id']}")

    assert (reply.status, reply.code) == (409, "default_location_needed")


def test_another_tenant_s_location_is_not_found(client: Api, make_secret: MakeSecret, other_table: Table) -> None:
    path, foreign = f"/v1/locations/{make(client)['id']}", make_secret(table=other_table)

    replies = [
        client.get(path, key=foreign),
        client.patch(path, {"name": "Mine"}, key=foreign),
        client.delete(path, key=foreign),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(404, "not_found")] * 3
    assert "East" not in client.get("/v1/locations", key=foreign).text
