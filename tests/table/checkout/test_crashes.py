"""The process ends at any step, before or after the step acted: a repeat and the sweep come to one right state."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from storekeeper.checkout import RefundRequest, Till, look_after
from storekeeper.kernel.states import WrongState
from storekeeper.orders import Order, OrderStatus, PaymentStatus
from tests.table.checkout.fakes import Crash, Steps
from tests.table.checkout.shop import NOW, REFUND_ID, Shop

MINUTE = timedelta(minutes=1)
THE_END = NOW + 30 * MINUTE
MOST_STEPS = 40


def interrupt_everywhere(
    shop: Shop, act: Callable[[Till], Any], recover: Callable[[], Any], *, prepare: Callable[[], Any] = lambda: None
) -> int:
    """Run `act` with an end at each of its steps in turn, `recover` after each; the number of steps it has."""
    steps = Steps()
    for number in range(1, MOST_STEPS):
        for after in (False, True):
            prepare()
            steps = Steps(crash_at=number, after=after)
            with suppress(Crash):
                act(shop.till(steps))
            shop.provider.steps = Steps()
            recover()
        if steps.count < number:
            return steps.count
    raise AssertionError("it never came to its end")


@pytest.fixture
def rich(shop: Shop) -> Shop:
    """Enough mugs for every try."""
    shop.restock({"MUG": 1_000})
    return shop


def test_a_checkout_that_ends_anywhere_is_finished_by_its_repeat(rich: Shop) -> None:
    carts: list[str] = []

    def pay() -> None:
        order = rich.check_out(carts[-1]).order
        rich.provider.pay(order.id)
        assert rich.settle(order).status is OrderStatus.PROCESSING

    interrupt_everywhere(
        rich,
        lambda till: rich.check_out(carts[-1], till=till),
        pay,
        prepare=lambda: carts.append(rich.cart()),
    )

    assert (len(rich.items("order")), rich.stock()[1]) == (len(carts), len(carts))
    rich.check_settled()


def test_a_checkout_that_ends_anywhere_and_is_never_repeated_gives_its_stock_back(rich: Shop) -> None:
    interrupt_everywhere(rich, lambda till: rich.check_out(rich.cart(), till=till), lambda: None)

    rich.sweep_for(60 * MINUTE)

    assert {item["status"] for item in rich.items("order")} == {"cancelled"}
    assert rich.stock()[1] == 0
    rich.check_settled()


def test_settling_that_ends_anywhere_is_finished_by_the_next_news(rich: Shop) -> None:
    orders: list[Order] = []

    def prepare() -> None:
        orders.append(rich.buy())
        rich.provider.pay(orders[-1].id)

    interrupt_everywhere(
        rich, lambda till: rich.settle(orders[-1], till=till), lambda: rich.settle(orders[-1]), prepare=prepare
    )

    assert {rich.order(order).payment_status for order in orders} == {PaymentStatus.PAID}
    rich.check_settled()


def test_the_end_of_a_window_that_ends_anywhere_is_finished_by_the_next_sweep(rich: Shop) -> None:
    orders: list[Order] = []

    interrupt_everywhere(
        rich,
        lambda till: look_after(orders[-1].id, till=till, now=THE_END),
        lambda: rich.sweep_for(5 * MINUTE, now=THE_END),
        prepare=lambda: orders.append(rich.buy()),
    )

    assert {rich.order(order).status for order in orders} == {OrderStatus.CANCELLED}
    assert rich.stock()[1] == 0
    rich.check_settled()


def test_reopening_that_ends_anywhere_is_finished_by_its_repeat(rich: Shop) -> None:
    carts: list[str] = []

    def prepare() -> None:
        carts.append(rich.cart())
        rich.check_out(carts[-1])

    interrupt_everywhere(
        rich, lambda till: rich.reopen(carts[-1], till=till), lambda: rich.reopen(carts[-1]), prepare=prepare
    )

    assert {rich.carts.find(cart_id).cart.attempt for cart_id in carts} == {2}
    assert rich.stock()[1] == 0
    rich.check_settled()


def test_cancelling_that_ends_anywhere_is_finished_by_its_repeat_or_was_done(rich: Shop) -> None:
    orders: list[Order] = []

    def recover() -> None:
        with suppress(WrongState):
            rich.cancel(orders[-1])

    interrupt_everywhere(
        rich,
        lambda till: rich.cancel(orders[-1], till=till),
        recover,
        prepare=lambda: orders.append(rich.buy()),
    )

    assert {rich.order(order).status for order in orders} == {OrderStatus.CANCELLED}
    assert rich.stock()[1] == 0
    rich.check_settled()


def test_a_refund_that_ends_anywhere_sends_its_money_once(rich: Shop) -> None:
    """Repeated under its id, or, where nobody repeats it, carried out by the sweep."""
    orders: list[Order] = []
    request = RefundRequest("All.", restock=True)

    interrupt_everywhere(
        rich,
        lambda till: rich.refund(orders[-1], request, refund_id=REFUND_ID, till=till),
        lambda: rich.refund(orders[-1], request, refund_id=REFUND_ID),
        prepare=lambda: orders.append(rich.buy_and_pay()),
    )
    interrupt_everywhere(
        rich,
        lambda till: rich.refund(orders[-1], request, refund_id=REFUND_ID, till=till),
        lambda: rich.sweep(now=NOW + 15 * MINUTE),
        prepare=lambda: orders.append(rich.buy_and_pay()),
    )

    assert {len(rich.provider.of(order.id).refunds) for order in orders} <= {0, 1}
    rich.check_settled()


def test_a_refund_in_two_steps_that_ends_between_them_is_finished_by_its_repeat(rich: Shop) -> None:
    orders: list[Order] = []
    request = RefundRequest("All back.", restock=True)

    interrupt_everywhere(
        rich,
        lambda till: rich.refund(orders[-1], request, refund_id=REFUND_ID, till=till),
        lambda: rich.refund(orders[-1], request, refund_id=REFUND_ID),
        prepare=lambda: orders.append(rich.ship(rich.buy_and_pay({"MUG": 3}), {"MUG": 2})),
    )

    lines = [rich.order(order).lines[0] for order in orders]
    assert {(line.refunded, line.cancelled, line.returned) for line in lines} == {(3, 1, 2)}
    assert rich.stock() == (1_010, 0, 1_010)
    rich.check_settled()


def test_late_money_that_ends_anywhere_is_settled_by_the_next_news(rich: Shop) -> None:
    orders: list[Order] = []

    def prepare() -> None:
        orders.append(rich.buy())
        rich.provider.fail("cancel", times=9)
        look_after(orders[-1].id, till=rich.till(), now=NOW + 41 * MINUTE)
        rich.provider.recover()
        rich.provider.pay(orders[-1].id)

    interrupt_everywhere(
        rich, lambda till: rich.settle(orders[-1], till=till), lambda: rich.settle(orders[-1]), prepare=prepare
    )

    assert {rich.order(order).status for order in orders} == {OrderStatus.PROCESSING}
    rich.check_settled()
