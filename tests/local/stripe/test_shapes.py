"""The resources have the fields that the official package declares: none invented, none missing that it always has."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

Make = Callable[..., Any]
# Our charges and intents have no source, as the package's do not, but Stripe's own answers still carry the field.
UNDECLARED = {"source"}


def made(standin: Any, paid: Make) -> dict[str, Any]:
    customer = standin.v1.customers.create({"email": "ann@example.com"})
    payment = paid(capture_method="manual")
    standin.v1.payment_intents.capture(payment.id, {"amount_to_capture": 900})
    refund = standin.v1.refunds.create({"payment_intent": payment.id, "amount": 100})
    return {
        "PaymentIntent": standin.v1.payment_intents.retrieve(payment.id),
        "Charge": standin.v1.charges.retrieve(payment.latest_charge),
        "Refund": standin.v1.refunds.retrieve(refund.id),
        "Customer": standin.v1.customers.retrieve(customer.id),
        "PaymentMethod": standin.v1.payment_methods.retrieve(payment.payment_method),
        "SetupIntent": standin.v1.setup_intents.create({}),
        "Event": standin.v1.events.list({"type": "charge.captured"}).data[0],
    }


@pytest.mark.parametrize(
    "name", ["PaymentIntent", "Charge", "Refund", "Customer", "PaymentMethod", "SetupIntent", "Event"]
)
def test_a_resource_has_the_declared_fields(standin: Any, paid: Make, name: str) -> None:
    declared = {field: str(hint) for field, hint in getattr(stripe, name).__annotations__.items()}
    always = {
        field
        for field, hint in declared.items()
        if not any(word in hint for word in ("Optional", "NoneType", "ClassVar"))
    }

    shown = set(made(standin, paid)[name].to_dict())

    assert shown - set(declared) - UNDECLARED == set()
    assert always - shown == set()
