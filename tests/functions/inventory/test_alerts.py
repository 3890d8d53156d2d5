"""Alerts over HTTP: as a merchant lists them, puts them aside and takes them up again; and as a store sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storekeeper.kernel import clock
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.conftest import Api, MakeSecret, Reply
from tests.functions.inventory.conftest import Merchant

ALERTS = "/v1/inventory/alerts"
RULES = "/v1/inventory/alert-rules"


def alerts(merchant: Merchant, **query: Any) -> list[dict[str, Any]]:
    return merchant.data(ALERTS, **query)


def act(merchant: Merchant, alert: dict[str, Any], verb: str, body: Any = None, **options: Any) -> Reply:
    return merchant.api.post(f"{ALERTS}/{alert['id']}/{verb}", body, **options)


@pytest.fixture
def short(merchant: Merchant) -> Merchant:
    """A merchant of whose blue mugs 5 are left, of the red ones none."""
    for sku, units in [("MUG-BLUE", 15), ("MUG-RED", 20)]:
        merchant.adjust(20, sku=sku)
        merchant.adjust(-units, sku=sku)
    merchant.project()
    return merchant


def test_an_alert_says_what_is_low_and_by_which_rule(short: Merchant) -> None:
    short.adjust(-1)

    (alert,) = alerts(short, sku="MUG-BLUE")

    instants = {name: alert.pop(name) for name in ("id", "raised_at", "told_at")}
    assert instants["raised_at"] == instants["told_at"]
    assert alert == {
        "kind": "low",
        "status": "open",
        "sku": "MUG-BLUE",
        "product_id": "prd_1",
        "store_id": None,
        "location_id": None,
        "available": 4,
        "incoming": 0,
        "available_then": 5,
        "low": 10,
        "critical": 3,
        "reorder": None,
        "rule_id": None,
        "channels": [],
        "recipient_ids": [],
        "snoozed_until": None,
        "resolved_at": None,
        "episodes": 1,
        "version": 1,
    }


def test_alerts_are_found_by_what_they_are(short: Merchant) -> None:
    tomorrow = clock.to_text(datetime.now(UTC) + timedelta(days=1))
    (blue,) = alerts(short, kind="low")
    assert act(short, blue, "dismiss").status == 200

    def skus(**query: Any) -> list[str]:
        return [alert["sku"] for alert in alerts(short, **query)]

    assert sorted(skus()) == ["MUG-BLUE", "MUG-RED"]
    assert (skus(status="open"), skus(status="dismissed")) == (["MUG-RED"], ["MUG-BLUE"])
    assert (skus(kind="out"), skus(kind="out", status="dismissed"), skus(kind="critical")) == (["MUG-RED"], [], [])
    assert (skus(sku="MUG-RED"), skus(sku="MUG-RED", kind="low")) == (["MUG-RED"], [])
    assert (skus(since=tomorrow), len(skus(since="2026-01-01T00:00:00Z"))) == ([], 2)
    assert skus(location_id="loc_1") == []


def test_alerts_come_in_pages_newest_first(short: Merchant) -> None:
    first = short.api.get(ALERTS, query={"limit": 1}).json
    second = short.api.get(ALERTS, query={"limit": 1, "cursor": first["next_cursor"]}).json

    assert [alert["sku"] for alert in first["data"] + second["data"]] == ["MUG-RED", "MUG-BLUE"]
    assert second["next_cursor"] is None


def test_totals_count_by_kind(short: Merchant) -> None:
    counts = {"low": 1, "critical": 0, "out": 1, "back_in_stock": 0, "total": 2, "capped": False}

    assert short.api.get(f"{ALERTS}/totals").json == {"status": "open", **counts}
    assert short.api.get(f"{ALERTS}/totals", query={"status": "snoozed"}).json["total"] == 0


def test_an_alert_is_put_aside_and_taken_up_again(short: Merchant) -> None:
    (alert,) = alerts(short, kind="out")
    until = clock.to_text(datetime.now(UTC) + timedelta(days=2))

    snoozed = act(short, alert, "snooze", {"until": until})
    dismissed = act(short, alert, "dismiss")
    again = act(short, alert, "dismiss")
    opened = act(short, alert, "reopen")

    assert (snoozed.json["status"], snoozed.json["snoozed_until"]) == ("snoozed", until)
    assert (dismissed.json["status"], dismissed.json["snoozed_until"]) == ("dismissed", None)
    assert again.json == dismissed.json
    assert (opened.json["status"], opened.headers["etag"]) == ("open", '"4"')
    assert short.api.get(f"{ALERTS}/{alert['id']}").json == opened.json


def test_what_is_resolved_can_be_neither_put_aside_nor_taken_up(short: Merchant) -> None:
    (alert,) = alerts(short, kind="out")
    short.adjust(50, sku="MUG-RED")
    short.project()

    tomorrow = clock.to_text(datetime.now(UTC) + timedelta(days=1))
    replies = [
        act(short, alert, "dismiss"),
        act(short, alert, "reopen"),
        act(short, alert, "snooze", {"until": tomorrow}),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(409, "wrong_state")] * 3
    assert short.api.get(f"{ALERTS}/{alert['id']}").json["status"] == "resolved"


@pytest.mark.parametrize("until", ["2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "tomorrow", None])
def test_a_snooze_ends_within_a_year(short: Merchant, until: Any) -> None:
    (alert,) = alerts(short, kind="out")

    reply = act(short, alert, "snooze", {"until": until})

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["until"]


def test_a_change_of_an_alert_that_has_changed_since_is_refused(short: Merchant) -> None:
    (alert,) = alerts(short, kind="out")
    act(short, alert, "dismiss")

    assert act(short, alert, "reopen", headers={"If-Match": '"1"'}).status == 412
    assert act(short, alert, "reopen", headers={"If-Match": '"2"'}).status == 200


def test_a_repeat_gets_the_first_answer(short: Merchant) -> None:
    (alert,) = alerts(short, kind="out")
    headers = {"Idempotency-Key": "dismiss-the-red-mugs"}
    first = act(short, alert, "dismiss", headers=headers)
    act(short, alert, "reopen")

    again = act(short, alert, "dismiss", headers=headers)

    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert short.api.get(f"{ALERTS}/{alert['id']}").json["status"] == "open"


def test_an_alert_that_is_not_there_is_404(
    short: Merchant, api: Any, make_secret: MakeSecret, other_table: Table
) -> None:
    (alert,) = alerts(short, kind="out")
    stranger = make_secret(table=other_table)

    assert short.api.get(f"{ALERTS}/alr_01KAGC3M5Q8V6ZB1X7Y2N4T9RD").code == "alert_unknown"
    assert short.api.get(f"{ALERTS}/{alert['id']}", key=stranger).code == "alert_unknown"
    assert act(short, alert, "dismiss", key=stranger).code == "alert_unknown"
    assert short.api.get(ALERTS, key=stranger).json["data"] == []
    assert short.api.get(f"{ALERTS}/totals", key=stranger).json["total"] == 0


def test_a_key_that_may_only_read_puts_nothing_aside(short: Merchant, make_secret: MakeSecret) -> None:
    (alert,) = alerts(short, kind="out")

    assert act(short, alert, "dismiss", key=make_secret("inventory:read")).status == 403


# of a store


def sold_in(api: Any, store: Store, sku: str) -> None:
    """A product with this SKU that the store lists."""
    catalog: Api = api("catalog")
    product = {"title": sku, "slug": sku.lower(), "price": "9.00", "status": "active", "variants": [{"sku": sku}]}
    made = catalog.post("/v1/products", product)
    assert made.status == 201, made.text
    listed = catalog.post(f"/v1/stores/{store.id}/listings", {"product_id": made.json["id"], "visible": True})
    assert listed.status == 201, listed.text


def test_a_store_sees_the_alerts_of_what_it_lists(
    merchant: Merchant, api: Any, store: Store, make_store: MakeStore
) -> None:
    other = make_store(name="Other")
    sold_in(api, store, "LAMP")
    sold_in(api, other, "SHADE")
    for sku in ("LAMP", "SHADE"):
        merchant.adjust(2, sku=sku)
    merchant.project()

    def seen(store: Store) -> list[str]:
        return [alert["sku"] for alert in merchant.data(f"/v1/stores/{store.id}/stock/alerts", status="open")]

    assert (seen(store), seen(other)) == (["LAMP"], ["SHADE"])
    assert [alert["sku"] for alert in alerts(merchant, store_id=other.id)] == ["SHADE"]


def test_a_store_s_own_rule_raises_its_own_alert(
    merchant: Merchant, api: Any, store: Store, make_store: MakeStore
) -> None:
    other = make_store(name="Other")
    sold_in(api, store, "LAMP")
    product_id = api("catalog").get("/v1/products", query={"sku": "LAMP"}).json["data"][0]["id"]
    api("catalog").post(f"/v1/stores/{other.id}/listings", {"product_id": product_id, "visible": True})
    rule = merchant.api.post(RULES, {"scope": "store", "store_id": store.id, "low": 50})
    assert rule.status == 201, rule.text
    merchant.adjust(40, sku="LAMP")
    merchant.project()

    (alert,) = merchant.data(f"/v1/stores/{store.id}/stock/alerts")

    assert (alert["store_id"], alert["low"], alert["rule_id"]) == (store.id, 50, rule.json["id"])
    assert merchant.data(f"/v1/stores/{other.id}/stock/alerts") == []


def test_the_alerts_of_a_store_that_is_not_there_are_404(
    merchant: Merchant, store: Store, make_secret: MakeSecret, other_table: Table
) -> None:
    path = f"/v1/stores/{store.id}/stock/alerts"

    assert merchant.api.get("/v1/stores/sto_unknown/stock/alerts").status == 404
    assert merchant.api.get(path, key=make_secret(table=other_table)).status == 404
