"""Transfers as a page lists them: by what is asked for, in the order that it needs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.inventory.conftest import Merchant

TRANSFERS = "/v1/transfers"


class Yard:
    """Makes transfers between three locations, and names them by their references."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant
        (main,) = merchant.data("/v1/locations")
        made = [merchant.api.post("/v1/locations", {"name": name}).json["id"] for name in ("East", "West")]
        self.main, self.east, self.west = main["id"], *made
        merchant.adjust(50)

    def draft(self, name: str, *, to: str = "", sku: str = "MUG-BLUE", expected: str | None = None) -> str:
        lines = [{"sku": sku, "quantity": 2}]
        body = {"source_location_id": self.main, "target_location_id": to or self.west, "lines": lines}
        reply = self.merchant.api.post(TRANSFERS, {**body, "reference": name, "expected_at": expected})
        assert reply.status == 201, reply.text
        return str(reply.json["id"])

    def send(self, name: str, **options: Any) -> str:
        id_ = self.draft(name, **options)
        assert self.merchant.api.post(f"{TRANSFERS}/{id_}/dispatch").status == 200
        return id_

    def names(self, **query: Any) -> list[str]:
        return [row["reference"] for row in self.merchant.data(TRANSFERS, **query)]


@pytest.fixture
def yard(merchant: Merchant) -> Yard:
    return Yard(merchant)


def test_newest_first_with_sums(yard: Yard) -> None:
    yard.draft("one")
    yard.send("two")

    first, second = yard.merchant.data(TRANSFERS)

    assert [row["reference"] for row in (first, second)] == ["two", "one"]
    assert (first["status"], first["line_count"], first["units"]["outstanding"]) == ("in_transit", 1, 2)
    assert (second["status"], second["units"]["outstanding"], second["dispatched_at"]) == ("draft", 0, None)


def test_only_those_that_are_asked_for(yard: Yard) -> None:
    yard.draft("red", sku="MUG-RED")
    yard.send("blue")
    yard.send("eastward", to=yard.east, expected="2026-11-24T09:00:00Z")

    assert yard.names(status="in_transit") == ["eastward", "blue"]
    assert yard.names(target_location_id=yard.east) == ["eastward"]
    assert yard.names(source_location_id=yard.main) == ["eastward", "blue", "red"]
    assert yard.names(source_location_id=yard.east) == []
    assert yard.names(sku="MUG-RED") == ["red"]
    assert yard.names(sku="MUG-BLUE", status="in_transit", target_location_id=yard.west) == ["blue"]


@pytest.mark.parametrize("sort", ["created_at", "expected_at"])
def test_of_a_period(yard: Yard, sort: str) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    yard.draft("monday", expected="2026-11-23T09:00:00Z")
    yard.draft("tuesday", expected="2026-11-24T09:00:00Z")
    yard.draft("some day")

    tuesday = {"expected_from": "2026-11-24T00:00:00Z", "expected_to": "2026-11-25T00:00:00Z"}

    assert yard.names(sort=sort, **tuesday) == ["tuesday"]
    assert yard.names(sort=sort, expected_to="2026-11-24T09:00:00Z") == ["monday"]
    assert yard.names(sort=sort, created_to=before.isoformat()) == []
    assert len(yard.names(sort=sort, created_from=before.isoformat())) == 3


def test_expected_soonest_first_and_without_a_date_last(yard: Yard) -> None:
    yard.send("some day")
    yard.send("tuesday", expected="2026-11-24T09:00:00Z")
    yard.draft("monday", expected="2026-11-23T09:00:00Z")

    assert yard.names(sort="expected_at") == ["monday", "tuesday", "some day"]
    assert yard.names(sort="expected_at", status="in_transit") == ["tuesday", "some day"]


@pytest.mark.parametrize("sort", ["created_at", "expected_at"])
def test_in_pages(yard: Yard, sort: str) -> None:
    for name in ("one", "two", "three"):
        yard.draft(name, expected="2026-11-24T09:00:00Z")
        yard.draft("other", to=yard.east)

    query: dict[str, Any] = {"limit": 2, "sort": sort, "target_location_id": yard.west}
    first = yard.merchant.api.get(TRANSFERS, query=query).json
    second = yard.merchant.api.get(TRANSFERS, query={**query, "cursor": first["next_cursor"]}).json

    names = [row["reference"] for row in first["data"] + second["data"]]
    assert sorted(names) == ["one", "three", "two"]
    assert len(first["data"]) == 2


@pytest.mark.parametrize(
    "query", [{"status": "lost"}, {"sort": "sku"}, {"created_from": "soon"}, {"limit": 0}, {"cursor": "x"}]
)
def test_a_query_that_cannot_be_meant_is_422(merchant: Merchant, query: dict[str, Any]) -> None:
    assert merchant.api.get(TRANSFERS, query=query).status == 422
