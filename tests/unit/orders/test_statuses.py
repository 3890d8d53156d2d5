"""The state tables, walked; and what a payment amounts to."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import pytest

from storekeeper.orders import PaymentStatus, payment_status_of
from storekeeper.orders import statuses as tables
from storekeeper.orders.statuses import FulfillmentStatus, OrderStatus, PaymentWindow
from storekeeper.payments import Payment, PaymentState
from storekeeper.payments import model as payments
from tests.unit.orders.builders import paid_by_card, usd

TABLES: list[Any] = [
    pytest.param(tables.ORDER_TRANSITIONS, {OrderStatus.PENDING}, tables.ORDER_TERMINAL, id="order"),
    pytest.param(tables.PAYMENT_TRANSITIONS, {PaymentStatus.PENDING}, tables.PAYMENT_TERMINAL, id="payment_status"),
    pytest.param(
        tables.FULFILLMENT_TRANSITIONS, {FulfillmentStatus.UNFULFILLED}, tables.FULFILLMENT_TERMINAL, id="fulfillment"
    ),
    pytest.param(tables.WINDOW_TRANSITIONS, {PaymentWindow.OPEN}, tables.WINDOW_TERMINAL, id="window"),
    pytest.param(payments.TRANSITIONS, {PaymentState.PENDING}, payments.FINAL_STATES, id="payment"),
]


@pytest.mark.parametrize(("transitions", "first", "terminal"), TABLES)
def test_every_state_can_be_reached_and_every_dead_end_is_declared(
    transitions: Mapping[StrEnum, Collection[StrEnum]], first: set[StrEnum], terminal: Collection[StrEnum]
) -> None:
    reached, fresh = set(first), set(first)
    while fresh:
        fresh = {to for state in fresh for to in transitions[state]} - reached
        reached |= fresh

    assert set(transitions) == set(type(next(iter(first)))) == reached
    assert {state for state, following in transitions.items() if not following} == set(terminal)
    assert all(state not in following for state, following in transitions.items())


def _payment(**given: Any) -> Payment:
    return paid_by_card(usd("20.00"), **given)


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        pytest.param(None, "paid", id="an_order_that_costs_nothing"),
        pytest.param(_payment(), "paid", id="all_is_captured"),
        pytest.param(_payment(captured=usd("5.00")), "partially_paid", id="part_is_captured"),
        pytest.param(_payment(refunded=usd("5.00")), "partially_refunded", id="part_went_back"),
        pytest.param(_payment(refunded=usd("20.00")), "refunded", id="all_went_back"),
        pytest.param(
            _payment(captured=usd("5.00"), refunded=usd("5.00")), "refunded", id="all_that_was_captured_went_back"
        ),
    ],
)
def test_the_payment_status_follows_from_the_money(payment: Payment | None, status: str) -> None:
    assert payment_status_of(payment).value == status


@pytest.mark.parametrize(
    ("state", "failure_code", "status"),
    [
        ("pending", None, "pending"),
        ("requires_payment_method", None, "pending"),
        ("requires_payment_method", "card_declined", "failed"),
        ("requires_action", None, "pending"),
        ("processing", None, "pending"),
        ("requires_capture", None, "authorized"),
        ("cancelled", None, "failed"),
    ],
)
def test_before_money_is_captured_the_status_follows_the_state(
    state: str, failure_code: str | None, status: str
) -> None:
    payment = _payment(state=PaymentState(state), captured=usd("0.00"), failure_code=failure_code)

    assert payment_status_of(payment).value == status
