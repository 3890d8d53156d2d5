"""Alert rules over HTTP."""

import json
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.inventory.alerts.items import TYPE as ALERT
from storekeeper.inventory.events import events_of
from storekeeper.kernel.changes import Change
from storekeeper.kernel.keys import belongs_to
from storekeeper.kernel.table import Table
from tests.emulated import all_items
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant

RULES = "/v1/inventory/alert-rules"
ADA = "ada@example.com"
MEMBER = "mem_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"


def make(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    """A rule that is made; a global one unless something else is said."""
    reply = merchant.api.post(RULES, {"scope": "global", **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def test_a_rule_is_made_with_what_is_not_said_by_default(merchant: Merchant) -> None:
    reply = merchant.api.post(RULES, {"scope": "variant", "sku": "MUG-BLUE"})

    rule = reply.json
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    assert {name: rule[name] for name in ("scope", "sku", "store_id", "product_id", "location_id")} == {
        "scope": "variant",
        "sku": "MUG-BLUE",
        "store_id": None,
        "product_id": None,
        "location_id": None,
    }
    assert (rule["low"], rule["critical"], rule["enabled"]) == (10, 3, True)
    assert rule["kinds"] == ["low", "critical", "out", "back_in_stock"]
    assert (rule["channels"], rule["recipients"], rule["recipient_ids"]) == ([], [], [])
    assert merchant.api.get(f"{RULES}/{rule['id']}").json == rule


def test_a_rule_counts_and_its_alert_says_what_to_order(merchant: Merchant) -> None:
    rule = make(merchant, scope="variant", sku="MUG-BLUE", low=40, reorder_point=30, reorder_quantity=25)
    merchant.adjust(50)
    merchant.adjust(-11)
    merchant.project()

    (alert,) = merchant.data("/v1/inventory/alerts", status="open")
    assert (alert["kind"], alert["rule_id"]) == ("low", rule["id"])
    assert alert["reorder"] == {"quantity": 0, "reorder_point": 30, "reorder_quantity": 25}
    merchant.adjust(-36)

    (alert,) = merchant.data("/v1/inventory/alerts", status="open")
    assert (alert["available"], alert["reorder"]["quantity"]) == (3, 50)


def test_an_event_names_recipients_by_references_only(merchant: Merchant, table: Table, cloud: DataCloud) -> None:
    rule = make(merchant, channels=["email", "sms"], recipients=[ADA, MEMBER])
    merchant.adjust(2)
    merchant.project()
    changes = [Change.from_record(record) for record in merchant.stream.records()]

    (event,) = [event for change in changes if change.type == ALERT for event in events_of(change)]

    assert rule["recipients"] == [ADA, MEMBER]
    assert event.data["recipients"] == rule["recipient_ids"]
    assert (event.data["recipients"][0][:4], event.data["recipients"][1]) == ("rcp_", MEMBER)
    assert event.data["channels"] == ["email", "sms"]
    kept = [item for item in all_items(cloud) if belongs_to(item["pk"], table.tenant_id)]
    assert ADA not in json.dumps([event.envelope(), kept], default=str)


def test_there_is_one_rule_for_a_target(merchant: Merchant) -> None:
    east = merchant.api.post("/v1/locations", {"name": "East"}).json["id"]
    first = make(merchant)
    at_east = make(merchant, location_id=east)

    reply = merchant.api.post(RULES, {"scope": "global", "low": 99})

    assert (reply.status, reply.code) == (409, "alert_rule_exists")
    assert first["id"] in reply.json["detail"]
    assert len({first["id"], at_east["id"]}) == 2
    assert merchant.api.get(f"{RULES}/{first['id']}").json["low"] == 10


def test_a_repeat_of_making_one_gets_the_first_answer(merchant: Merchant) -> None:
    headers = {"Idempotency-Key": "the-rule-for-everything"}
    first = merchant.api.post(RULES, {"scope": "global"}, headers=headers)

    again = merchant.api.post(RULES, {"scope": "global"}, headers=headers)

    assert (again.status, again.json) == (201, first.json)


def test_rules_are_listed_newest_first_and_by_what_they_are_about(merchant: Merchant) -> None:
    made = [
        make(merchant),
        make(merchant, scope="variant", sku="MUG-BLUE", enabled=False),
        make(merchant, scope="variant", sku="MUG-RED"),
    ]

    def listed(**query: Any) -> list[str]:
        return [rule["id"] for rule in merchant.data(RULES, **query)]

    assert sorted(listed()) == sorted(rule["id"] for rule in made)
    assert listed(scope="global") == [made[0]["id"]]
    assert listed(target="MUG-RED") == [made[2]["id"]]
    assert listed(enabled="false") == [made[1]["id"]]
    assert listed(location_id="loc_1") == []
    page = merchant.api.get(RULES, query={"limit": 2}).json
    rest = merchant.api.get(RULES, query={"limit": 2, "cursor": page["next_cursor"]}).json
    assert [rule["id"] for rule in page["data"] + rest["data"]] == listed()


def test_a_rule_is_changed_in_part(merchant: Merchant) -> None:
    rule = make(merchant, channels=["email"], recipients=[ADA], reorder_point=5, reorder_quantity=10)
    path = f"{RULES}/{rule['id']}"

    changed = merchant.api.patch(path, {"low": 20, "reorder_point": None, "reorder_quantity": None})
    others = merchant.api.patch(path, {"recipients": ["ben@example.com"]})
    same = merchant.api.patch(path, {"low": 20})

    assert (changed.status, changed.json["low"], changed.json["reorder_point"]) == (200, 20, None)
    assert (changed.json["recipients"], changed.json["recipient_ids"]) == ([ADA], rule["recipient_ids"])
    assert (others.json["recipients"], others.json["version"], same.json["version"]) == (["ben@example.com"], 3, 3)


def test_a_rule_that_has_changed_since_it_was_read_is_left_alone(merchant: Merchant) -> None:
    path = f"{RULES}/{make(merchant)['id']}"
    merchant.api.patch(path, {"low": 20})

    stale = {"If-Match": '"1"'}

    assert merchant.api.patch(path, {"low": 30}, headers=stale).status == 412
    assert merchant.api.delete(path, headers=stale).status == 412
    assert merchant.api.get(path).json["low"] == 20


def test_a_rule_is_deleted(merchant: Merchant) -> None:
    path = f"{RULES}/{make(merchant)['id']}"

    assert merchant.api.delete(path).status == 204

    assert (merchant.api.get(path).code, merchant.api.delete(path).code) == ("alert_rule_unknown",) * 2
    assert merchant.data(RULES) == []
    assert make(merchant, low=7)["low"] == 7


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"low": 5, "critical": 6}, [("critical", "critical_above_low")]),
        ({"reorder_point": 5}, [("reorder_quantity", "reorder_incomplete")]),
        ({"reorder_point": 11, "reorder_quantity": 1}, [("reorder_point", "reorder_above_low")]),
        ({"channels": ["email"]}, [("recipients", "recipients_missing")]),
        ({"channels": ["sms"], "recipients": [ADA]}, [("recipients", "member_missing")]),
        ({"scope": "store"}, [("store_id", "target_missing")]),
        ({"sku": "MUG-BLUE"}, [("sku", "target_of_other_scope")]),
    ],
)
def test_a_rule_that_contradicts_itself_is_422(
    merchant: Merchant, fields: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    reply = merchant.api.post(RULES, {"scope": "global", **fields})

    assert reply.status == 422
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == faults
    assert merchant.data(RULES) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "all"},
        {"low": -1},
        {"kinds": ["gone"]},
        {"recipients": ["nobody"]},
        {"recipients": [ADA] * 21},
        {"x": 1},
    ],
)
def test_a_rule_that_cannot_be_meant_is_422(merchant: Merchant, fields: dict[str, Any]) -> None:
    assert merchant.api.post(RULES, {"scope": "global", **fields}).status == 422


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scope": "variant", "sku": "GONE"}, "sku_unknown"),
        ({"scope": "product", "product_id": "prd_unknown"}, "not_found"),
        ({"scope": "store", "store_id": "sto_unknown"}, "not_found"),
        ({"scope": "global", "location_id": "loc_unknown"}, "location_unknown"),
    ],
)
def test_a_rule_for_what_is_not_there_is_404(merchant: Merchant, fields: dict[str, Any], code: str) -> None:
    reply = merchant.api.post(RULES, fields)

    assert (reply.status, reply.code) == (404, code)


def test_a_store_has_no_stock_at_a_location_of_its_own(merchant: Merchant, store: Any) -> None:
    location = merchant.api.get("/v1/locations").json["data"][0]["id"]

    reply = merchant.api.post(RULES, {"scope": "store", "store_id": store.id, "location_id": location})

    assert [error["code"] for error in reply.json["errors"]] == ["location_of_store"]


def test_a_stranger_finds_no_rule(merchant: Merchant, make_secret: MakeSecret, other_table: Table) -> None:
    path, stranger = f"{RULES}/{make(merchant)['id']}", make_secret(table=other_table)

    assert merchant.api.get(path, key=stranger).code == "alert_rule_unknown"
    assert merchant.api.patch(path, {"low": 1, "critical": 0}, key=stranger).code == "alert_rule_unknown"
    assert merchant.api.delete(path, key=stranger).code == "alert_rule_unknown"
    assert merchant.api.get(RULES, key=stranger).json["data"] == []
    assert merchant.api.get(path).json["low"] == 10


def test_a_key_that_may_only_read_makes_no_rule(merchant: Merchant, make_secret: MakeSecret) -> None:
    assert merchant.api.post(RULES, {"scope": "global"}, key=make_secret("inventory:read")).status == 403
