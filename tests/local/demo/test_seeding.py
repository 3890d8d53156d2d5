"""What `make run` shows: `demo.json`, and behind it stores that sell."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.testing import RunningStack
from tools import REPOSITORY

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def http(stack: RunningStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.base_url, timeout=30, trust_env=False) as client:
        yield client


def rows(http: httpx.Client, path: str, key: str | None = None) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    found, cursor = [], ""
    while True:
        page = (
            http.get(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}", headers=headers).raise_for_status().json()
        )
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def shown(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the addresses of pictures, which are signed anew."""
    return [{name: value for name, value in one.items() if name not in {"image", "image_url"}} for one in found]


def test_demo_json_says_what_clients_need(stack: RunningStack) -> None:
    demo = stack.demo

    assert set(demo) == {"base_url", "aws_endpoint_url", "table", "region", "stripe", "tenants"}
    assert set(demo["stripe"]) == {"api_base", "secret_key"}
    assert [set(tenant) for tenant in demo["tenants"]] == [
        {"id", "name", "api_key", "console_email", "console_password", "stores"}
    ] * 2
    assert [[store["domain"] for store in tenant["stores"]] for tenant in demo["tenants"]] == [
        ["harbour.localhost", "harbour-europe.localhost"],
        ["alpine.localhost", "alpine-japan.localhost"],
    ]


def test_keys_have_every_scope_and_tenants_the_premium_plan(stack: RunningStack, http: httpx.Client) -> None:
    for tenant in stack.demo["tenants"]:
        me = http.get("/v1/me", headers={"Authorization": f"Bearer {tenant['api_key']}"}).raise_for_status().json()

        assert me["tenant"]["plan"] == "premium"
        assert len(me["scopes"]) == 12


def test_each_store_lists_its_goods_with_pictures(stack: RunningStack, http: httpx.Client) -> None:
    listed = {
        store["domain"]: rows(http, f"/v1/storefront/{store['domain']}/products")
        for tenant in stack.demo["tenants"]
        for store in tenant["stores"]
    }

    assert {domain: len(found) for domain, found in listed.items()} == {
        "harbour.localhost": 31,
        "harbour-europe.localhost": 18,
        "alpine.localhost": 30,
        "alpine-japan.localhost": 18,
    }
    picture = httpx.get(listed["harbour.localhost"][0]["image"]["url"], trust_env=False)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert all(card["image"] for found in listed.values() for card in found)


def test_each_store_has_two_collections_of_what_it_sells(stack: RunningStack, http: httpx.Client) -> None:
    found = {
        store["domain"]: [
            (one["slug"], len(rows(http, f"/v1/storefront/{store['domain']}/products?collection={one['slug']}")))
            for one in rows(http, f"/v1/storefront/{store['domain']}/collections")
        ]
        for tenant in stack.demo["tenants"]
        for store in tenant["stores"]
    }

    assert found == {
        "harbour.localhost": [("gifts-under-30", 8), ("storm-season", 6)],
        "harbour-europe.localhost": [("gifts-under-30", 6), ("storm-season", 3)],
        "alpine.localhost": [("first-night-out", 6), ("hut-favorites", 6)],
        "alpine-japan.localhost": [("first-night-out", 5), ("hut-favorites", 4)],
    }


def test_categories_and_collections_have_pictures(stack: RunningStack, http: httpx.Client) -> None:
    shown = [
        one
        for tenant in stack.demo["tenants"]
        for store in tenant["stores"]
        for kind in ("categories", "collections")
        for one in rows(http, f"/v1/stores/{store['id']}/{kind}", tenant["api_key"])
    ]

    assert len(shown) == 2 * (10 + 8) + 4 * 2
    assert {one["image"]["status"] for one in shown} == {"ready"}
    picture = httpx.get(shown[0]["image"]["url"], trust_env=False)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")


def test_stock_lies_in_two_locations_and_some_is_low_or_gone(stack: RunningStack, http: httpx.Client) -> None:
    for tenant in stack.demo["tenants"]:
        key = tenant["api_key"]
        locations = [one["id"] for one in rows(http, "/v1/locations", key)]
        states = {
            state: rows(http, f"/v1/inventory/levels?status={state}", key) for state in ("low", "critical", "out")
        }

        assert len(locations) == 2
        assert all(rows(http, f"/v1/inventory/levels?location_id={one}", key) for one in locations)
        assert all(states.values())


def test_there_is_a_kit_a_unit_with_a_number_and_something_on_its_way(stack: RunningStack, http: httpx.Client) -> None:
    harbour, alpine = (tenant["api_key"] for tenant in stack.demo["tenants"])

    (kit,) = rows(http, "/v1/inventory/kits", alpine)
    kits = http.get(f"/v1/inventory/kits/{kit['id']}/availability", headers={"Authorization": f"Bearer {alpine}"})
    orders = [order for key in (harbour, alpine) for order in rows(http, "/v1/purchase-orders?sort=expected_at", key)]
    serials = rows(http, "/v1/serials?sku=TENT1", alpine)

    assert (kit["sku"], kits.json()["available"]) == ("SUPPER", 50)
    assert [(order["number"], order["status"], order["units"]["outstanding"]) for order in orders] == [
        ("PO-1001", "sent", 48),
        ("PO-1001", "sent", 128),
    ]
    assert [(one["number"], one["status"]) for one in serials] == [
        (f"TARN1-{number:04}", "in_stock") for number in range(1, 7)
    ]


def test_seeding_again_makes_nothing_twice(stack: RunningStack, http: httpx.Client) -> None:
    key = stack.demo["tenants"][0]["api_key"]
    store_id = stack.demo["tenants"][0]["stores"][0]["id"]
    made = (
        "products",
        "stores",
        "suppliers",
        "purchase-orders",
        "inventory/movements",
        f"stores/{store_id}/collections",
    )
    paths = [f"/v1/{kind}" for kind in made]
    before = [shown(rows(http, path, key)) for path in paths]

    out = stack.state.data / "again.json"
    arguments = ["--base-url", stack.base_url, "--stack-file", str(stack.state.stack), "--out", str(out)]
    subprocess.run([sys.executable, "-m", "local.demo", *arguments], cwd=REPOSITORY, check=True, timeout=60)

    assert [shown(rows(http, path, key)) for path in paths] == before
    assert [tenant["id"] for tenant in json.loads(out.read_text())] == [one["id"] for one in stack.demo["tenants"]]
