"""Parameters and amounts: what the real API refuses is refused, in its words."""

from typing import Any

import pytest
import stripe

GOOD = {"amount": 1000, "currency": "usd"}


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 1000}, "parameter_missing", "currency"),
        (GOOD | {"colour": "red"}, "parameter_unknown", "colour"),
        (GOOD | {"shipping": {"name": "A", "address": {}, "color": "red"}}, "parameter_unknown", "shipping[color]"),
        (GOOD | {"amount": "12.50"}, "parameter_invalid_integer", "amount"),
        (GOOD | {"amount": 0}, "parameter_invalid_integer", "amount"),
        (GOOD | {"amount": 49}, "amount_too_small", "amount"),
        (GOOD | {"amount": 100_000_000}, "amount_too_large", "amount"),
        (GOOD | {"customer": ""}, "parameter_invalid_empty", "customer"),
        (GOOD | {"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
        (GOOD | {"capture_method": "later"}, None, "capture_method"),
        (GOOD | {"currency": "zzz"}, None, "currency"),
        (GOOD | {"confirm": "perhaps"}, None, "confirm"),
        (GOOD | {"shipping": "home"}, None, "shipping"),
        (GOOD | {"return_url": "http://localhost"}, None, "return_url"),
        (GOOD | {"customer": "cus_nobody"}, "resource_missing", "customer"),
        (GOOD | {"metadata": {"k": "v" * 501}}, None, "metadata"),
        (GOOD | {"confirmation_token": "ctoken_1"}, None, "confirmation_token"),
        (GOOD | {"confirmation_method": "manual"}, None, "confirmation_method"),
        (GOOD | {"payment_method_options": {"card": {"capture_method": "manual"}}}, None, "capture_method"),
        (
            GOOD | {"automatic_payment_methods": {"enabled": True}, "allowed_payment_method_types": ["card"]},
            "parameters_exclusive",
            "automatic_payment_methods",
        ),
    ],
)
def test_a_bad_parameter_is_refused_and_nothing_made(
    standin: Any, sent: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        standin.v1.payment_intents.create(sent)

    error: Any = caught.value
    assert (error.http_status, error.code, error.error.param) == (400, code, param)
    assert standin.v1.payment_intents.list().data == []


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (50, "usd", None),
        (50, "eur", None),
        (49, "eur", "amount_too_small"),
        (50, "jpy", None),
        (49, "jpy", "amount_too_small"),
        (5120, "kwd", None),
        (5124, "kwd", "invalid_charge_amount"),
        (5120, "KWD", None),
    ],
)
def test_amounts_are_minor_units_of_their_currency(standin: Any, amount: int, currency: str, code: str | None) -> None:
    if code is None:
        made = standin.v1.payment_intents.create({"amount": amount, "currency": currency})
        assert (made.amount, made.currency) == (amount, currency.lower())
        return
    with pytest.raises(stripe.InvalidRequestError) as caught:
        standin.v1.payment_intents.create({"amount": amount, "currency": currency})
    error: Any = caught.value
    assert error.code == code


def test_a_third_decimal_is_neither_captured_nor_refunded(standin: Any, paid: Any) -> None:
    held = paid(amount=5120, currency="kwd", capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError, match="divisible by 10"):
        standin.v1.payment_intents.capture(held.id, {"amount_to_capture": 5001})
    standin.v1.payment_intents.capture(held.id)
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 10"):
        standin.v1.refunds.create({"payment_intent": held.id, "amount": 5})

    assert standin.v1.refunds.list().data == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 2020}, "invalid_expiry_year"),
        ({"cvc": "1"}, "invalid_cvc"),
    ],
)
def test_a_card_that_no_bank_issued_is_refused(standin: Any, card: dict[str, Any], code: str) -> None:
    good = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}

    with pytest.raises(stripe.CardError) as caught:
        standin.v1.payment_methods.create({"type": "card", "card": good | card})

    error: Any = caught.value
    assert (error.http_status, error.code) == (402, code)


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4242 4242 4242 4242", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex")],
)
def test_a_test_number_makes_a_payment_method_without_the_number(standin: Any, number: str, brand: str) -> None:
    card = {"number": number, "exp_month": 12, "exp_year": 34, "cvc": "123"}

    made = standin.v1.payment_methods.create({"type": "card", "card": card, "metadata": {"a": "b"}})

    shown = standin.v1.payment_methods.retrieve(made.id)
    assert (shown.card.brand, shown.card.last4, shown.card.exp_year) == (brand, number[-4:], 2034)
    assert number.replace(" ", "") not in str(shown)
    assert "_number" not in shown.to_dict()


def test_a_declined_number_is_declined_like_its_name(standin: Any, intent: Any) -> None:
    card = {"number": "4000000000000002", "exp_month": 12, "exp_year": 2040, "cvc": "123"}

    with pytest.raises(stripe.CardError) as caught:
        standin.v1.payment_intents.confirm(intent().id, {"payment_method_data": {"type": "card", "card": card}})

    error: Any = caught.value
    assert error.error.decline_code == "generic_decline"
