"""Faults of the API on demand: slow, failing and lost answers, and what a retry with the same key then finds."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

PARAMS: Any = {"amount": 1000, "currency": "usd"}
Make = Callable[..., Any]


def count(standin: Any) -> int:
    return len(standin.v1.payment_intents.list().data)


def test_a_dropped_answer_hides_an_effect_that_the_retry_finds(standin: Any) -> None:
    standin.control("faults", kind="drop", method="POST")
    key = {"idempotency_key": "order-1"}
    with pytest.raises(stripe.APIConnectionError):
        standin.v1.payment_intents.create(PARAMS, key)

    again = standin.v1.payment_intents.create(PARAMS, key)

    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert count(standin) == 1


def test_a_call_that_fails_at_once_has_no_effect(standin: Any) -> None:
    standin.control("faults", kind="error", status=503)

    with pytest.raises(stripe.APIError) as caught:
        standin.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})

    error: Any = caught.value
    assert error.http_status == 503
    assert count(standin) == 0
    assert standin.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"}).amount == 1000


def test_a_call_may_fail_after_it_acted(standin: Any) -> None:
    standin.control("faults", kind="error", acts=True)

    with pytest.raises(stripe.APIError):
        standin.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})

    assert count(standin) == 1


def test_a_hanging_call_outlasts_the_callers_patience(standin: Any) -> None:
    standin.control("faults", kind="hang", seconds=1.5, path="/v1/payment_intents")
    impatient = stripe.StripeClient(
        "sk_test_storekeeper", base_addresses={"api": standin.url}, http_client=stripe.RequestsClient(timeout=0.3)
    )

    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.create(PARAMS)

    assert count(standin) == 1


def test_a_fault_strikes_only_what_it_names_and_only_so_often(standin: Any, paid: Make) -> None:
    made = paid()
    standin.control("faults", kind="error", path="/v1/refunds", method="POST", times=2)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            standin.v1.refunds.create({"payment_intent": made.id})

    assert standin.v1.refunds.list().data == []
    assert standin.v1.refunds.create({"payment_intent": made.id}).status == "succeeded"


def test_faults_that_are_still_to_come_can_be_ended(standin: Any) -> None:
    standin.control("faults", kind="error", times=50)

    standin.control("faults/end")

    assert standin.v1.payment_intents.create(PARAMS).amount == 1000


def test_the_clients_own_retries_survive_a_lost_answer(standin: Any) -> None:
    standin.control("faults", kind="drop", method="POST", times=2)
    patient = stripe.StripeClient("sk_test_storekeeper", base_addresses={"api": standin.url}, max_network_retries=3)

    patient.v1.payment_intents.create(PARAMS)

    assert count(standin) == 1


@pytest.mark.parametrize(
    ("path", "sent"),
    [("faults", {"kind": "smoke"}), ("webhooks", {"copies": "two"}), ("webhooks", {"lost": True}), ("settle", {})],
)
def test_an_order_that_is_not_understood_is_refused(standin: Any, path: str, sent: dict[str, Any]) -> None:
    with pytest.raises(OSError, match="400"):
        standin.control(path, **sent)
