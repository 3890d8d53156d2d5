"""Purchase orders over HTTP, from the draft to the shelf."""

from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table
from tests.docs.event_page import documented
from tests.functions.conftest import MakeSecret, Reply
from tests.functions.inventory.conftest import Merchant

ORDERS = "/v1/purchase-orders"
MUG = {"sku": "MUG-BLUE", "unit_cost": "4.00", "minimum_quantity": 12, "pack_size": 12}


@pytest.fixture
def supplier(merchant: Merchant) -> dict[str, Any]:
    """Sells MUG-BLUE in packs of 12, for euros, from 40 on."""
    return a_supplier(merchant, currency="EUR", minimum_order="40.00", lead_time_days=14)


def a_supplier(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    reply = merchant.api.post("/v1/suppliers", {"name": "Lantern Works", "code": "LW", **fields})
    assert reply.status == 201, reply.text
    assert merchant.api.post(f"/v1/suppliers/{reply.json['id']}/skus", MUG).status == 201
    return dict(reply.json)


def drafted(merchant: Merchant, supplier: dict[str, Any], *, quantity: int = 24, **fields: Any) -> dict[str, Any]:
    lines = [{"sku": "MUG-BLUE", "quantity": quantity}]
    reply = merchant.api.post(ORDERS, {"supplier_id": supplier["id"], "lines": lines, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def act(merchant: Merchant, order: dict[str, Any], verb: str, body: Any = None, **options: Any) -> Reply:
    return merchant.api.post(f"{ORDERS}/{order['id']}/{verb}", body, **options)


def sent(merchant: Merchant, supplier: dict[str, Any], **fields: Any) -> dict[str, Any]:
    reply = act(merchant, drafted(merchant, supplier, **fields), "send")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def stock(merchant: Merchant) -> list[tuple[int, int]]:
    return [(row["on_hand"], row["incoming"]) for row in merchant.levels(sku="MUG-BLUE")]


def delivery(units: int, **fields: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "MUG-BLUE", "quantity": units}], "exchange_rate": "1.10", **fields}


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


def test_a_repeated_delivery_is_taken_in_once(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    headers = {"Idempotency-Key": "the-truck-of-friday"}

    first, again = (act(merchant, order, "receive", delivery(10), headers=headers) for _ in range(2))

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert stock(merchant) == [(10, 14)]


@pytest.mark.parametrize(
    ("quantity", "override", "code"),
    [
        (9, {}, "below_minimum_order"),
        (9, {"override_minimum": True}, "not_whole_packs"),
        (18, {}, "not_whole_packs"),
        (18, {"override_packs": True}, None),
        (9, {"override_minimum": True, "override_packs": True}, None),
    ],
)
def test_what_the_supplier_would_not_take_is_sent_only_if_that_is_settled(
    merchant: Merchant, supplier: dict[str, Any], quantity: int, override: dict[str, bool], code: str | None
) -> None:
    order = drafted(merchant, supplier, quantity=quantity)

    reply = act(merchant, order, "send", override)

    assert (reply.status, reply.json.get("code")) == (409 if code else 200, code)
    assert stock(merchant) == ([] if code else [(0, quantity)])


def test_a_refusal_names_every_reason(merchant: Merchant, supplier: dict[str, Any]) -> None:
    reply = act(merchant, drafted(merchant, supplier, quantity=9), "send")

    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [
        ("lines", "below_minimum_order"),
        ("lines.0.quantity", "below_minimum_quantity"),
        ("lines.0.quantity", "not_whole_packs"),
    ]
    assert (reply.json["errors"][0]["total"], reply.json["errors"][0]["minimum_order"]) == ("36.00", "40.00")


def test_more_than_is_outstanding_must_be_meant(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)

    refused = act(merchant, order, "receive", delivery(25))
    meant = act(merchant, order, "receive", delivery(25, allow_over=True))

    assert (refused.status, refused.code) == (409, "too_many_units")
    assert refused.json["errors"][0] | {"detail": ""} == {
        "field": "lines.0.quantity",
        "code": "too_many_units",
        "detail": "",
        "sku": "MUG-BLUE",
        "outstanding": 24,
        "requested": 25,
    }
    assert (meant.json["status"], stock(merchant)) == ("received", [(25, 0)])


def test_costs_in_another_currency_need_a_rate(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = sent(merchant, supplier)
    without = {"lines": [{"sku": "MUG-BLUE", "quantity": 1}]}

    refused = act(merchant, order, "receive", without)
    merchant.api.patch(f"{ORDERS}/{order['id']}", {"exchange_rate": "1.25"})
    taken = act(merchant, order, "receive", without)

    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "exchange_rate_missing")
    assert (taken.status, taken.json["receipt"]["lines"][0]["cost"]) == (201, "5.00")


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


def test_what_cannot_be_ordered_is_refused(merchant: Merchant, supplier: dict[str, Any]) -> None:
    def order(*lines: dict[str, Any], **fields: Any) -> Reply:
        return merchant.api.post(ORDERS, {"supplier_id": supplier["id"], "lines": list(lines), **fields})

    mug = {"sku": "MUG-BLUE", "quantity": 12}
    replies = [
        order({"sku": "GHOST", "quantity": 1}),
        order({"sku": "MUG-RED", "quantity": 1}),
        order(mug, mug),
        order({**mug, "unit_cost": "4.001"}),
        order(mug, exchange_rate="0"),
        order(*({"sku": f"S-{number}", "quantity": 1} for number in range(91))),
    ]

    assert [(reply.status, reply.json["errors"][0]["code"]) for reply in replies] == [
        (422, "sku_unknown"),
        (422, "unit_cost_missing"),
        (422, "line_repeated"),
        (422, "amount_malformed"),
        (422, "exchange_rate_malformed"),
        (422, "too_many_lines"),
    ]
    assert order(mug, supplier_id="sup_1").code == "supplier_unknown"
    assert merchant.data(ORDERS) == []


def test_nothing_new_is_ordered_of_an_archived_supplier(merchant: Merchant, supplier: dict[str, Any]) -> None:
    order = drafted(merchant, supplier)
    merchant.api.patch(f"/v1/suppliers/{supplier['id']}", {"active": False})

    replies = [
        act(merchant, order, "send"),
        merchant.api.post(ORDERS, {"supplier_id": supplier["id"], "lines": [{"sku": "MUG-BLUE", "quantity": 12}]}),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(409, "supplier_inactive")] * 2


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


def test_a_key_that_may_only_read_orders_nothing(
    merchant: Merchant, supplier: dict[str, Any], make_secret: MakeSecret, table: Table
) -> None:
    order = drafted(merchant, supplier)

    reply = act(merchant, order, "send", key=make_secret("inventory:read"))

    assert (reply.status, reply.code) == (403, "scope_missing")
