"""Transfers over HTTP, from draft to the last unit."""

import json
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import MakeSecret, Reply
from tests.functions.inventory.conftest import Merchant
from tools import REPOSITORY

TRANSFERS = "/v1/transfers"
SAMPLES = REPOSITORY / "events" / "inventory"
EXAMPLE = "01KAGC3M5Q8V6ZB1X7Y2N4T9R"  # of ids in the samples, but for its last letter
KEY = {"Idempotency-Key": "4f5c2a0e-8a3b-4f0e-9d55-1c6f7b1a2e3d"}
NOTHING = {"received": 0, "damaged": 0, "missing": 0, "returned": 0, "found": 0}
UNNAMED: dict[str, list[str]] = {"serials": [], "batches": []}


@pytest.fixture
def ends(merchant: Merchant) -> dict[str, str]:
    """Where transfers of this merchant go from and to."""
    (source,) = merchant.data("/v1/locations")
    west = merchant.api.post("/v1/locations", {"name": "West"}).json["id"]
    return {"source_location_id": source["id"], "target_location_id": west}


def draft(merchant: Merchant, ends: dict[str, str], *, quantity: int = 5, **fields: Any) -> dict[str, Any]:
    """A transfer as it was answered when it was made."""
    body = {**ends, "lines": [{"sku": "MUG-BLUE", "quantity": quantity}], **fields}
    reply = merchant.api.post(TRANSFERS, body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def act(merchant: Merchant, transfer: dict[str, Any], verb: str, body: Any = None, **options: Any) -> Reply:
    return merchant.api.post(f"{TRANSFERS}/{transfer['id']}/{verb}", body, **options)


def sent(merchant: Merchant, ends: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A transfer that is on its way."""
    merchant.adjust(7)
    reply = act(merchant, draft(merchant, ends, **fields), "dispatch")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def figures(merchant: Merchant) -> list[tuple[int, int]]:
    """on_hand and incoming of each level, by on_hand."""
    return sorted((row["on_hand"], row["incoming"]) for row in merchant.levels(sku="MUG-BLUE"))


def test_a_draft_is_answered_as_it_will_be_read(merchant: Merchant, ends: dict[str, str]) -> None:
    made = draft(merchant, ends, reference="TR-1", notes="by hand", expected_at="2026-11-24T09:00:00Z")

    reply = merchant.api.get(f"{TRANSFERS}/{made['id']}")

    assert (reply.json, reply.headers["etag"]) == (made, '"1"')
    assert made["lines"] == [
        {"sku": "MUG-BLUE", "quantity": 5, "dispatched": 0, **NOTHING, "outstanding": 0, **UNNAMED}
    ]
    assert (made["status"], made["line_count"], made["units"]["quantity"]) == ("draft", 1, 5)
    assert (made["reference"], made["notes"], made["expected_at"]) == ("TR-1", "by hand", "2026-11-24T09:00:00.000Z")


def test_a_draft_is_edited_under_its_version(merchant: Merchant, ends: dict[str, str]) -> None:
    path = f"{TRANSFERS}/{draft(merchant, ends, expected_at='2026-11-24T09:00:00Z')['id']}"
    lines = [{"sku": "MUG-RED", "quantity": 2}]

    reply = merchant.api.patch(path, {"lines": lines, "expected_at": None}, headers={"If-Match": '"1"'})
    stale = merchant.api.patch(path, {"notes": "x"}, headers={"If-Match": '"1"'})

    assert (reply.status, reply.json["expected_at"], reply.json["version"]) == (200, None, 2)
    assert [(line["sku"], line["quantity"]) for line in reply.json["lines"]] == [("MUG-RED", 2)]
    assert (stale.status, stale.code) == (412, "stale_version")


def test_a_transfer_from_draft_to_the_last_unit(merchant: Merchant, ends: dict[str, str]) -> None:
    transfer = sent(merchant, ends)
    assert figures(merchant) == [(0, 5), (2, 0)]

    lines = [{"sku": "MUG-BLUE", "quantity": 3, "missing": 1, "found": 2, "reason": "miscounted"}]
    part = act(merchant, transfer, "receive", {"lines": lines})
    whole = act(merchant, transfer, "receive")

    assert figures(merchant) == [(2, 0), (6, 0)]
    assert (part.status, part.json["status"], part.json["units"]["outstanding"]) == (200, "in_transit", 1)
    assert (whole.json["status"], whole.json["ended_at"] is not None) == ("received", True)
    assert whole.json["units"] == {
        **NOTHING,
        "quantity": 5,
        "dispatched": 5,
        "received": 4,
        "missing": 1,
        "found": 2,
        "outstanding": 0,
    }
    assert [(receipt["number"], receipt["lines"]) for receipt in whole.json["receipts"]] == [
        (
            1,
            [
                {"sku": "MUG-BLUE", "quantity": 3, "damaged": 0, "missing": 1, "found": 2, "reason": "miscounted"}
                | UNNAMED
            ],
        ),
        (2, [{"sku": "MUG-BLUE", "quantity": 1, "damaged": 0, "missing": 0, "found": 0, "reason": ""} | UNNAMED]),
    ]
    assert all(receipt["actor"].startswith("key:") for receipt in whole.json["receipts"])


def test_the_ledger_is_found_by_the_transfer(merchant: Merchant, ends: dict[str, str]) -> None:
    transfer = sent(merchant, ends)
    act(merchant, transfer, "close", {"reason": "lost by the carrier"})
    merchant.project()

    rows = merchant.movements(reference_id=transfer["id"])

    assert sorted((row["type"], row["quantity"], row["incoming_after"], row["reason"]) for row in rows) == [
        ("transfer", -5, 0, ""),
        ("transfer", 0, 0, "missing: lost by the carrier"),
        ("transfer", 0, 5, ""),
    ]
    assert {row["reference"]["type"] for row in rows} == {"transfer"}


def test_what_is_cancelled_comes_back(merchant: Merchant, ends: dict[str, str]) -> None:
    reply = act(merchant, sent(merchant, ends), "cancel", {"reason": "wrong lorry"})

    assert (reply.status, reply.json["status"], reply.json["reason"]) == (200, "cancelled", "wrong lorry")
    assert figures(merchant) == [(0, 0), (7, 0)]


def test_too_little_at_the_source_is_named_by_sku(merchant: Merchant, ends: dict[str, str]) -> None:
    merchant.adjust(3)
    transfer = draft(merchant, ends)

    reply = act(merchant, transfer, "dispatch")

    assert (reply.status, reply.code) == (409, "transfer_insufficient_stock")
    (error,) = reply.json["errors"]
    assert (error["sku"], error["requested"], error["available"]) == ("MUG-BLUE", 5, 3)
    assert figures(merchant) == [(3, 0)]


def test_a_repeated_receipt_is_answered_as_the_first_time(merchant: Merchant, ends: dict[str, str]) -> None:
    transfer, lines = sent(merchant, ends), [{"sku": "MUG-BLUE", "quantity": 2}]

    first = act(merchant, transfer, "receive", {"lines": lines}, headers=KEY)
    again = act(merchant, transfer, "receive", {"lines": lines}, headers=KEY)

    assert (again.status, again.json) == (200, first.json)
    assert again.headers["idempotency-replayed"] == "true"
    assert figures(merchant) == [(2, 0), (2, 3)]


def test_what_was_sent_already_is_answered_as_it_is(merchant: Merchant, ends: dict[str, str]) -> None:
    transfer = sent(merchant, ends)

    assert act(merchant, transfer, "dispatch").json == transfer
    assert figures(merchant) == [(0, 5), (2, 0)]


def test_more_than_is_outstanding_is_refused(merchant: Merchant, ends: dict[str, str]) -> None:
    reply = act(merchant, sent(merchant, ends), "receive", {"lines": [{"sku": "MUG-BLUE", "quantity": 6}]})

    assert (reply.status, reply.code) == (409, "too_many_units")
    assert [(one["field"], one["outstanding"]) for one in reply.json["errors"]] == [("lines.0.quantity", 5)]


@pytest.mark.parametrize(
    ("fields", "status", "codes"),
    [
        pytest.param({"lines": [{"sku": "VASE", "quantity": 1}]}, 422, ["sku_unknown"], id="unknown_sku"),
        pytest.param({"lines": [{"sku": "MUG-RED", "quantity": 1}] * 2}, 422, ["sku_twice"], id="sku_twice"),
        pytest.param({"lines": [{"sku": "MUG-RED", "quantity": 0}]}, 422, ["greater_than_equal"], id="nothing"),
        pytest.param({"source_location_id": "loc_1"}, 422, ["location_unknown"], id="unknown_location"),
        pytest.param({"lines": [{"sku": f"S{n}", "quantity": 1} for n in range(46)]}, 409, None, id="too_many_lines"),
    ],
)
def test_a_draft_that_cannot_be_sent_is_refused(
    merchant: Merchant, ends: dict[str, str], fields: dict[str, Any], status: int, codes: list[str] | None
) -> None:
    lines = [{"sku": "MUG-BLUE", "quantity": 1}]

    reply = merchant.api.post(TRANSFERS, {**ends, "lines": lines, **fields})

    assert reply.status == status
    assert [error["code"] for error in reply.json["errors"]] == codes if codes else reply.code == "too_many_lines"
    assert merchant.data(TRANSFERS) == []


def test_a_transfer_to_where_it_is_or_to_a_closed_location_is_refused(merchant: Merchant, ends: dict[str, str]) -> None:
    lines = [{"sku": "MUG-BLUE", "quantity": 1}]
    same = {**ends, "target_location_id": ends["source_location_id"], "lines": lines}
    merchant.api.patch(f"/v1/locations/{ends['target_location_id']}", {"active": False})

    for body, code in ((same, "same_location"), ({**ends, "lines": lines}, "location_inactive")):
        reply = merchant.api.post(TRANSFERS, body)
        assert (reply.status, [error["code"] for error in reply.json["errors"]]) == (422, [code])


def test_an_act_on_what_is_over_is_a_conflict(merchant: Merchant, ends: dict[str, str]) -> None:
    transfer = draft(merchant, ends)
    act(merchant, transfer, "cancel")

    replies = [act(merchant, transfer, "dispatch"), act(merchant, transfer, "receive")]
    replies.append(act(merchant, transfer, "close", {"reason": "x"}))
    replies.append(merchant.api.patch(f"{TRANSFERS}/{transfer['id']}", {"notes": "x"}))

    assert [(reply.status, reply.code) for reply in replies] == [(409, "wrong_state")] * 4
    assert act(merchant, transfer, "cancel").status == 200


@pytest.mark.parametrize("id_", ["trf_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "trf_x", "loc_1"])
def test_an_unknown_transfer_is_404(merchant: Merchant, id_: str) -> None:
    assert (merchant.api.get(f"{TRANSFERS}/{id_}").status, act(merchant, {"id": id_}, "dispatch").status) == (404, 404)


def test_closing_needs_a_reason(merchant: Merchant, ends: dict[str, str]) -> None:
    reply = act(merchant, sent(merchant, ends), "close", {"reason": " "})

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["reason"])
    assert figures(merchant) == [(0, 5), (2, 0)]


@pytest.mark.parametrize(
    ("name", "status"),
    {
        "create_transfer": 201,
        "create_transfer_to_where_it_is": 422,
        "list_transfers_on_their_way": 200,
        "read_transfer": 200,
        "change_transfer": 409,
        "dispatch_transfer": 200,
        "receive_transfer": 200,
        "receive_more_than_transferred": 409,
        "close_transfer": 200,
        "cancel_transfer": 200,
    }.items(),
)
def test_a_sample_event_is_answered(
    merchant: Merchant, ends: dict[str, str], table: Table, make_secret: MakeSecret, name: str, status: int
) -> None:
    """Of a merchant whose transfer of 5 units is on its way."""
    transfer = sent(merchant, ends)
    text = (SAMPLES / f"{name}.json").read_text().replace(f"trf_{EXAMPLE}D", transfer["id"])
    text = text.replace(f"loc_{EXAMPLE}D", ends["source_location_id"])
    event = json.loads(text.replace(f"loc_{EXAMPLE}E", ends["target_location_id"]))
    event["headers"]["authorization"] = f"Bearer {make_secret()}"

    assert merchant.api.send(event).status == status
