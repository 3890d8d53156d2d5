"""Idempotency keys: one effect per key, whatever happens to the answer."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

PARAMS: Any = {"amount": 1000, "currency": "usd"}
Make = Callable[..., Any]


def test_a_repeat_answers_the_first_result(standin: Any) -> None:
    key = {"idempotency_key": "order-1"}

    first = standin.v1.payment_intents.create(PARAMS, key)
    again = standin.v1.payment_intents.create(PARAMS, key)

    assert again.id == first.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(standin.v1.payment_intents.list().data) == 1


def test_a_repeat_of_a_declined_call_is_declined_again_without_a_charge(standin: Any, intent: Make) -> None:
    made = intent()
    key = {"idempotency_key": "confirm-1"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            standin.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_chargeDeclined"}, key)

    assert len(standin.v1.charges.list({"payment_intent": made.id}).data) == 1


def test_a_key_belongs_to_one_request(standin: Any) -> None:
    key = {"idempotency_key": "order-1"}
    standin.v1.payment_intents.create(PARAMS, key)

    with pytest.raises(stripe.IdempotencyError) as caught:
        standin.v1.payment_intents.create(PARAMS | {"amount": 1001}, key)

    error: Any = caught.value
    assert (error.http_status, error.error.type) == (400, "idempotency_error")
    assert len(standin.v1.payment_intents.list().data) == 1


def test_a_malformed_request_does_not_use_up_its_key(standin: Any) -> None:
    key = {"idempotency_key": "order-1"}
    with pytest.raises(stripe.InvalidRequestError):
        standin.v1.payment_intents.create({"amount": 1}, key)

    assert standin.v1.payment_intents.create(PARAMS, key).amount == 1000


def test_a_key_in_use_is_refused_until_the_first_answer(standin: Any) -> None:
    standin.control("faults", kind="hang", seconds=1.0)
    key = {"idempotency_key": "order-1"}
    first: list[Any] = []
    slow = threading.Thread(target=lambda: first.append(standin.v1.payment_intents.create(PARAMS, key)))
    slow.start()
    time.sleep(0.3)

    with pytest.raises(stripe.StripeError) as caught:
        standin.v1.payment_intents.create(PARAMS, key)

    slow.join()
    error: Any = caught.value
    assert (error.http_status, error.error.code) == (409, "idempotency_key_in_use")
    assert standin.v1.payment_intents.create(PARAMS, key).id == first[0].id


def test_fifty_at_once_with_one_key_make_one_intent(standin: Any) -> None:
    def create(_: int) -> str:
        try:
            made: str = standin.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"}).id
        except stripe.APIError as caught:
            busy: Any = caught.error
            return str(busy.code)
        return made

    with ThreadPoolExecutor(50) as pool:
        ids = set(pool.map(create, range(50))) - {"idempotency_key_in_use"}

    assert len(ids) == 1
    assert len(standin.v1.payment_intents.list().data) == 1


def test_fifty_shoppers_at_once_are_all_answered(standin: Any) -> None:
    def buy(number: int) -> str:
        made = standin.v1.payment_intents.create(
            PARAMS | {"confirm": True, "payment_method": "pm_card_visa", "return_url": "http://localhost/"},
            {"idempotency_key": f"order-{number}"},
        )
        return str(made.status)

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(buy, range(50)))

    assert statuses == ["succeeded"] * 50


def test_an_answer_that_can_not_be_expanded_is_kept_because_the_call_acted(standin: Any) -> None:
    key = {"idempotency_key": "order-1"}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            standin.v1.payment_intents.create(PARAMS | {"expand": ["colour"]}, key)

    assert len(standin.v1.payment_intents.list().data) == 1
