"""Units that are told apart leave with an order: by name, all of it or nothing, and are traced to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from storekeeper.inventory import BatchUnits, Mode, Names
from storekeeper.inventory.tracking.batches.model import BatchExpired, BatchShort
from storekeeper.inventory.tracking.batches.store import find_batches, list_batches_of_order, list_sales
from storekeeper.inventory.tracking.model import NamesMissing, NotTracked
from storekeeper.inventory.tracking.serials.model import SerialNotThere
from storekeeper.inventory.tracking.serials.store import SerialFilter, list_serials
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.table import Table
from storekeeper.orders import get_order
from storekeeper.orders.shipments.handing_over import hand_over
from tests.table.orders.conftest import Place as PlaceOrder
from tests.table.orders.shelf import SPARE, level_of, serials, where
from tests.unit.orders.builders import NOW, a_line, a_pick

MUG = a_pick("MUG", 2)


def batches(**units: int) -> Names:
    return Names((), tuple(BatchUnits(number, count) for number, count in units.items()))


def test_serials_leave_with_their_order(table: Table, place: PlaceOrder, track: Any, fulfill: Any) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2", "S3"))

    fulfill(order, serials("S3", "S1"))

    level = level_of(table, MUG)
    assert (level.on_hand, level.reserved, level.named) == (SPARE, 0, 1)
    assert where(table, "S1", "S2", "S3") == [("sold", order.id), ("in_stock", None), ("sold", order.id)]
    rows = list_serials(table, SerialFilter(order_id=order.id), after=None, limit=5).entries
    assert [row["number"] for row in rows] == ["S1", "S3"]


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        (None, NamesMissing),
        (serials("S1"), Invalid),
        (serials("S1", "S9"), SerialNotThere),
        (batches(L1=2), NotTracked),
    ],
)
def test_an_order_whose_units_are_not_said_rightly_stays_whole(
    table: Table, place: PlaceOrder, track: Any, fulfill: Any, names: Names | None, refusal: type[StorekeeperError]
) -> None:
    order = place()
    track(Mode.SERIAL, serials("S1", "S2"))

    with pytest.raises(refusal):
        fulfill(order, names)

    assert get_order(order.id, table=table) == order
    assert where(table, "S1", "S2") == [("in_stock", None)] * 2
    assert level_of(table, a_pick("LAMP", 1)).reserved == 1


def test_names_of_units_that_are_not_told_apart_are_refused(table: Table, place: PlaceOrder, fulfill: Any) -> None:
    order = place()

    with pytest.raises(NotTracked):
        fulfill(order, serials("S1", "S2"))

    assert get_order(order.id, table=table) == order


def test_one_unit_is_sold_once_however_many_ask(table: Table, place: PlaceOrder, track: Any, fulfill: Any) -> None:
    order = place(lines=(a_line("itm_1", "MUG", 1),), picks=(a_pick("MUG", 2),))
    track(Mode.SERIAL, serials("S1"))

    def ask(_: int) -> bool:
        try:
            fulfill(order, serials("S1"))
        except StorekeeperError:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(ask, range(4))) == 1
    assert (where(table, "S1"), level_of(table, MUG).on_hand) == ([("sold", order.id)], 2 + SPARE - 1)


def test_batches_leave_first_expired_first_out(table: Table, place: PlaceOrder, track: Any, fulfill: Any) -> None:
    order = place()
    soon, late, past = (NOW.date() + timedelta(days=days) for days in (5, 9, -1))
    lots = (BatchUnits("LATE", 3, late), BatchUnits("SOON", 1, soon), BatchUnits("PAST", 2, past))
    track(Mode.BATCH, Names((), lots))

    shipped = fulfill(order)

    found = find_batches(table, "MUG", ["SOON", "LATE", "PAST"])
    assert {number: (one.left, one.sold) for number, one in found.items()} == {
        "SOON": (0, 1),
        "LATE": (2, 1),
        "PAST": (2, 0),
    }
    (sale,) = list_sales(table, found["SOON"], after=None, limit=5).entries
    assert (sale.order_id, sale.shipment_id, sale.units) == (order.id, shipped.shipments[0].id, 1)
    of_order = list_batches_of_order(table, order.id, after=None, limit=5).entries
    assert {(one.number, one.units) for one in of_order} == {("SOON", 1), ("LATE", 1)}
    assert level_of(table, MUG).named == 4


def test_batches_leave_as_they_are_named(table: Table, place: PlaceOrder, track: Any, fulfill: Any) -> None:
    order = place()
    track(Mode.BATCH, Names((), (BatchUnits("A", 3, date(2030, 1, 1)), BatchUnits("B", 1, NOW.date()))))

    fulfill(order, batches(A=2))

    assert {one.number: one.left for one in find_batches(table, "MUG", ["A", "B"]).values()} == {"A": 1, "B": 1}


@pytest.mark.parametrize(("names", "refusal"), [(batches(A=2), BatchShort), (batches(PAST=2), BatchExpired)])
def test_of_a_batch_no_more_leaves_than_can_be_sold(
    table: Table, place: PlaceOrder, track: Any, fulfill: Any, names: Names, refusal: type[StorekeeperError]
) -> None:
    order = place()
    track(Mode.BATCH, Names((), (BatchUnits("A", 1), BatchUnits("PAST", 2, NOW.date() - timedelta(days=1)))))

    with pytest.raises(refusal):
        fulfill(order, names)

    assert get_order(order.id, table=table) == order


def test_digital_units_that_are_told_apart_wait_for_a_merchant(table: Table, place: PlaceOrder, track: Any) -> None:
    order = place(lines=(a_line("itm_1", "MUG", 2, requires_shipping=False),))
    track(Mode.SERIAL, serials("S1", "S2"))

    hand_over(order.id, table=table, now=NOW)

    assert get_order(order.id, table=table) == order
