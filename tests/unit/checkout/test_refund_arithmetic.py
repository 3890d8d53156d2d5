"""Whatever is refunded, fails and is refunded again: money, units and counts stay within what there was."""

from hypothesis import assume, given
from hypothesis import strategies as st

from storekeeper.checkout import Refund, RefundRequest
from storekeeper.checkout.refunds.model import RefundTooLarge, plan_refund, share_of, taken_off, unrefunded
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.money import Currency, Money, total
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import system_actor
from storekeeper.orders import Order, OrderStatus, Wanted, with_lines
from storekeeper.payments import RefundState
from tests.unit.orders.builders import NOW, a_line, an_order, paid_by_card

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"]).map(Currency.of)
SKUS = ("MUG", "LAMP", "BOWL")


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """A paid order of up to three lines, shipping and tax among its total, of which some may have left."""
    currency = draw(CURRENCIES)
    lines = []
    for place, sku in enumerate(SKUS[: draw(st.integers(1, 3))]):
        quantity = draw(st.integers(1, 5))
        line = a_line(f"itm_{place}", sku, quantity, price=Money(draw(st.integers(0, 2_000)), currency))
        lines.append(replace(line, total=line.total + Money(draw(st.integers(0, 99)), currency)))
    whole = total((line.total for line in lines), currency) + Money(draw(st.integers(1, 900)), currency)
    order = an_order(lines=tuple(lines), payment=paid_by_card(whole))
    left = tuple(replace(line, fulfilled=draw(st.integers(0, line.quantity))) for line in order.lines)
    picks = tuple(
        replace(pick, units=line.unfulfilled) for pick, line in zip(order.picks, left, strict=True) if line.unfulfilled
    )
    return with_lines(order, left, picks=picks, now=NOW)


@st.composite
def requests(draw: st.DrawFn, currency: Currency) -> RefundRequest:
    amount = draw(st.none() | st.integers(0, 12_000).map(lambda minor: Money(minor, currency)))
    lines = draw(
        st.lists(
            st.builds(lambda sku, units: Wanted(units, sku=sku), st.sampled_from(SKUS), st.integers(1, 5)), max_size=3
        )
    )
    return RefundRequest("", amount=amount, lines=tuple(lines), restock=draw(st.booleans()))


def refunded(order: Order, request: RefundRequest, number: int) -> tuple[Order, Refund, int]:
    """The order after a refund, the refund, and how many units came back."""
    plan = plan_refund(order, request, now=NOW)
    refund = Refund(
        f"ref_{number}", order.id, plan.amount, RefundState.SUCCEEDED, "", plan.lines, request.restock,
        system_actor("test"), NOW, NOW,
    )  # fmt: skip
    back = sum(pick.units for pick in plan.released) + sum(plan.returned.values())
    return plan.after, refund, back


@given(orders(), st.data())
def test_no_history_of_refunds_leaves_what_there_was(order: Order, data: st.DataObject) -> None:
    assert order.payment is not None
    standing: list[Refund] = []
    came_back, captured, bought = 0, order.payment.captured, order.units
    for number in range(data.draw(st.integers(1, 6))):
        fails = bool(standing) and data.draw(st.booleans())
        if fails:
            order = unrefunded(order, standing.pop(), now=NOW)
        else:
            try:
                order, refund, back = refunded(order, data.draw(requests(order.currency)), number)
            except (RefundTooLarge, Invalid):
                continue
            standing.append(refund)
            came_back += back

        payment = order.payment
        assert payment is not None
        assert payment.refunded == total((one.amount for one in standing), order.currency)
        assert Money.zero(order.currency) <= payment.refunded <= captured
        assert came_back <= bought
        for line in order.lines:
            asked = sum(units.units for one in standing for units in one.lines if units.line_id == line.id)
            assert line.refunded == asked <= line.quantity
            assert 0 <= line.returned <= line.fulfilled
            assert line.unfulfilled >= 0
        if order.status is not OrderStatus.CANCELLED:
            assert sum(pick.units for pick in order.picks) == sum(line.unfulfilled for line in order.lines)


@given(orders(), st.data())
def test_a_refund_in_two_steps_comes_to_the_same_as_in_one(order: Order, data: st.DataObject) -> None:
    """Units of a level that both go back and come back: see `take_off_first`."""
    request = replace(data.draw(requests(order.currency)), restock=True)
    try:
        whole = plan_refund(order, request, now=NOW)
    except (RefundTooLarge, Invalid):
        return
    assume(whole.returned)

    rest = plan_refund(taken_off(order, whole, now=NOW), request, now=NOW)

    assert (rest.amount, rest.released, rest.returned) == (whole.amount, (), whole.returned)
    assert (rest.after.lines, rest.after.picks) == (whole.after.lines, whole.after.picks)
    assert (rest.after.status, rest.after.fulfillment_status) == (whole.after.status, whole.after.fulfillment_status)


@given(orders())
def test_a_refund_of_all_that_is_left_sends_back_exactly_that(order: Order) -> None:
    plan = plan_refund(order, RefundRequest(""), now=NOW)

    assert plan.after.payment is not None
    assert not plan.after.payment.refundable


@given(st.integers(1, 50), st.integers(0, 10_000), st.data())
def test_the_parts_of_a_line_add_up_to_its_total(quantity: int, minor: int, data: st.DataObject) -> None:
    line = replace(a_line("itm_1", "MUG", quantity), total=Money(minor, Currency.of("USD")))
    parts = []
    while left := line.quantity - line.refunded:
        units = data.draw(st.integers(1, left))
        parts.append(share_of(line, units))
        line = replace(line, refunded=line.refunded + units)

    assert total(parts, line.total.currency) == line.total
    assert all(part.minor >= 0 for part in parts)
