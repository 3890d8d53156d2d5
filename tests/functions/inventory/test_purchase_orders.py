"""Purchase orders over HTTP, from the draft to the shelf."""

from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.kernel.changes import Change
from tests.docs.event_page import documented
from tests.functions.inventory.conftest import Merchant
from tests.functions.inventory.purchases import ORDERS, a_supplier, act, delivery, drafted, sent, stock


@pytest.fixture
def supplier(merchant: Merchant) -> dict[str, Any]:
    """Sells MUG-BLUE in packs of 12, for euros, from 40 on."""
    return a_supplier(merchant, currency="EUR", minimum_order="40.00", lead_time_days=14)


def test_a_draft_is_answered_with_what_the_supplier_says(merchant: Merchant, supplier: dict[str, Any]) -> None:
    reply = merchant.api.post(
        ORDERS,
        {"supplier_id": supplier["id"], "lines": [{"sku": "MUG-BLUE", "quantity": 24}], "notes": "Ask for Ada"},
    )

    order = reply.json
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    assert (order["number"], order["status"], order["currency"], order["total"]) == ("PO-1001", "draft", "EUR", "96.00")
    assert (order["supplier_name"], order["notes"], order["expected_at"]) == ("Lantern Works", "Ask for Ada", None)
    assert (order["lines"][0]["unit_cost"], order["lines"][0]["outstanding"]) == ("4.00", 24)
    assert merchant.api.get(f"{ORDERS}/{order['id']}").json == order
    assert stock(merchant) == []


def test_an_order_goes_from_the_draft_to_the_shelf(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    assert (order["status"], order["version"], order["expected_at"] is not None) == ("sent", 2, True)
    assert stock(merchant) == [(0, 24)]

    part = act(merchant, order, "receive", delivery(10))
    assert (part.status, part.json["status"], part.headers["etag"]) == (201, "partially_received", '"3"')
    assert part.json["receipt"]["lines"][0]["cost"] == "4.40"
    assert (part.json["receipt"]["currency"], part.json["receipt"]["cost_currency"]) == ("EUR", "USD")
    assert stock(merchant) == [(10, 14)]

    lines = [
        {"line_id": order["lines"][0]["id"], "quantity": 13, "rejected": 1, "reason": "broken", "unit_cost": "4.20"}
    ]
    last = act(merchant, order, "receive", {"lines": lines, "exchange_rate": "1.10"})
    assert (last.json["status"], last.json["received_total"], last.json["units"]["rejected"]) == (
        "received",
        "94.60",
        1,
    )
    assert stock(merchant) == [(23, 0)]
    receipts = merchant.data(f"{ORDERS}/{order['id']}/receipts")
    assert receipts == [part.json["receipt"], last.json["receipt"]]


def test_the_ledger_shows_what_came_and_its_cost(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    act(merchant, order, "receive", delivery(10))
    merchant.project()

    rows = merchant.movements(reference_id=order["id"])
    file = merchant.api.get("/v1/inventory/movements.csv", query={"reference_id": order["id"]}).text

    shown = {(row["type"], row["quantity"], row["incoming_after"], row["unit_cost"]) for row in rows}
    assert shown == {("restock", 10, 14, "4.40"), ("restock", 0, 24, None), ("restock", 0, 0, None)}
    assert ",10,0,10,0,0,14,4.40," in file


def test_a_repeated_delivery_is_taken_in_once(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    headers = {"Idempotency-Key": "the-truck-of-friday"}

    first, again = (act(merchant, order, "receive", delivery(10), headers=headers) for _ in range(2))

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert stock(merchant) == [(10, 14)]


def test_an_order_is_closed_short_or_cancelled(merchant: Merchant, supplier: dict[str, Any]) -> None:
    part, nothing = sent(merchant, supplier), sent(merchant, supplier)
    act(merchant, part, "receive", delivery(10))

    wrong = [act(merchant, part, "cancel"), act(merchant, nothing, "close")]
    closed = act(merchant, part, "close", {"reason": "discontinued"})
    cancelled = act(merchant, nothing, "cancel")

    assert [(reply.status, reply.code) for reply in wrong] == [(409, "wrong_state")] * 2
    assert (closed.json["status"], closed.json["units"]["short"], closed.json["ending_reason"]) == (
        "closed_short",
        14,
        "discontinued",
    )
    assert (cancelled.json["status"], cancelled.json["units"]["short"]) == ("cancelled", 24)
    assert stock(merchant) == [(10, 0)]


def test_what_is_said_again_is_answered_as_it_is(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    assert act(merchant, order, "send").json == order

    cancelled = act(merchant, order, "cancel").json

    assert act(merchant, order, "cancel").json == cancelled
    assert act(merchant, order, "send").code == "wrong_state"
    assert act(merchant, order, "cancel", headers={"If-Match": '"2"'}).code == "stale_version"
    assert stock(merchant) == [(0, 0)]


def test_a_draft_is_changed_in_part(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = drafted(merchant, supplier, notes="old")
    path = f"{ORDERS}/{order['id']}"

    lines = [
        {"sku": "MUG-BLUE", "quantity": 36, "unit_cost": "3.90"},
        {"sku": "MUG-RED", "quantity": 1, "unit_cost": "5"},
    ]
    changed = merchant.api.patch(path, {"lines": lines, "notes": "new", "reference": "AB-17"})
    stale = merchant.api.patch(path, {"notes": "mine"}, headers={"If-Match": '"1"'})
    act(merchant, order, "send")
    late = merchant.api.patch(path, {"lines": lines})

    assert (changed.json["total"], changed.json["notes"], changed.json["reference"]) == ("145.40", "new", "AB-17")
    assert (stale.status, stale.code) == (412, "stale_version")
    assert (late.status, late.code) == (409, "wrong_state")


def test_orders_are_listed_and_added_up(merchant: Merchant, supplier: dict[str, Any]) -> None:
    late = sent(merchant, supplier, expected_at="2020-01-01T00:00:00Z")
    soon = sent(merchant, supplier)
    draft = drafted(merchant, supplier)

    def listed(**query: Any) -> list[str]:
        return [row["number"] for row in merchant.data(ORDERS, **query)]

    assert set(listed()) == {late["number"], soon["number"], draft["number"]}
    assert listed(status="draft") == listed(number="po-1003") == [draft["number"]]
    assert listed(number="PO-1003", status="sent") == listed(number="PO-9999") == []
    assert listed(sort="expected_at") == [late["number"], soon["number"]]
    assert listed(sort="expected_at", expected_to="2021-01-01T00:00:00Z") == [late["number"]]
    summary = merchant.api.get(f"{ORDERS}/summary").json
    totals = [{"currency": "EUR", "amount": "192.00"}]
    assert summary == {"orders": 2, "overdue": 1, "units": 48, "totals": totals, "more": False}


def test_what_becomes_of_an_order_is_told(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier, notes="Ask for Ada")
    merchant.api.patch(f"{ORDERS}/{order['id']}", {"reference": "AB-17"})
    act(merchant, order, "receive", delivery(10))
    act(merchant, order, "close")
    other = sent(merchant, supplier)
    act(merchant, other, "cancel")

    changes = [Change.from_record(record) for record in merchant.stream.records()]
    told = [event for change in changes if change.type == "purchase_order" for event in events_of(change)]

    assert [(event.type.removeprefix("purchase_order."), event.version) for event in told] == [
        ("created", 1),
        ("sent", 2),
        ("updated", 3),
        ("received", 4),
        ("closed_short", 5),
        ("created", 1),
        ("sent", 2),
        ("cancelled", 3),
    ]
    assert "Ada" not in repr(told)
    assert all(documented()[event.type].allows(set(event.data)) for event in told)
