"""Units that are put aside for an order leave with it alone, and are set free once it does not own as many."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storekeeper.inventory import Mode
from storekeeper.inventory.tracking.serials.model import SerialReserved
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.inventory.tracking.serials.use_cases import release_serial
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table
from storekeeper.orders import (
    Dispatch,
    Order,
    OrderStatus,
    Wanted,
    change_order,
    changed,
    fulfill_order,
    get_order,
    moved,
    order_key,
)
from storekeeper.orders.projections import project
from storekeeper.orders.shipments.assigning import assign_serials
from storekeeper.orders.shipments.model import NotFulfillable, NotReserved
from storekeeper.orders.shipments.setting_free import set_free
from tests.table.orders.conftest import Place as PlaceOrder
from tests.table.orders.conftest import accept
from tests.table.orders.shelf import serials, where
from tests.unit.orders.builders import NOW, WEST, a_line, a_pick


def cancel(table: Table, order: Order) -> Change:
    """The order is cancelled, and its units go back: told as the stream tells it."""
    before = get_order(order.id, table=table)
    key = order_key(table.tenant_id, order.id)
    old = table.get(key)
    table.write(change_order(before, moved(before, OrderStatus.CANCELLED, now=NOW, picks=())))
    return Change(key, old, table.get(key), "1", NOW)


def test_units_that_are_put_aside_leave_with_their_order_only(
    table: Table, place: PlaceOrder, track: Any, fulfill: Any
) -> None:
    first = place()
    track(Mode.SERIAL, serials("S1", "S2", "S3"))
    assigned = assign_serials(first.id, "MUG", ["S1", "S2"], table=table, now=NOW, check_version=accept)
    again = assign_serials(first.id, "MUG", ["S1", "S2"], table=table, now=NOW, check_version=accept)

    assert assigned == again
    assert where(table, "S1", "S2") == [("reserved", first.id)] * 2
    with pytest.raises(NotReserved):
        assign_serials(first.id, "MUG", ["S1", "S2", "S3"], table=table, now=NOW, check_version=accept)
    release_serial(table, assigned.serials[0].id, reason="", now=NOW)
    fulfill(first, serials("S2", "S3"))
    assert where(table, "S1", "S2", "S3") == [("in_stock", None), ("sold", first.id), ("sold", first.id)]


def test_what_another_order_has_put_aside_does_not_leave(
    table: Table, place: PlaceOrder, track: Any, fulfill: Any
) -> None:
    order = place()
    other = place(lines=(a_line("itm_1", "LAMP", 1),), picks=(a_pick("MUG", 1, WEST),))
    track(Mode.SERIAL, serials("S1", "S2"))
    assign_serials(other.id, "MUG", ["S1"], table=table, now=NOW, check_version=accept)

    with pytest.raises(SerialReserved):
        fulfill(order, serials("S1", "S2"))

    assert where(table, "S2") == [("in_stock", None)]


def test_nothing_is_put_aside_for_an_order_that_is_over(table: Table, place: PlaceOrder) -> None:
    order = place(status=OrderStatus.CANCELLED)

    with pytest.raises(NotFulfillable):
        assign_serials(order.id, "MUG", ["S1"], table=table, now=NOW, check_version=accept)


def test_no_more_is_put_aside_than_the_order_owns_however_often_it_is_asked(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2", "S3"))
    aside(order, "S1")
    aside(order, "S2")

    with pytest.raises(NotReserved):
        aside(order, "S3")

    assert where(table, "S1", "S2", "S3") == [("reserved", order.id)] * 2 + [("in_stock", None)]
    assert len(get_order(order.id, table=table).put_aside) == 2


def test_what_was_set_free_by_hand_makes_room_for_another_unit(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2", "S3"))
    first, second = aside(order, "S1", "S2").serials
    release_serial(table, first.id, reason="", now=NOW)

    (third,) = aside(order, "S3").serials

    assert get_order(order.id, table=table).put_aside == (second.id, third.id)


def test_of_many_who_put_units_aside_at_once_no_more_succeed_than_the_order_owns(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order, numbers = place(), ("S1", "S2", "S3", "S4")
    track(Mode.SERIAL, serials(*numbers))

    def ask(number: str) -> bool:
        try:
            aside(order, number)
        except NotReserved:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(ask, numbers)) == 2
    assert sum(status == "reserved" for status, _ in where(table, *numbers)) == 2


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_cancelled_order_has_put_aside_is_set_free_once(
    table: Table, place: PlaceOrder, track: Any, aside: Any, times: int
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2"))
    aside(order, "S1", "S2")
    change = cancel(table, order)

    for _ in range(times):
        project(change, table=table)

    assert where(table, "S1", "S2") == [("in_stock", None)] * 2
    history = find_serials(table, "MUG", ["S1"])["S1"].history
    assert [step.status.value for step in history] == ["in_stock", "reserved", "in_stock"]
    assert (history[-1].reference_type, history[-1].reference_id) == ("order", order.id)


def test_what_is_put_aside_stays_so_while_the_order_owns_as_much(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2"))
    aside(order, "S1", "S2")

    set_free(order.id, table=table, now=NOW)

    assert where(table, "S1", "S2") == [("reserved", order.id)] * 2


def test_what_has_left_in_place_of_other_units_sets_those_free(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2", "S3"))
    aside(order, "S1", "S2")
    dispatch = Dispatch((Wanted(1, sku="MUG"),), names={"MUG": serials("S3")})
    fulfill_order(order.id, dispatch, table=table, now=NOW, check_version=accept)

    set_free(order.id, table=table, now=NOW)

    assert where(table, "S1", "S2", "S3") == [("reserved", order.id), ("in_stock", None), ("sold", order.id)]


def test_an_order_that_stands_again_keeps_what_was_not_set_free_yet(
    table: Table, place: PlaceOrder, track: Any, aside: Any
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2"))
    aside(order, "S1", "S2")
    change = cancel(table, order)
    over = get_order(order.id, table=table)
    table.write(change_order(over, changed(over, now=NOW, status=OrderStatus.PROCESSING, picks=order.picks)))

    project(change, table=table)

    assert where(table, "S1", "S2") == [("reserved", order.id)] * 2


def test_more_than_fits_into_one_transaction_is_set_free_in_several(
    table: Table, place: PlaceOrder, track: Any, aside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storekeeper.orders.shipments.setting_free.MAX_FREED", 1)
    order = place()
    track(Mode.SERIAL, serials("S1", "S2"))
    aside(order, "S1", "S2")

    project(cancel(table, order), table=table)

    assert where(table, "S1", "S2") == [("in_stock", None)] * 2
