"""Routes of checkout: Lambda event in, whole answer out, with Stripe's stand-in behind them."""

import pytest

from tests.functions.checkout.shopper import ADDRESS
from tests.functions.paying import EMAIL, Checkouts, checkouts, standin
from tests.local.stripe.conftest import PUBLISHABLE_KEY

__all__ = ["checkouts", "standin"]

KEY = {"Idempotency-Key": "a-key-of-sixteen-characters"}


def test_a_checkout_answers_exactly_what_the_api_promises(checkouts: Checkouts) -> None:
    reply = checkouts.check_out(checkouts.cart(2))

    order, payment = reply.json["order"], reply.json["payment"]
    assert reply.status == 201
    (line,) = order.pop("lines")
    assert (order.pop("id")[:4], line.pop("id")[:4], line.pop("product_id")[:4]) == ("ord_", "itm_", "prd_")
    assert order.pop("placed_at").endswith("Z")
    assert order == {
        "number": "HB-1001",
        "status": "pending",
        "payment_status": "pending",
        "fulfillment_status": "unfulfilled",
        "currency": "USD",
        "totals": {"subtotal": "25.00", "discount": "0.00", "shipping": "5.00", "tax": "0.00", "total": "30.00"},
        "prices_include_tax": False,
        "email": EMAIL,
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_method": "Parcel",
        "note": None,
    }
    assert line == {
        "sku": "MUG",
        "title": "Mug",
        "variant_title": None,
        "quantity": 2,
        "unit_price": "12.50",
        "unit_price_shown": None,
        "discount": "0.00",
        "tax": "0.00",
        "total": "25.00",
    }
    assert payment.pop("intent_id").startswith("pi_")
    assert payment.pop("client_secret").startswith("pi_")
    assert payment == {
        "provider": "stripe",
        "status": "requires_payment_method",
        "publishable_key": PUBLISHABLE_KEY,
        "failure_code": None,
    }


def test_the_same_cart_again_answers_200_with_the_same_order_and_payment(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart()
    first = checkouts.check_out(cart_id)

    again = checkouts.check_out(cart_id)

    assert (first.status, again.status, again.json) == (201, 200, first.json)


def test_an_idempotency_key_gives_the_first_answer_again(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart()
    first = checkouts.check_out(cart_id, headers=KEY)

    again = checkouts.check_out(cart_id, headers=KEY)
    other = checkouts.check_out(cart_id, "manual", headers=KEY)

    assert (again.status, again.headers["idempotency-replayed"], again.json) == (201, "true", first.json)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_a_manual_payment_and_none_at_all(checkouts: Checkouts) -> None:
    bought = checkouts.buy(method="manual")

    assert (bought["order"]["status"], bought["payment"]) == (
        "processing",
        {"provider": "manual", "status": "pending"},
    )


def test_an_incomplete_cart_is_told_field_by_field(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart(email=None, shipping_address=None, shipping_method_id=None)

    reply = checkouts.check_out(cart_id)

    assert reply.status == 422
    assert [fault["field"] for fault in reply.json["errors"]] == ["email", "shipping_address", "shipping_method_id"]


def test_too_little_stock_is_409_with_every_sku(checkouts: Checkouts) -> None:
    reply = checkouts.check_out(checkouts.cart(11))

    assert (reply.status, reply.code) == (409, "insufficient_stock")
    (fault,) = reply.json["errors"]
    assert (fault["sku"], fault["requested"], fault["available"]) == ("MUG", 11, 10)
    assert checkouts.stock() == (10, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"payment_method": "cash"}, 422, id="a_way_to_pay_that_is_unknown"),
        pytest.param({}, 422, id="no_way_to_pay"),
        pytest.param({"payment_method": "stripe", "price": "0.01"}, 422, id="a_price"),
    ],
)
def test_what_is_not_understood_is_422(checkouts: Checkouts, body: object, status: int) -> None:
    path = f"{checkouts.base}/carts/{checkouts.cart()}/checkout"

    assert checkouts.shopper.post(path, body, key=None).status == status


@pytest.mark.parametrize("cart_id", ["cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "nonsense"])
def test_an_unknown_cart_is_404(checkouts: Checkouts, cart_id: str) -> None:
    assert (checkouts.check_out(cart_id).status, checkouts.reopen(cart_id).status) == (404, 404)


def test_reopening_answers_the_cart(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart()
    bought = checkouts.check_out(cart_id).json

    reply = checkouts.reopen(cart_id)

    assert (reply.status, reply.json["id"], reply.json["status"]) == (200, cart_id, "active")
    assert reply.headers["etag"] == f'"{reply.json["version"]}"'
    assert (checkouts.order(bought)["status"], checkouts.stock()) == ("cancelled", (10, 0))
    assert checkouts.standin.v1.payment_intents.retrieve(bought["payment"]["intent_id"]).status == "canceled"


def test_a_late_repeat_of_reopening_does_not_give_up_the_next_order(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart()
    checkouts.check_out(cart_id)
    checkouts.reopen(cart_id, headers=KEY)
    second = checkouts.check_out(cart_id).json

    reply = checkouts.reopen(cart_id, headers=KEY)

    assert (reply.status, reply.headers["idempotency-replayed"]) == (200, "true")
    assert checkouts.order(second)["status"] == "pending"


def test_a_cart_is_not_reopened_once_it_is_paid(checkouts: Checkouts) -> None:
    cart_id = checkouts.cart()
    bought = checkouts.check_out(cart_id).json
    checkouts.pay(bought)

    reply = checkouts.reopen(cart_id)

    assert (reply.status, reply.code) == (409, "payment_in_progress")


@pytest.mark.parametrize("acts", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_a_provider_that_fails_is_503_and_a_repeat_gives_the_order(checkouts: Checkouts, acts: bool) -> None:
    cart_id = checkouts.cart()
    checkouts.standin.control("faults", kind="error", status=500, times=2, acts=acts, path="/v1/payment_intents")

    reply = checkouts.check_out(cart_id)
    again = checkouts.check_out(cart_id)

    assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "payment_provider_unavailable", "2")
    assert (again.status, again.json["payment"]["status"]) == (200, "requires_payment_method")
    assert again.json["payment"]["client_secret"]
    assert len(checkouts.standin.v1.payment_intents.list().data) == 1


def test_an_amount_that_the_provider_refuses_gives_the_cart_back(checkouts: Checkouts) -> None:
    from tests.table.carts.shop import put_on_sale

    put_on_sale(checkouts.table, checkouts.store, "PIN", price="0.10", digital=True)
    cart_id = checkouts.cart(items=[{"sku": "PIN", "quantity": 1}], shipping_method_id=None)

    reply = checkouts.check_out(cart_id)

    assert (reply.status, reply.code) == (409, "payment_refused")
    assert checkouts.check_out(cart_id, "manual").status == 201


def test_neither_log_nor_problem_says_who_the_shopper_is(
    checkouts: Checkouts, capsys: pytest.CaptureFixture[str]
) -> None:
    bought = checkouts.buy()
    refused = checkouts.check_out(checkouts.cart(99))
    checkouts.track(bought["order"]["number"])
    checkouts.track("HB-9999")

    written = capsys.readouterr()
    assert EMAIL not in written.out + written.err + refused.text
    assert "Lovelace" not in written.out + written.err
