"""Refunds: in part, in full, never more than was captured."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

Make = Callable[..., Any]


def test_a_payment_is_refunded_in_parts_until_nothing_is_left(standin: Any, paid: Make) -> None:
    made = paid()

    first = standin.v1.refunds.create(
        {"payment_intent": made.id, "amount": 400, "reason": "requested_by_customer", "metadata": {"line": "1"}}
    )
    rest = standin.v1.refunds.create({"charge": made.latest_charge})

    assert (first.amount, first.status, first.reason, first.metadata.to_dict()) == (
        400,
        "succeeded",
        "requested_by_customer",
        {"line": "1"},
    )
    assert (rest.amount, rest.payment_intent) == (600, made.id)
    charge = standin.v1.charges.retrieve(made.latest_charge, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (1000, True)
    assert [refund.id for refund in charge.refunds.data] == [rest.id, first.id]


def test_a_refund_never_exceeds_what_is_left(standin: Any, paid: Make) -> None:
    made = paid()
    standin.v1.refunds.create({"payment_intent": made.id, "amount": 400})

    with pytest.raises(stripe.InvalidRequestError, match=r"\$6.01.*greater than unrefunded amount.*\$6.00"):
        standin.v1.refunds.create({"payment_intent": made.id, "amount": 601})

    assert standin.v1.charges.retrieve(made.latest_charge).amount_refunded == 400


def test_a_fully_refunded_charge_says_so(standin: Any, paid: Make) -> None:
    made = paid()
    standin.v1.refunds.create({"payment_intent": made.id})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        standin.v1.refunds.create({"payment_intent": made.id, "amount": 1})

    error: Any = caught.value
    assert error.code == "charge_already_refunded"


@pytest.mark.parametrize(
    "options", [{}, {"confirm": True, "payment_method": "pm_card_visa", "capture_method": "manual"}]
)
def test_what_was_not_captured_is_not_refunded(standin: Any, intent: Make, options: dict[str, Any]) -> None:
    made = intent(**options)

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge to refund"):
        standin.v1.refunds.create({"payment_intent": made.id})


def test_a_refund_needs_something_to_refund(standin: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        standin.v1.refunds.create({"amount": 100})


def test_a_refund_of_an_unknown_payment_is_missing(standin: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        standin.v1.refunds.create({"payment_intent": "pi_nobody"})

    error: Any = caught.value
    assert (error.http_status, error.code) == (404, "resource_missing")


def test_refunds_are_listed_by_payment(standin: Any, paid: Make) -> None:
    one, other = paid(), paid()
    mine = standin.v1.refunds.create({"payment_intent": one.id, "amount": 100})
    standin.v1.refunds.create({"payment_intent": other.id, "amount": 100})

    assert [refund.id for refund in standin.v1.refunds.list({"payment_intent": one.id}).data] == [mine.id]
    assert standin.v1.refunds.retrieve(mine.id).charge == one.latest_charge


@pytest.mark.parametrize(
    ("method", "outcome", "first", "last", "refunded"),
    [
        ("pm_card_pendingRefund", "succeed", "pending", "succeeded", 1000),
        ("pm_card_pendingRefund", "fail", "pending", "failed", 0),
        ("pm_card_refundFail", "fail", "succeeded", "failed", 0),
    ],
)
def test_some_refunds_end_later(
    standin: Any, paid: Make, method: str, outcome: str, first: str, last: str, refunded: int
) -> None:
    made = paid(payment_method=method)
    refund = standin.v1.refunds.create({"payment_intent": made.id})

    standin.control("settle", refund=refund.id, outcome=outcome)

    assert refund.status == first
    assert standin.v1.refunds.retrieve(refund.id).status == last
    assert standin.v1.charges.retrieve(made.latest_charge).amount_refunded == refunded


def test_two_refunds_at_once_never_exceed_the_charge(standin: Any, paid: Make) -> None:
    made = paid()

    def refund(_: int) -> bool:
        try:
            standin.v1.refunds.create({"payment_intent": made.id, "amount": 300})
        except stripe.InvalidRequestError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        granted = sum(pool.map(refund, range(8)))

    assert granted == 3
    assert standin.v1.charges.retrieve(made.latest_charge).amount_refunded == 900
