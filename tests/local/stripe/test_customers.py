"""Customers, their payment methods, and SetupIntents."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

Make = Callable[..., Any]


def test_a_customer_is_kept_changed_and_deleted(standin: Any) -> None:
    made = standin.v1.customers.create({"email": "ann@example.com", "name": "Ann", "metadata": {"a": "1"}})

    changed = standin.v1.customers.update(made.id, {"name": "Anna", "metadata": {"b": "2"}})

    assert (changed.name, changed.email, changed.metadata.to_dict()) == (
        "Anna",
        "ann@example.com",
        {"a": "1", "b": "2"},
    )
    assert standin.v1.customers.delete(made.id).deleted is True
    assert standin.v1.customers.retrieve(made.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        standin.v1.payment_intents.create({"amount": 1000, "currency": "usd", "customer": made.id})


def test_an_attached_method_pays_again_and_a_loose_one_does_not(standin: Any, intent: Make) -> None:
    customer = standin.v1.customers.create({})
    kept = standin.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    loose = standin.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})

    for _ in range(2):
        assert intent(customer=customer.id, payment_method=kept.id, confirm=True).status == "succeeded"
    assert intent(payment_method=loose.id, confirm=True).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        intent(payment_method=loose.id, confirm=True)

    listed = standin.v1.customers.payment_methods.list(customer.id)
    assert [method.id for method in listed.data] == [kept.id]


def test_a_method_of_another_customer_is_refused(standin: Any, intent: Make) -> None:
    ann, ben = standin.v1.customers.create({}), standin.v1.customers.create({})
    kept = standin.v1.payment_methods.attach("pm_card_visa", {"customer": ann.id})

    with pytest.raises(stripe.InvalidRequestError, match="belongs to the Customer"):
        intent(customer=ben.id, payment_method=kept.id)


def test_a_detached_method_is_gone(standin: Any, intent: Make) -> None:
    customer = standin.v1.customers.create({"payment_method": "pm_card_visa"})
    method = standin.v1.customers.payment_methods.list(customer.id).data[0]

    standin.v1.payment_methods.detach(method.id)

    assert standin.v1.customers.payment_methods.list(customer.id).data == []
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        intent(payment_method=method.id)


def test_paying_can_keep_the_card_for_later(standin: Any, intent: Make) -> None:
    customer = standin.v1.customers.create({})

    made = intent(customer=customer.id, setup_future_usage="off_session", confirm=True, payment_method="pm_card_visa")

    kept = standin.v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in kept] == [made.payment_method]


def test_a_card_set_up_with_authentication_pays_off_session(standin: Any, intent: Make) -> None:
    customer = standin.v1.customers.create({})
    setup = standin.v1.setup_intents.create(
        {"customer": customer.id, "payment_method": "pm_card_authenticationRequiredOnSetup", "confirm": True}
    )
    assert setup.status == "requires_action"

    done = standin.control("authenticate", setup_intent=setup.id, outcome="succeed")

    assert done["status"] == "succeeded"
    paid = intent(customer=customer.id, payment_method=done["payment_method"], confirm=True, off_session=True)
    assert paid.status == "succeeded"


def test_a_declined_card_is_not_set_up(standin: Any) -> None:
    made = standin.v1.setup_intents.create({"usage": "off_session"})

    with pytest.raises(stripe.CardError) as caught:
        standin.v1.setup_intents.confirm(made.id, {"payment_method": "pm_card_chargeDeclined"})

    error: Any = caught.value
    assert error.error.setup_intent.status == "requires_payment_method"
    assert standin.v1.setup_intents.cancel(made.id).status == "canceled"
