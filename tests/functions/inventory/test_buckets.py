"""Spreading a level over HTTP."""

from typing import Any

import pytest

from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant

PATH = "/v1/inventory/levels/buckets"


def ask(merchant: Merchant, location_id: str, buckets: Any, *, sku: str = "MUG-BLUE", **options: Any) -> Any:
    body = {"sku": sku, "location_id": location_id, "buckets": buckets}
    return merchant.api.put(PATH, body, **options)


def test_a_spread_level_is_answered_and_listed_as_one(merchant: Merchant) -> None:
    location_id = merchant.adjust(20)["location_id"]

    reply = ask(merchant, location_id, 4)

    assert (reply.status, reply.json["buckets"], reply.json["available"]) == (200, 4, 20)
    (row,) = merchant.levels(sku="MUG-BLUE")
    assert (row["on_hand"], row["available"], row["status"]) == (20, 20, "ok")
    assert "buckets" not in row


def test_movements_show_the_buckets(merchant: Merchant) -> None:
    location_id = merchant.adjust(20)["location_id"]
    ask(merchant, location_id, 4)
    merchant.project()

    moved = [row for row in merchant.movements(sku="MUG-BLUE") if row["type"] == "transfer"]

    assert sorted((row["bucket"], row["quantity"]) for row in moved) == [(0, -15), (1, 5), (2, 5), (3, 5)]
    assert {row["reference"]["type"] for row in moved} == {"spread"}


def test_a_level_is_folded_by_asking_for_one_bucket(merchant: Merchant) -> None:
    location_id = merchant.adjust(20)["location_id"]
    ask(merchant, location_id, 4)

    assert ask(merchant, location_id, 1).json["buckets"] == 1
    assert merchant.adjust(-20)["available"] == 0


@pytest.mark.parametrize("buckets", [0, 65, -1, "4", 1.5, None])
def test_a_number_of_buckets_that_cannot_be_is_422(merchant: Merchant, buckets: Any) -> None:
    location_id = merchant.adjust(20)["location_id"]

    reply = ask(merchant, location_id, buckets)

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["buckets"]


def test_what_has_no_level_is_404(merchant: Merchant) -> None:
    location_id = merchant.adjust(20)["location_id"]

    assert ask(merchant, location_id, 4, sku="MUG-RED").code == "level_unknown"
    assert ask(merchant, "loc_unknown", 4).code == "level_unknown"


def test_a_key_that_may_only_read_is_403(merchant: Merchant, make_secret: MakeSecret) -> None:
    location_id = merchant.adjust(20)["location_id"]

    assert ask(merchant, location_id, 4, key=make_secret("inventory:read")).status == 403


def test_a_level_that_has_changed_since_it_was_seen_is_not_spread(merchant: Merchant) -> None:
    level = merchant.adjust(20)
    merchant.adjust(-1)

    assert ask(merchant, level["location_id"], 4, headers={"If-Match": f'"{level["version"]}"'}).status == 412
    reply = ask(merchant, level["location_id"], 4, headers={"If-Match": '"2"'})
    assert (reply.status, reply.headers["etag"]) == (200, f'"{reply.json["version"]}"')
