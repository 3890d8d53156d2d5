"""Levels over HTTP."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.inventory.conftest import Merchant


def test_levels_of_a_sku_show_every_write_that_was_answered(merchant: Merchant) -> None:
    merchant.adjust(20)
    merchant.adjust(-17, kind="damage")

    (row,) = merchant.levels(sku="MUG-BLUE")

    assert (row["on_hand"], row["available"], row["version"], row["status"]) == (3, 3, 2, "critical")


def test_all_levels_follow_the_projector(merchant: Merchant) -> None:
    merchant.adjust(20)
    merchant.adjust(2, sku="MUG-RED")
    assert merchant.levels() == []

    merchant.project()

    assert [(row["sku"], row["status"]) for row in merchant.levels()] == [("MUG-BLUE", "ok"), ("MUG-RED", "critical")]
    assert [row["sku"] for row in merchant.levels(status="critical")] == ["MUG-RED"]
    assert merchant.levels(status="out") == []


def test_levels_come_in_pages(merchant: Merchant) -> None:
    merchant.adjust(20)
    merchant.adjust(2, sku="MUG-RED")
    merchant.project()

    first = merchant.api.get("/v1/inventory/levels", query={"limit": 1}).json
    second = merchant.api.get("/v1/inventory/levels", query={"limit": 1, "cursor": first["next_cursor"]}).json

    assert [row["sku"] for row in first["data"] + second["data"]] == ["MUG-BLUE", "MUG-RED"]
    assert second["next_cursor"] is None


def test_levels_of_a_location(merchant: Merchant) -> None:
    east = merchant.api.post("/v1/locations", {"name": "East"}).json["id"]
    merchant.adjust(20)
    merchant.adjust(7, location_id=east)
    merchant.project()

    assert [row["on_hand"] for row in merchant.levels(location_id=east)] == [7]
    assert [row["on_hand"] for row in merchant.levels(location_id=east, sku="MUG-BLUE")] == [7]
    assert sorted(row["on_hand"] for row in merchant.levels(sku="MUG-BLUE")) == [7, 20]
    assert merchant.levels(location_id="loc_unknown") == []


def test_stock_at_an_instant(merchant: Merchant) -> None:
    before = datetime.now(UTC)
    merchant.adjust(20)
    between = datetime.now(UTC) + timedelta(milliseconds=5)
    time.sleep(0.02)
    merchant.adjust(-5)
    merchant.project()

    assert merchant.levels(sku="MUG-BLUE", at=(before - timedelta(seconds=1)).isoformat()) == []
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE", at=between.isoformat())] == [20]
    assert [row["on_hand"] for row in merchant.levels(at=between.isoformat())] == [20]
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE", at="2099-01-01T00:00:00Z")] == [15]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "plenty"}, "status"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-20T12:00:00"}, "at"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"sku": ""}, "sku"),
    ],
)
def test_a_query_that_cannot_be_meant_is_422(merchant: Merchant, query: dict[str, Any], field: str) -> None:
    reply = merchant.api.get("/v1/inventory/levels", query=query)

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("at", "status"),
    [("0001-01-01T00:00:00Z", 200), ("9999-12-31T23:59:59Z", 200), ("0001-01-01T00:00:00+14:00", 422)],
)
def test_instants_at_the_ends_of_time_are_answered(merchant: Merchant, at: str, status: int) -> None:
    merchant.adjust(20)
    merchant.project()

    for path in ("levels", "movements"):
        query = {"at": at, "sku": "MUG-BLUE"} if path == "levels" else {"from": at, "to": at}
        assert merchant.api.get(f"/v1/inventory/{path}", query=query).status == status
