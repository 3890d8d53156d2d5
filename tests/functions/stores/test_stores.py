"""Stores over HTTP."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import Api, MakeSecret

GetApi: TypeAlias = Callable[[str], Api]

HARBOUR = {
    "name": "Harbour",
    "status": "active",
    "currency": "EUR",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "description": "Lamps\nand mugs",
    "logo_url": "https://example.com/logo.png",
    "colors": {"primary": "#1A6B5C", "accent": "#FFAA00"},
    "contacts": {"email": "shop@example.com"},
    "social_links": {"mastodon": "https://example.social/@harbour"},
    "settings": {"prices_include_tax": True, "order_prefix": "HB-", "payment_methods": ["stripe", "manual"]},
}


@pytest.fixture
def client(api: GetApi) -> Api:
    """Calls `stores` with a key of every scope."""
    return api("stores")


def domain_of(table: Table) -> str:
    """A domain that no other test claims."""
    return f"{table.tenant_id.replace('_', '-').lower()}.localhost"


def make(client: Api, **fields: Any) -> dict[str, Any]:
    """A store as the API answers it."""
    reply = client.post("/v1/stores", {**HARBOUR, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def test_a_store_is_made_as_it_is_described(client: Api, table: Table) -> None:
    host = domain_of(table)

    reply = client.post("/v1/stores", {**HARBOUR, "domains": [host.upper(), host]})

    assert reply.status == 201
    assert reply.headers["etag"] == '"1"'
    assert reply.json == {
        **HARBOUR,
        "id": reply.json["id"],
        "domains": [host],
        "default_domain": host,
        "favicon_url": None,
        "settings": {
            "prices_include_tax": True,
            "order_prefix": "HB-",
            "hold_minutes": 15,
            "capture": "automatic",
            "payment_methods": ["stripe", "manual"],
            "location_priority": [],
        },
        "version": 1,
        "created_at": reply.json["created_at"],
        "updated_at": reply.json["created_at"],
    }
    assert client.get(f"/v1/stores/{reply.json['id']}").json == reply.json


def test_a_name_is_enough_for_a_store(client: Api) -> None:
    store = client.post("/v1/stores", {"name": "Corner"}).json

    assert (store["status"], store["currency"], store["domains"]) == ("pending", "USD", [])
    assert store["settings"]["order_prefix"] == "CO-"


def test_stores_are_listed_page_by_page(client: Api) -> None:
    ids = sorted(make(client, name=name)["id"] for name in ("One", "Two", "Three"))

    first = client.get("/v1/stores", query={"limit": 2}).json
    second = client.get("/v1/stores", query={"limit": 2, "cursor": first["next_cursor"]}).json

    assert [store["id"] for store in first["data"]] == ids[:2]
    assert [store["id"] for store in second["data"]] == ids[2:]
    assert second["next_cursor"] is None


def test_a_cursor_holds_only_for_its_filters(client: Api) -> None:
    for name in ("One", "Two"):
        make(client, name=name)
    cursor = client.get("/v1/stores", query={"limit": 1}).json["next_cursor"]

    reply = client.get("/v1/stores", query={"limit": 1, "cursor": cursor, "status": "active"})

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, "cursor_unreadable")


def test_stores_are_filtered_by_status(client: Api) -> None:
    open_store = make(client)
    make(client, name="Later", status="pending")

    listed = client.get("/v1/stores", query={"status": "active"}).json["data"]

    assert [store["id"] for store in listed] == [open_store["id"]]


def test_a_patch_changes_what_it_names_and_merges_maps(client: Api) -> None:
    store = make(client)

    patch = {
        "description": None,
        "colors": {"accent": None, "text": "#000000"},
        "contacts": {"phone": "123"},
        "settings": {"hold_minutes": 30},
    }
    reply = client.patch(f"/v1/stores/{store['id']}", patch)

    assert reply.status == 200
    assert reply.headers["etag"] == '"2"'
    assert reply.json == {
        **store,
        "description": None,
        "colors": {"primary": "#1A6B5C", "text": "#000000"},
        "contacts": {"email": "shop@example.com", "phone": "123"},
        "settings": {**store["settings"], "hold_minutes": 30},
        "version": 2,
        "updated_at": reply.json["updated_at"],
    }


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        pytest.param({"name": None}, "name", id="no_name"),
        pytest.param({"currency": "USD"}, "currency", id="another_currency"),
        pytest.param({"status": "gone"}, "status", id="an_unknown_status"),
        pytest.param({"time_zone": "Mars/Olympus"}, "time_zone", id="no_time_zone"),
        pytest.param({"time_zone": "Europe"}, "time_zone", id="half_a_time_zone"),
        pytest.param({"logo_url": "javascript:alert(1)"}, "logo_url", id="a_script_for_an_address"),
        pytest.param({"default_domain": "other.example"}, "default_domain", id="a_domain_of_nobody"),
        pytest.param({"settings": {"hold_minutes": 0}}, "settings.hold_minutes", id="no_time_to_hold"),
        pytest.param(
            {"settings": {"location_priority": ["loc_0"]}}, "settings.location_priority", id="no_such_location"
        ),
        pytest.param({"colors": {"primary": "red"}}, "colors.primary", id="no_color"),
    ],
)
def test_a_wrong_patch_changes_nothing(client: Api, patch: dict[str, Any], field: str) -> None:
    store = make(client)

    reply = client.patch(f"/v1/stores/{store['id']}", patch)

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert client.get(f"/v1/stores/{store['id']}").json == store


def test_a_change_from_a_stale_version_is_refused(client: Api) -> None:
    store = make(client)
    path = f"/v1/stores/{store['id']}"
    client.patch(path, {"name": "Second"}, headers={"If-Match": '"1"'})

    reply = client.patch(path, {"name": "Third"}, headers={"If-Match": '"1"'})

    assert (reply.status, reply.code) == (412, "stale_version")
    assert client.get(path).json["name"] == "Second"


def test_a_store_that_was_never_open_can_be_deleted_and_frees_its_domains(client: Api, table: Table) -> None:
    host = domain_of(table)
    store = make(client, status="pending", domains=[host])

    reply = client.delete(f"/v1/stores/{store['id']}")

    assert (reply.status, reply.text) == (204, "")
    assert client.get(f"/v1/stores/{store['id']}").status == 404
    assert make(client, domains=[host])["domains"] == [host]


def test_a_store_that_was_open_is_kept(client: Api) -> None:
    store = make(client)

    reply = client.delete(f"/v1/stores/{store['id']}")

    assert (reply.status, reply.code) == (409, "store_in_use")
    assert client.get(f"/v1/stores/{store['id']}").json == store


def test_another_tenant_s_store_is_not_found(client: Api, make_secret: MakeSecret, other_table: Table) -> None:
    path = f"/v1/stores/{make(client)['id']}"
    foreign = make_secret(table=other_table)

    replies = [
        client.get(path, key=foreign),
        client.patch(path, {"name": "Mine"}, key=foreign),
        client.delete(path, key=foreign),
        client.get(f"{path}/domains", key=foreign),
        client.post(f"{path}/domains", {"domain": "a.example"}, key=foreign),
        client.patch(f"{path}/payment-methods/manual", {"enabled": True}, key=foreign),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(404, "not_found")] * 6
    assert client.get("/v1/stores", key=foreign).json["data"] == []


def test_domains_are_added_listed_and_removed(client: Api, table: Table) -> None:
    host = domain_of(table)
    domains = f"/v1/stores/{make(client, domains=[host])['id']}/domains"

    added = client.post(domains, {"domain": f"Shop.{host}."})
    listed = client.get(domains)
    removed = client.delete(f"{domains}/{host}")

    assert (added.status, added.json) == (201, {"domain": f"shop.{host}", "is_default": False})
    assert [one["domain"] for one in listed.json["data"]] == sorted([host, f"shop.{host}"])
    assert removed.status == 204
    assert client.get(f"{domains}/{host}").status == 404
    assert client.get(f"{domains}/shop.{host}").json == {"domain": f"shop.{host}", "is_default": True}


def test_an_international_domain_is_found_by_either_of_its_forms(client: Api, table: Table) -> None:
    host = domain_of(table)
    domains = f"/v1/stores/{make(client)['id']}/domains"

    added = client.post(domains, {"domain": f"bücher.{host}"})

    assert added.json["domain"] == f"xn--bcher-kva.{host}"
    assert client.get(f"{domains}/xn--bcher-kva.{host}").status == 200
    assert client.get(f"{domains}/Bücher.{host}").status == 200
    assert client.delete(f"{domains}/bücher.{host}").status == 204
    assert client.delete(f"{domains}/bücher.{host}").status == 404
    assert client.get(f"{domains}/no domain").status == 404


def test_a_domain_belongs_to_one_store_in_the_whole_system(
    client: Api, table: Table, make_secret: MakeSecret, other_table: Table
) -> None:
    host = domain_of(table)
    make(client, domains=[host])
    foreign = make_secret(table=other_table)

    reply = client.post("/v1/stores", {**HARBOUR, "domains": [host]}, key=foreign)

    assert (reply.status, reply.code) == (409, "domain_taken")
    assert client.get("/v1/stores", key=foreign).json["data"] == []


@pytest.mark.parametrize(
    "domain",
    ["shop", "shop.example.com/path", "shop.example.com:8000", "192.0.2.1", "-a.example", "a b.example", "é.."],
)
def test_what_is_no_domain_is_refused(client: Api, domain: str) -> None:
    store = make(client)

    reply = client.post(f"/v1/stores/{store['id']}/domains", {"domain": domain})

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, "domain_malformed")


def test_payment_methods_are_switched(client: Api) -> None:
    store = make(client, settings={"payment_methods": ["manual"]})
    methods = f"/v1/stores/{store['id']}/payment-methods"

    switched = client.patch(f"{methods}/stripe", {"enabled": True})
    client.patch(f"{methods}/manual", {"enabled": False})

    assert switched.json == {"id": "stripe", "enabled": True}
    assert client.get(methods).json["data"] == [
        {"id": "manual", "enabled": False},
        {"id": "stripe", "enabled": True},
    ]
    assert client.get(f"{methods}/gold").status == 404
