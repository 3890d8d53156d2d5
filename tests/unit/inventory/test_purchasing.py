"""Purchase orders, decided: what may follow what, what a delivery makes of an order, and what it costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.purchasing.exchange import ExchangeRate
from storekeeper.inventory.purchasing.model import (
    TERMINAL,
    TRANSITIONS,
    PurchaseLine,
    PurchaseOrder,
    PurchaseOrderId,
    PurchaseStatus,
    given_up,
)
from storekeeper.inventory.purchasing.receiving import Arrival, Delivery, Receipt, TooManyUnits, receive
from storekeeper.inventory.suppliers.model import SupplierId
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.trace import Actor

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EUR, USD, JPY = (Currency.of(code) for code in ("EUR", "USD", "JPY"))
EAST, WEST = LocationId("loc_east"), LocationId("loc_west")
PARTIAL = PurchaseStatus.PARTIALLY_RECEIVED


def eur(text: str) -> Money:
    return Money.parse(text, EUR)


def a_line(sku: str = "LAMP", *, quantity: int = 12, location_id: LocationId = EAST, **fields: Any) -> PurchaseLine:
    return PurchaseLine(f"pol_{sku}{location_id}", sku, location_id, quantity, eur("4.00"), eur("0.00"), **fields)


def an_order(*lines: PurchaseLine, status: str = "sent", **fields: Any) -> PurchaseOrder:
    return PurchaseOrder(
        id=PurchaseOrderId("pur_1"),
        number="PO-1001",
        supplier_id=SupplierId("sup_1"),
        supplier_name="Lantern Works",
        currency=EUR,
        lines=lines or (a_line(),),
        sealed_notes="",
        created_at=NOON,
        updated_at=NOON,
        status=PurchaseStatus(status),
        **fields,
    )


def received(
    order: PurchaseOrder, *arrivals: Arrival, rate: str | None = "1.5", currency: Currency = USD, over: bool = False
) -> tuple[PurchaseOrder, Receipt]:
    delivery = Delivery(arrivals, ExchangeRate.parse(rate) if rate else None, over)
    return receive(order, delivery, currency=currency, receipt_id="rec_1", actor=Actor("key:1"), now=NOON)


def faults(refused: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refused.value.faults]


def test_every_status_can_be_reached_and_every_dead_end_is_declared() -> None:
    reached = {PurchaseStatus.DRAFT}.union(*TRANSITIONS.values())

    assert set(TRANSITIONS) == set(PurchaseStatus) == reached
    assert {status for status, following in TRANSITIONS.items() if not following} == TERMINAL


def test_a_part_that_came_leaves_the_rest_outstanding() -> None:
    order, receipt = received(an_order(), Arrival(5, sku="LAMP"))

    assert (order.status, order.version, order.ended_at) == (PARTIAL, 2, None)
    assert (order.lines[0].received, order.lines[0].outstanding) == (5, 7)
    assert (str(order.received_total), str(order.outstanding_total)) == ("20.00", "28.00")
    assert (receipt.lines[0].of_expected, str(receipt.lines[0].cost)) == (5, "6.00")


def test_a_second_part_leaves_the_status_and_the_last_one_ends_the_order() -> None:
    order, _ = received(an_order(), Arrival(5, sku="LAMP"))
    order, _ = received(order, Arrival(5, sku="LAMP"))
    assert order.status is PARTIAL

    order, _ = received(order, Arrival(2, sku="LAMP"))

    assert (order.status, order.ended_at, order.version) == (PurchaseStatus.RECEIVED, NOON, 4)


def test_rejected_units_have_come_and_cost_nothing() -> None:
    order, receipt = received(an_order(), Arrival(10, 2, "broken", sku="LAMP"))

    assert order.status is PurchaseStatus.RECEIVED
    assert (order.lines[0].received, order.lines[0].rejected, str(order.received_total)) == (10, 2, "40.00")
    assert receipt.lines[0].of_expected == 12


def test_what_units_really_cost_counts() -> None:
    order, receipt = received(an_order(), Arrival(12, unit_cost=eur("4.11"), sku="LAMP"))

    assert (str(order.received_total), str(order.total)) == ("49.32", "48.00")
    assert str(receipt.lines[0].cost) == "6.17"  # 6.165, half away from zero


def test_more_than_is_outstanding_comes_only_if_that_is_meant() -> None:
    with pytest.raises(TooManyUnits) as refused:
        received(an_order(), Arrival(12, 1, "broken", sku="LAMP"))

    order, receipt = received(an_order(), Arrival(14, sku="LAMP"), over=True)

    assert faults(refused) == [("lines.0.quantity", "too_many_units")]
    assert (order.lines[0].received, order.lines[0].outstanding, receipt.lines[0].of_expected) == (14, 0, 12)
    assert order.status is PurchaseStatus.RECEIVED


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        pytest.param([Arrival(1, sku="GHOST")], [("lines.0", "line_unknown")], id="a_line_that_is_not_there"),
        pytest.param([Arrival(1, sku="MUG")], [("lines.0", "line_ambiguous")], id="a_sku_for_two_locations"),
        pytest.param(
            [Arrival(1, sku="LAMP"), Arrival(1, line_id="pol_LAMPloc_east")],
            [("lines.1", "line_repeated")],
            id="a_line_twice",
        ),
        pytest.param([Arrival(0, sku="LAMP")], [("lines.0.quantity", "nothing_received")], id="nothing"),
        pytest.param([Arrival(0, 1, sku="LAMP")], [("lines.0.reason", "reason_missing")], id="rejected_for_no_reason"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_line_by_line(
    arrivals: list[Arrival], expected: list[tuple[str, str]]
) -> None:
    order = an_order(a_line(), a_line("MUG"), a_line("MUG", location_id=WEST))

    with pytest.raises(Invalid) as refused:
        received(order, *arrivals)

    assert faults(refused) == expected


def test_a_sku_for_two_locations_is_named_with_its_location() -> None:
    order, _ = received(
        an_order(a_line("MUG"), a_line("MUG", location_id=WEST)), Arrival(12, sku="MUG", location_id=WEST)
    )

    assert [line.received for line in order.lines] == [0, 12]


@pytest.mark.parametrize("status", ["draft", "received", "closed_short", "cancelled"])
def test_nothing_is_received_of_what_is_not_on_its_way(status: str) -> None:
    with pytest.raises(WrongState):
        received(an_order(status=status), Arrival(1, sku="LAMP"))


def test_costs_in_another_currency_need_a_rate_and_others_none() -> None:
    with pytest.raises(Invalid) as missing:
        received(an_order(), Arrival(1, sku="LAMP"), rate=None)
    with pytest.raises(Invalid) as needless:
        received(an_order(), Arrival(1, sku="LAMP"), currency=EUR)

    assert faults(missing) == [("exchange_rate", "exchange_rate_missing")]
    assert faults(needless) == [("exchange_rate", "exchange_rate_not_needed")]
    assert str(received(an_order(), Arrival(1, sku="LAMP"), rate=None, currency=EUR)[1].lines[0].cost) == "4.00"


def test_the_order_s_rate_counts_where_a_receipt_names_none() -> None:
    order = an_order(exchange_rate=ExchangeRate.parse("2"))

    _, receipt = received(order, Arrival(1, sku="LAMP"), rate=None)

    assert (str(receipt.exchange_rate), str(receipt.lines[0].cost)) == ("2", "8.00")


@given(parts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=12))
def test_every_unit_is_in_one_place_and_no_more_is_expected_than_is_on_its_way(parts: list[tuple[int, int]]) -> None:
    order, incoming, on_hand = an_order(), 12, 0
    for accepted, rejected in parts:
        if not accepted + rejected or not order.is_open:
            continue
        order, receipt = received(order, Arrival(accepted, rejected, "broken", sku="LAMP"), over=True)
        incoming -= receipt.lines[0].of_expected
        on_hand += receipt.lines[0].received

    (line,) = order.lines
    assert (line.outstanding, line.received) == (incoming, on_hand)
    assert line.quantity <= line.received + line.rejected + line.outstanding
    assert (order.status is PurchaseStatus.RECEIVED) is (incoming == 0)


def test_what_will_not_come_is_short() -> None:
    part, _ = received(an_order(), Arrival(5, sku="LAMP"))

    closed = given_up(part, PurchaseStatus.CLOSED_SHORT, reason="sold out", now=NOON + timedelta(days=1))
    cancelled = given_up(an_order(), PurchaseStatus.CANCELLED, reason="", now=NOON)

    assert (closed.lines[0].short, closed.lines[0].outstanding, closed.ending_reason) == (7, 0, "sold out")
    assert closed.ended_at == NOON + timedelta(days=1)
    assert (cancelled.lines[0].short, cancelled.status) == (12, PurchaseStatus.CANCELLED)


@pytest.mark.parametrize(
    ("status", "to"),
    [
        ("sent", "closed_short"),
        ("draft", "closed_short"),
        ("partially_received", "cancelled"),
        ("received", "cancelled"),
        ("cancelled", "closed_short"),
    ],
)
def test_what_cannot_be_given_up_so_is_refused(status: str, to: str) -> None:
    with pytest.raises(WrongState):
        given_up(an_order(status=status), PurchaseStatus(to), reason="", now=NOON)


def test_time_never_runs_backwards_in_an_order() -> None:
    later = replace(an_order(), updated_at=NOON + timedelta(hours=1))

    order, receipt = received(later, Arrival(1, sku="LAMP"))

    assert order.updated_at == receipt.received_at == NOON + timedelta(hours=1)
