"""The moves that every change of an order is made of."""

from datetime import timedelta

import pytest

from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.orders import OrderStatus, PaymentStatus, PaymentWindow, changed, moved, paid_with, window_moved
from storekeeper.payments import stripe_payment
from tests.unit.orders.builders import NOW, an_order, usd


def test_a_change_counts_the_version_and_never_turns_time_back() -> None:
    order = an_order(updated_at=NOW)

    after = changed(order, now=NOW - timedelta(minutes=5), tags=("gift",))

    assert (after.version, after.updated_at, after.tags) == (order.version + 1, NOW, ("gift",))


def test_a_delivered_order_is_not_cancelled() -> None:
    with pytest.raises(WrongState):
        moved(an_order(status=OrderStatus.DELIVERED), OrderStatus.CANCELLED, now=NOW)


def test_an_order_is_paid_as_far_as_its_payment_says() -> None:
    waiting = an_order(payment=stripe_payment(usd("37.50"), capture="automatic"))
    assert waiting.payment is not None

    after = paid_with(waiting, replace(waiting.payment, captured=usd("37.50")), now=NOW)

    assert (waiting.payment_status, after.payment_status) == (PaymentStatus.PENDING, PaymentStatus.PAID)


def test_what_was_paid_does_not_become_unpaid() -> None:
    order = an_order()
    assert order.payment is not None

    with pytest.raises(WrongState):
        paid_with(order, replace(order.payment, captured=usd("0.00")), now=NOW)


def test_the_window_is_due_exactly_while_it_is_not_closed() -> None:
    order = an_order(window=PaymentWindow.OPEN, due_at=NOW)

    closed = window_moved(order, PaymentWindow.CLOSED, due_at=None, now=NOW)

    assert (closed.window, closed.due_at) == (PaymentWindow.CLOSED, None)
    with pytest.raises(ValueError, match="due exactly while"):
        window_moved(order, PaymentWindow.CLOSED, due_at=NOW, now=NOW)
    with pytest.raises(ValueError, match="due exactly while"):
        window_moved(order, PaymentWindow.EXPIRING, due_at=None, now=NOW)
