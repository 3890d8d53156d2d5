"""Routes that move an order's money: Lambda event in, whole answer out, with Stripe's stand-in behind them."""

from typing import Any

import pytest

from storekeeper.kernel.table import Table
from tests.emulated import MakeStore
from tests.functions.conftest import MakeSecret
from tests.functions.paying import Checkouts, checkouts, standin

__all__ = ["checkouts", "standin"]

KEY = {"Idempotency-Key": "a-key-of-sixteen-characters"}
UNKNOWN = {"order": {"id": "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}}
VERBS = ("cancel", "refund", "capture", "mark-paid")


@pytest.fixture
def paid(checkouts: Checkouts) -> Any:
    """An order of two mugs, paid."""
    bought = checkouts.buy(2)
    assert checkouts.pay(bought) == "succeeded"
    checkouts.tell(bought)
    return bought


def test_a_refund_answers_the_order_as_reading_it_does(checkouts: Checkouts, paid: Any) -> None:
    reply = checkouts.act(paid, "refund", {"amount": "10.00", "reason": "Late."})

    (refund,) = reply.json["refunds"]
    assert (reply.status, reply.json) == (201, checkouts.order(paid))
    assert reply.headers["etag"] == f'"{reply.json["version"]}"'
    assert (refund["status"], refund["amount"], refund["reason"]) == ("succeeded", "10.00", "Late.")
    assert (reply.json["payment_status"], reply.json["payment"]["refunded"]) == ("partially_refunded", "10.00")
    (theirs,) = checkouts.standin.v1.refunds.list().data
    assert (theirs.amount, theirs.metadata["refund_id"]) == (1000, refund["id"])


def test_refunds_by_line_put_units_back_and_come_to_everything(checkouts: Checkouts, paid: Any) -> None:
    line_id = paid["order"]["lines"][0]["id"]
    first = checkouts.act(paid, "refund", {"lines": [{"line_id": line_id, "quantity": 1}], "restock": True})
    second = checkouts.act(paid, "refund", {"restock": True})

    assert [refund["amount"] for refund in second.json["refunds"]] == ["12.50", "17.50"]
    assert (first.json["lines"][0]["cancelled"], first.json["allocations"][0]["quantity"]) == (1, 1)
    assert (second.json["status"], second.json["payment_status"]) == ("cancelled", "refunded")
    assert checkouts.stock() == (10, 0)


def test_more_than_was_captured_is_refused(checkouts: Checkouts, paid: Any) -> None:
    reply = checkouts.act(paid, "refund", {"amount": "30.01"})

    assert (reply.status, reply.code, reply.json["errors"][0]["refundable"]) == (409, "refund_too_large", "30.00")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"amount": "1.001"}, id="too_many_decimals"),
        pytest.param({"amount": "0.00"}, id="nothing"),
        pytest.param({"amount": -1}, id="no_text"),
        pytest.param({"lines": [{"sku": "LAMP", "quantity": 1}]}, id="a_line_that_is_not_there"),
        pytest.param({"lines": [{"sku": "MUG", "quantity": 3}]}, id="too_many_units"),
        pytest.param({"lines": [{"quantity": 1}]}, id="no_line"),
        pytest.param({"lines": []}, id="no_lines"),
        pytest.param({"location_id": "loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, id="a_location_that_is_not_there"),
        pytest.param({"to": "somebody"}, id="an_unknown_member"),
    ],
)
def test_a_refund_that_cannot_be_meant_is_422(checkouts: Checkouts, paid: Any, body: Any) -> None:
    assert checkouts.act(paid, "refund", body).status == 422
    assert checkouts.order(paid)["refunds"] == []


def test_one_key_refunds_once(checkouts: Checkouts, paid: Any) -> None:
    first = checkouts.act(paid, "refund", {"amount": "5.00"}, headers=KEY)
    again = checkouts.act(paid, "refund", {"amount": "5.00"}, headers=KEY)

    assert (again.status, again.headers["idempotency-replayed"], again.json) == (201, "true", first.json)
    assert len(checkouts.standin.v1.refunds.list().data) == 1


def test_one_key_refunds_once_though_the_first_answer_was_pending(checkouts: Checkouts, paid: Any) -> None:
    checkouts.standin.control("faults", kind="error", status=500, times=2, acts=True, path="/v1/refunds")
    first = checkouts.act(paid, "refund", {"amount": "5.00"}, headers=KEY)

    again = checkouts.act(paid, "refund", {"amount": "5.00"}, headers=KEY)

    assert [one.json["refunds"][0]["status"] for one in (first, again)] == ["pending", "succeeded"]
    assert len(checkouts.standin.v1.refunds.list().data) == 1


def test_an_order_is_cancelled_with_its_intent(checkouts: Checkouts) -> None:
    bought = checkouts.buy()

    reply = checkouts.act(bought, "cancel", {"reason": "Asked by phone."})

    assert (reply.status, reply.json) == (200, checkouts.order(bought))
    assert (reply.json["status"], reply.json["cancel_reason"]) == ("cancelled", "Asked by phone.")
    assert reply.json["payment"]["status"] == "cancelled"
    assert checkouts.stock() == (10, 0)


def test_an_order_that_has_left_is_not_cancelled(checkouts: Checkouts, paid: Any) -> None:
    checkouts.act(paid, "fulfill")

    reply = checkouts.act(paid, "cancel")

    assert (reply.status, reply.code) == (409, "order_underway")


def test_a_payment_by_hand_is_marked_and_replayed(checkouts: Checkouts) -> None:
    bought = checkouts.buy(method="manual")

    first = checkouts.act(bought, "mark-paid", headers=KEY)
    again = checkouts.act(bought, "mark-paid", headers=KEY)
    unkeyed = checkouts.act(bought, "mark-paid")

    assert (first.status, first.json["payment_status"]) == (200, "paid")
    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (200, first.json, "true")
    assert (unkeyed.status, unkeyed.code) == (409, "nothing_to_pay")


def test_what_was_authorized_is_captured(checkouts: Checkouts, make_store: MakeStore, table: Table) -> None:
    from tests.functions.paying import Checkouts as Made
    from tests.table.carts.shop import put_on_sale, ship_by

    store = make_store(name="Careful", settings={"capture": "manual"})
    put_on_sale(table, store, "CUP")
    careful = Made(checkouts.shopper, checkouts.merchant, checkouts.standin, store, table, ship_by(table, store).id)
    bought = careful.check_out(careful.cart(items=[{"sku": "CUP", "quantity": 1}])).json
    assert careful.pay(bought) == "requires_capture"
    careful.tell(bought)
    assert careful.order(bought)["payment_status"] == "authorized"

    reply = careful.act(bought, "capture")

    assert (reply.status, reply.json["payment_status"], reply.json["payment"]["captured"]) == (200, "paid", "17.50")


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_or_foreign_order_is_404(
    checkouts: Checkouts, paid: Any, make_secret: MakeSecret, other_table: Table, verb: str
) -> None:
    assert checkouts.act(UNKNOWN, verb).status == 404
    assert checkouts.act(paid, verb, key=make_secret(table=other_table)).status == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_key_without_the_scope_is_403(checkouts: Checkouts, paid: Any, make_secret: MakeSecret, verb: str) -> None:
    reply = checkouts.act(paid, verb, key=make_secret("orders:read"))

    assert (reply.status, reply.code) == (403, "scope_missing")


@pytest.mark.parametrize(("verb", "method"), [("cancel", "stripe"), ("mark-paid", "manual")])
def test_what_is_meant_for_another_version_is_412(checkouts: Checkouts, verb: str, method: str) -> None:
    bought = checkouts.buy(method=method)

    reply = checkouts.act(bought, verb, headers={"If-Match": '"99"'})

    assert (reply.status, checkouts.order(bought)["status"]) == (412, bought["order"]["status"])


def test_a_refund_meant_for_another_version_is_412(checkouts: Checkouts, paid: Any) -> None:
    reply = checkouts.act(paid, "refund", headers={"If-Match": '"99"'})

    assert (reply.status, checkouts.order(paid)["refunds"]) == (412, [])
