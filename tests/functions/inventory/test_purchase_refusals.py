"""What is refused of purchase orders over HTTP, and how that is said."""

from typing import Any

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import MakeSecret, Reply
from tests.functions.inventory.conftest import Merchant
from tests.functions.inventory.purchases import ORDERS, a_supplier, act, delivery, drafted, sent, stock


@pytest.fixture
def supplier(merchant: Merchant) -> dict[str, Any]:
    """Sells MUG-BLUE in packs of 12, for euros, from 40 on."""
    return a_supplier(merchant, currency="EUR", minimum_order="40.00", lead_time_days=14)


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


def test_a_key_that_may_only_read_orders_nothing(
    merchant: Merchant, supplier: dict[str, Any], make_secret: MakeSecret, table: Table
) -> None:
    order = drafted(merchant, supplier)

    reply = act(merchant, order, "send", key=make_secret("inventory:read"))

    assert (reply.status, reply.code) == (403, "scope_missing")
