"""Movements over HTTP, as JSON and as CSV."""

import csv
import io
import re

import pytest

from inventory import movements
from tests.functions.inventory.conftest import Merchant


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_movement_says_what_changed_why_and_by_whom(merchant: Merchant) -> None:
    level = merchant.adjust(20, kind="restock", reason="delivery")
    merchant.project()

    (movement,) = merchant.movements()

    reference = movement.pop("reference")
    assert re.fullmatch(r"mov_[0-9A-Z]{26}", movement.pop("id"))
    assert movement.pop("occurred_at").endswith("Z")
    assert movement.pop("actor").startswith("key:")
    assert (reference["type"], reference["id"][:4]) == ("adjustment", "adj_")
    assert movement == {
        "sku": "MUG-BLUE",
        "location_id": level["location_id"],
        "bucket": 0,
        "type": "restock",
        "quantity": 20,
        "on_hand_before": 0,
        "on_hand_after": 20,
        "reserved_before": 0,
        "reserved_after": 0,
        "incoming_after": 0,
        "unit_cost": None,
        "reason": "delivery",
        "version": 1,
    }


def test_movements_newest_first_with_filters_and_pages(merchant: Merchant) -> None:
    for quantity in (1, 2, 3):
        merchant.adjust(quantity, kind="restock")
    merchant.adjust(-1, kind="damage", sku="MUG-BLUE")
    merchant.project()

    assert [one["quantity"] for one in merchant.movements(sku="MUG-BLUE")] == [-1, 3, 2, 1]
    assert [one["quantity"] for one in merchant.movements(type="damage")] == [-1]
    assert [one["quantity"] for one in merchant.movements(**{"from": "2099-01-01T00:00:00Z"})] == []
    first = merchant.api.get("/v1/inventory/movements", query={"limit": 3}).json
    second = merchant.api.get("/v1/inventory/movements", query={"limit": 3, "cursor": first["next_cursor"]}).json
    assert [one["quantity"] for one in first["data"] + second["data"]] == [-1, 3, 2, 1]


@pytest.mark.parametrize("query", [{"type": "theft"}, {"from": "soon"}, {"cursor": "x"}, {"reference_id": ""}])
def test_a_query_that_cannot_be_meant_is_422(merchant: Merchant, query: dict[str, str]) -> None:
    for path in ("/v1/inventory/movements", "/v1/inventory/movements.csv"):
        assert merchant.api.get(path, query=query).status == 422


def test_the_csv_has_a_row_for_each_movement(merchant: Merchant) -> None:
    merchant.adjust(20, kind="restock", reason='two, "large" boxes')
    merchant.adjust(-5, kind="damage", reason="=HYPERLINK(1)")
    merchant.project()

    reply = merchant.api.get("/v1/inventory/movements.csv", query={"sku": "MUG-BLUE"})

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert "link" not in reply.headers
    assert [(row["quantity"], row["reason"], row["version"]) for row in rows_of(reply.text)] == [
        ("-5", "'=HYPERLINK(1)", "2"),
        ("20", 'two, "large" boxes', "1"),
    ]


def test_a_long_csv_leads_on_to_the_next(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movements, "MAX_CSV_ROWS", 2)
    for quantity in (1, 2, 3):
        merchant.adjust(quantity)
    merchant.project()

    first = merchant.api.get("/v1/inventory/movements.csv", query={"sku": "MUG-BLUE"})
    path, cursor = re.fullmatch(r'<([^?]+)\?sku=MUG-BLUE&cursor=([\w-]+)>; rel="next"', first.headers["link"]).groups()  # type: ignore[union-attr]
    second = merchant.api.get(path, query={"sku": "MUG-BLUE", "cursor": cursor})

    assert [row["quantity"] for text in (first.text, second.text) for row in rows_of(text)] == ["3", "2", "1"]
    assert "link" not in second.headers
