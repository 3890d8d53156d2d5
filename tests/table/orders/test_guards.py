"""Each condition on a write of an order or of what lies beside it, and what it keeps from happening."""

import random

import pytest

from storekeeper.kernel.changes import Change
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import CONTENTION_S, Table, WriteRefused
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Write
from storekeeper.orders import (
    Dispatch,
    Order,
    change_order,
    changed,
    fulfill_order,
    get_order,
    order_key,
    place_order_write,
    read_shipped,
    still_as_read,
)
from storekeeper.orders.notes import Note, Visibility, note_write
from storekeeper.orders.shipments.items import shipment_write
from storekeeper.orders.statistics import Count, Figures, count_order, put_counted, read_sales
from storekeeper.orders.statuses import OrderStatus
from storekeeper.orders.timeline import read_timeline, row_of
from tests.table.orders.conftest import Place
from tests.unit.orders.builders import NOW, STORE


def accept(_: int) -> None:
    """Any version will do."""


@pytest.mark.guards("storekeeper.orders.items.place_order_write", clause="attribute_not_exists(pk)")
def test_an_order_is_placed_once(table: Table, place: Place) -> None:
    order = place()

    with pytest.raises(WriteRefused):
        table.write(place_order_write(replace(order, number="HB-9999")))

    assert get_order(order.id, table=table) == order


@pytest.mark.guards("storekeeper.orders.items.change_order", clause="version = :before")
def test_a_decision_made_on_a_stale_order_writes_nothing(table: Table, place: Place) -> None:
    stale = place()
    now = changed(stale, now=NOW, tags=("first",))
    table.write(change_order(stale, now))

    with pytest.raises(WriteRefused) as refused:
        table.write(change_order(stale, changed(stale, now=NOW, tags=("second",))))

    assert get_order(stale.id, table=table) == now
    old = refused.value.old[order_key(table.tenant_id, stale.id)]
    assert old is not None
    assert old["tags"] == ["first"]


@pytest.mark.guards("storekeeper.orders.items.still_as_read", clause="version = :version")
def test_nothing_is_written_beside_an_order_that_changed_since_it_was_read(table: Table, place: Place) -> None:
    stale, other = place(), place(picks=())
    table.write(change_order(stale, changed(stale, now=NOW, tags=("x",))))

    with pytest.raises(WriteRefused):
        table.write(still_as_read(stale), change_order(other, changed(other, now=NOW, tags=("y",))))

    assert get_order(other.id, table=table).tags == ()


@pytest.mark.guards("storekeeper.orders.shipments.items.shipment_write", clause="attribute_not_exists(pk)")
def test_a_shipment_is_written_once(table: Table, place: Place) -> None:
    shipped = fulfill_order(place().id, Dispatch(carrier="UPS"), table=table, now=NOW, check_version=accept)
    (shipment,) = shipped.shipments

    with pytest.raises(WriteRefused):
        table.write(shipment_write(replace(shipment, carrier="DHL"), tenant_id=table.tenant_id))

    assert read_shipped(shipped.order.id, table=table) == shipped


@pytest.mark.guards("storekeeper.orders.notes.note_write", clause="attribute_not_exists(pk)")
def test_a_note_is_written_once(table: Table, place: Place, sealer: Sealer) -> None:
    order, note = place(), Note("note_1", "First.", Visibility.INTERNAL, Actor("key:1"), NOW)
    table.write(note_write(order, note, sealer=sealer))

    with pytest.raises(WriteRefused):
        table.write(note_write(order, replace(note, text="Second."), sealer=sealer))


@pytest.mark.guards("storekeeper.orders.timeline._row", clause="attribute_not_exists(pk)")
def test_a_row_of_the_timeline_is_written_once(table: Table, place: Place) -> None:
    order = place()
    image = table.get(order_key(table.tenant_id, order.id))
    change = Change(order_key(table.tenant_id, order.id), None, image, "1", NOW)
    row, again = row_of(change), row_of(replace(change, new={**(image or {}), "changed_by": "somebody else"}))
    assert row
    assert again
    table.write(row)

    with pytest.raises(WriteRefused):
        table.write(again)

    page = read_timeline(order.id, table=table, after=None, limit=10)
    assert [(entry.type, entry.actor) for entry in page.entries] == [
        ("order.created", "system:test"),
        ("order.paid", "system:test"),
    ]


class Interrupted(Table):
    """Lets something happen between what a use case reads and what it writes, once."""

    def __init__(self, table: Table, interruption: object) -> None:
        super().__init__(table._wire, table._name, tenant_id=table.tenant_id, trace=table.trace)
        self._interruption = interruption

    def write(self, *writes: Write, contention_s: float = CONTENTION_S) -> None:
        interruption, self._interruption = self._interruption, None
        if callable(interruption):
            interruption()
        super().write(*writes, contention_s=contention_s)


@pytest.mark.guards("storekeeper.orders.statistics.put_day")
def test_figures_that_somebody_else_moved_meanwhile_are_not_overwritten(table: Table, place: Place) -> None:
    orders = _of_one_shard(place)

    count_order(None, orders[0], table=Interrupted(table, lambda: count_order(None, orders[1], table=table)))

    (sales,) = read_sales(STORE, first=NOW.date(), last=NOW.date(), by_month=False, table=table)
    assert (sales.orders, str(sales.revenue)) == (2, "75.00")


@pytest.mark.guards("storekeeper.orders.statistics.put_counted")
def test_a_count_that_comes_late_does_not_replace_a_later_one(table: Table, place: Place) -> None:
    order = place()
    earlier, later = (Count(order.id, version, Figures(1, 3750, 0)) for version in (2, 3))
    table.write(put_counted(table.tenant_id, earlier))
    table.write(put_counted(table.tenant_id, later))

    with pytest.raises(WriteRefused):
        table.write(put_counted(table.tenant_id, earlier))

    kept = table.get(order_key(table.tenant_id, order.id)._replace(sk="COUNTED"))
    assert (kept or {})["version"] == 3


@pytest.mark.parametrize("seed", range(4))
def test_orders_that_share_a_day_s_figures_are_each_counted_once(table: Table, place: Place, seed: int) -> None:
    placed = _of_one_shard(place)
    cancelled = [replace(order, status=OrderStatus.CANCELLED, version=2) for order in placed]
    counts = [(None, order) for order in placed] + list(zip(placed, cancelled, strict=True))[:1]

    for before, after in random.Random(seed).sample([*counts, *counts], 2 * len(counts)):
        count_order(before, after, table=table)

    (sales,) = read_sales(STORE, first=NOW.date(), last=NOW.date(), by_month=False, table=table)
    assert (sales.orders, str(sales.revenue)) == (1, "37.50")


def _of_one_shard(place: Place) -> list[Order]:
    """Two orders whose figures are kept in the same item."""
    from storekeeper.orders.statistics import _day_key

    found: dict[object, list[Order]] = {}
    while True:
        order = place(picks=())
        same = found.setdefault(_day_key(order), [])
        same.append(order)
        if len(same) == 2:
            return same
