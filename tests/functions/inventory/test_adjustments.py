"""Adjustments over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import ADJUSTMENTS, Merchant

KEY = {"Idempotency-Key": "4f5c2a0e-8a3b-4f0e-9d55-1c6f7b1a2e3d"}


def test_a_restock_answers_the_level(merchant: Merchant) -> None:
    reply = merchant.api.post(ADJUSTMENTS, {"sku": "MUG-BLUE", "type": "restock", "quantity": 20, "reason": "delivery"})

    level = reply.json
    location_id = level.pop("location_id")
    assert reply.status == 201
    assert location_id.startswith("loc_")
    assert level == {
        "sku": "MUG-BLUE",
        "on_hand": 20,
        "reserved": 0,
        "available": 20,
        "incoming": 0,
        "safety_stock": 0,
        "version": 1,
    }
    assert reply.headers["etag"] == '"1"'


def test_a_repeat_with_the_same_key_adjusts_once(merchant: Merchant) -> None:
    body = {"sku": "MUG-BLUE", "type": "restock", "quantity": 20}
    first = merchant.api.post(ADJUSTMENTS, body, headers=KEY)
    again = merchant.api.post(ADJUSTMENTS, body, headers=KEY)
    other = merchant.api.post(ADJUSTMENTS, {**body, "quantity": 21}, headers=KEY)

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE")] == [20]


def test_several_are_answered_row_by_row(merchant: Merchant) -> None:
    rows = [
        {"sku": "MUG-BLUE", "type": "restock", "quantity": 5},
        {"sku": "MUG-GONE", "type": "restock", "quantity": 5},
        {"sku": "MUG-BLUE", "type": "damage", "quantity": -6},
        {"sku": "MUG-RED", "type": "return", "quantity": 1},
    ]

    reply = merchant.api.post(ADJUSTMENTS, {"adjustments": rows})

    assert (reply.status, reply.json["applied"], reply.json["refused"]) == (201, 2, 2)
    assert [(row["row"], row["outcome"]) for row in reply.json["results"]] == [
        (0, "applied"),
        (1, "refused"),
        (2, "refused"),
        (3, "applied"),
    ]
    assert [row["error"]["code"] if row["error"] else row["level"]["on_hand"] for row in reply.json["results"]] == [
        5,
        "sku_unknown",
        "insufficient_stock",
        1,
    ]


def test_several_with_a_key_are_made_once(merchant: Merchant) -> None:
    body = {"adjustments": [{"sku": sku, "type": "restock", "quantity": 5} for sku in ("MUG-BLUE", "MUG-RED")]}

    first = merchant.api.post(ADJUSTMENTS, body, headers=KEY)
    again = merchant.api.post(ADJUSTMENTS, body, headers=KEY)

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE")] == [5]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sku"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 0}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": -1}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "damage", "quantity": 1}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 1_000_000_001}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 10**40}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": "5"}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 1.5}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": True}, "quantity"),
        ({"sku": "MUG-BLUE", "type": "sale", "quantity": 1}, "type"),
        ({"sku": " ", "type": "restock", "quantity": 1}, "sku"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 1, "reason": "\ud800"}, "reason"),
        ({"sku": "MUG-BLUE", "type": "restock", "quantity": 1, "note": "x"}, "note"),
        ({"adjustments": []}, "adjustments"),
        ({"adjustments": [{"sku": "MUG-BLUE", "type": "restock", "quantity": 1}] * 101}, "adjustments"),
        ({"adjustments": [{"sku": "MUG-BLUE", "type": "restock", "quantity": -1}]}, "adjustments.0.quantity"),
        ({"adjustments": [{"sku": "MUG-BLUE", "type": "restock"}]}, "adjustments.0.quantity"),
    ],
)
def test_what_cannot_be_meant_is_422_at_its_field(merchant: Merchant, body: dict[str, Any], field: str) -> None:
    reply = merchant.api.post(ADJUSTMENTS, body)

    assert reply.status == 422
    assert field in [error["field"] for error in reply.json["errors"]]
    assert merchant.levels(sku="MUG-BLUE") == []


@pytest.mark.parametrize("raw", ["", "null", "[]", "5", "{", '{"sku": '])
def test_a_body_that_is_no_adjustment_is_422(merchant: Merchant, raw: str) -> None:
    assert merchant.api("POST", ADJUSTMENTS, raw=raw).status == 422


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"sku": "MUG-GONE"}, 404, "sku_unknown"),
        ({"location_id": "loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, 404, "location_unknown"),
        ({"type": "damage", "quantity": -1}, 409, "insufficient_stock"),
    ],
)
def test_what_cannot_be_done_says_why(merchant: Merchant, change: dict[str, Any], status: int, code: str) -> None:
    reply = merchant.api.post(ADJUSTMENTS, {"sku": "MUG-BLUE", "type": "restock", "quantity": 1, **change})

    assert (reply.status, reply.code) == (status, code)


def test_another_tenant_s_location_and_sku_are_as_absent_as_none(
    merchant: Merchant, other_table: Table, make_secret: MakeSecret
) -> None:
    level = merchant.adjust(5)
    stranger = make_secret(table=other_table)

    assert merchant.api.get("/v1/inventory/levels", query={"sku": "MUG-BLUE"}, key=stranger).json["data"] == []
    reply = merchant.api.post(
        ADJUSTMENTS,
        {"sku": "MUG-BLUE", "type": "restock", "quantity": 1, "location_id": level["location_id"]},
        key=stranger,
    )
    assert (reply.status, reply.code) == (404, "location_unknown")
    reply = merchant.api.post(ADJUSTMENTS, {"sku": "MUG-BLUE", "type": "restock", "quantity": 1}, key=stranger)
    assert (reply.status, reply.code) == (404, "sku_unknown")


def test_a_key_that_may_only_read_adjusts_nothing(merchant: Merchant, make_secret: Callable[..., str]) -> None:
    reader = make_secret("inventory:read")

    reply = merchant.api.post(ADJUSTMENTS, {"sku": "MUG-BLUE", "type": "restock", "quantity": 1}, key=reader)

    assert (reply.status, reply.code) == (403, "scope_missing")
    assert merchant.api.get("/v1/inventory/levels", key=reader).status == 200
    assert merchant.api.get("/v1/inventory/levels", key=make_secret("orders:read")).status == 403
