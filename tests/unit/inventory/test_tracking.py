"""Units that are told apart: what may be named, what may become of a serial, which batch goes first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.tracking.batches import events as batch_events
from storekeeper.inventory.tracking.batches.items import put_batch
from storekeeper.inventory.tracking.batches.model import (
    Batch,
    BatchDiffers,
    BatchExpired,
    BatchNotFound,
    BatchShort,
    drained,
    filled,
    plan_batches,
    plan_named,
    told_expired,
)
from storekeeper.inventory.tracking.model import (
    BatchUnits,
    Mode,
    Names,
    NamesMissing,
    NotTracked,
    Occasion,
    Place,
    UnitsUnnamed,
    check_names,
    named_after,
)
from storekeeper.inventory.tracking.serials import events as serial_events
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import (
    Serial,
    SerialNotThere,
    SerialReserved,
    SerialStatus,
    SerialTaken,
    arrived,
    came_back,
    gone,
    reserved,
    set_free,
    written_off,
)
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.trace import Actor

TENANT = TenantId("ten_1")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EAST, WEST = LocationId("loc_east"), LocationId("loc_west")
SHELF = Place("PHONE", EAST)
BY = Occasion("adjustment", "adj_1", Actor("system:test"), NOW, "told")


def a_serial(number: str = "S1") -> Serial:
    return arrived(None, number, SHELF, BY, tenant_id=TENANT)


def sold(order_id: str = "ord_1") -> Serial:
    return gone(a_serial(), "S1", SHELF, BY, order_id=order_id)


def a_batch(number: str, units: int, *, days: int | None = 10, at: LocationId = EAST) -> Batch:
    expires_on = None if days is None else NOW.date() + timedelta(days=days)
    said = BatchUnits(number, units, expires_on)
    return filled(None, "MILK", said, at, tenant_id=TENANT, now=NOW)


@pytest.mark.parametrize(
    ("names", "mode"),
    [
        (Names(("S1",)), None),
        (Names(("S1",)), Mode.BATCH),
        (Names((), (BatchUnits("L", 1),)), Mode.SERIAL),
        (Names(("S1",), (BatchUnits("L", 1),)), Mode.SERIAL),
    ],
)
def test_units_are_named_as_their_sku_is_tracked(names: Names, mode: Mode | None) -> None:
    with pytest.raises(NotTracked):
        check_names(names, mode, names.units)


@pytest.mark.parametrize(
    ("names", "units", "code"),
    [
        (Names(("S1", "S1")), 2, "named_twice"),
        (Names(("S1", "S2")), 3, "units_do_not_fit"),
        (Names(tuple(map(str, range(81)))), 81, "too_many_named"),
    ],
)
def test_names_fit_the_units(names: Names, units: int, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_names(names, Mode.SERIAL, units, field="lines.0.")

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("lines.0.serials", code)]


def test_what_is_not_named_is_not_judged() -> None:
    check_names(Names(), None, 5)


def test_no_more_is_named_than_lies_there() -> None:
    assert (named_after(3, 5, 2), named_after(3, 3, -1), named_after(3, 4, 0)) == (5, 2, 3)

    with pytest.raises(UnitsUnnamed):
        named_after(3, 5, 3)
    with pytest.raises(NamesMissing):
        named_after(5, 3, 0)


def test_a_serial_is_followed_from_the_shelf_to_an_order_and_back() -> None:
    aside = reserved(a_serial(), "ord_1", BY)
    left = gone(aside, "S1", SHELF, BY, order_id="ord_1")
    back = came_back(left, BY)
    again = arrived(back, "S1", Place("PHONE", WEST), BY, tenant_id=TENANT)

    assert [step.status.value for step in again.history] == ["in_stock", "reserved", "sold", "returned", "in_stock"]
    assert (left.order_id, left.location_id, back.order_id) == ("ord_1", None, "ord_1")
    assert (again.order_id, again.location_id, again.version) == (None, WEST, 5)


def test_a_serial_is_in_stock_once_and_sold_once() -> None:
    with pytest.raises(SerialTaken):
        arrived(a_serial(), "S1", SHELF, BY, tenant_id=TENANT)
    with pytest.raises(SerialNotThere):
        gone(sold(), "S1", SHELF, BY, order_id="ord_2")
    with pytest.raises(SerialNotThere):
        gone(a_serial(), "S1", Place("PHONE", WEST), BY, order_id="ord_1")
    with pytest.raises(SerialNotThere):
        gone(None, "S1", SHELF, BY, order_id="ord_1")


def test_what_is_put_aside_leaves_with_its_own_order_only() -> None:
    aside = reserved(a_serial(), "ord_1", BY)

    assert reserved(aside, "ord_1", BY) is aside
    with pytest.raises(SerialReserved):
        reserved(aside, "ord_2", BY)
    with pytest.raises(SerialReserved):
        gone(aside, "S1", SHELF, BY, order_id=None)
    assert gone(set_free(aside, BY), "S1", SHELF, BY, order_id="ord_2").order_id == "ord_2"


def test_a_serial_s_history_does_not_go_back_in_time_whatever_the_clocks_say() -> None:
    late, early = (replace(BY, at=NOW + timedelta(seconds=seconds)) for seconds in (20, 1))

    serial = set_free(reserved(a_serial(), "ord_1", late), early)

    assert [step.at for step in serial.history] == [NOW, late.at, late.at]


def test_only_what_came_back_is_written_off_without_a_shelf() -> None:
    assert written_off(came_back(sold(), BY), BY).status is SerialStatus.WRITTEN_OFF
    for act, serial in ((written_off, a_serial()), (set_free, sold()), (came_back, a_serial())):
        with pytest.raises(WrongState):
            act(serial, BY)


_BATCHES = st.lists(st.tuples(st.one_of(st.none(), st.integers(-5, 30)), st.integers(0, 9)), max_size=8).map(
    lambda rows: [a_batch(f"L{row}", units, days=days) for row, (days, units) in enumerate(rows)]
)


@given(_BATCHES, st.integers(1, 40))
def test_what_expires_first_leaves_first_and_nothing_that_has(batches: list[Batch], units: int) -> None:
    fit = [batch for batch in batches if not batch.is_past(NOW)]
    if sum(batch.left for batch in fit) < units:
        with pytest.raises(BatchShort):
            plan_batches(batches, EAST, units, now=NOW)
        return

    picks = plan_batches(batches, EAST, units, now=NOW)

    assert sum(picks.values()) == units
    for batch in fit:
        left = batch.left - picks.get(batch.number, 0)
        later = [one for one in fit if (one.expires_on or date.max) > (batch.expires_on or date.max)]
        assert left >= 0
        assert not left or not any(one.number in picks for one in later)
    assert all(batch.number not in picks for batch in batches if batch.is_past(NOW))


def test_batches_that_are_named_are_taken_as_named() -> None:
    batches = {batch.number: batch for batch in (a_batch("A", 3), a_batch("B", 5, days=None), a_batch("C", 9, days=-1))}

    assert plan_named(batches, {"B": 4, "A": 1}, EAST, 5, now=NOW) == {"B": 4, "A": 1}
    with pytest.raises(BatchShort):
        plan_named(batches, {"A": 4}, EAST, 4, now=NOW)
    with pytest.raises(BatchExpired):
        plan_named(batches, {"C": 1}, EAST, 1, now=NOW)
    with pytest.raises(BatchNotFound):
        plan_named(batches, {"D": 1}, EAST, 1, now=NOW)


def test_a_batch_is_filled_and_drained_by_location() -> None:
    more = filled(a_batch("A", 3), "MILK", BatchUnits("A", 2), WEST, tenant_id=TENANT, now=NOW)
    less = drained(more, 3, EAST, sold=True)

    assert (more.units, more.left, more.version) == ({EAST: 3, WEST: 2}, 5, 2)
    assert (less.units, less.sold, drained(more, 1, WEST, sold=False).sold) == ({WEST: 2}, 3, 0)
    with pytest.raises(BatchShort):
        drained(more, 3, WEST, sold=True)
    with pytest.raises(BatchDiffers):
        filled(more, "MILK", BatchUnits("A", 1, date(2030, 1, 1)), EAST, tenant_id=TENANT, now=NOW)


def test_a_batch_can_be_sold_to_the_end_of_its_day() -> None:
    batch = a_batch("A", 3, days=0)
    midnight = datetime(2026, 11, 21, tzinfo=UTC)

    assert (batch.is_past(midnight - timedelta(seconds=1)), batch.is_past(midnight)) == (False, True)
    assert told_expired(batch, now=NOW) is batch
    assert told_expired(batch, now=midnight).expired is True
    assert told_expired(a_batch("B", 1, days=None), now=midnight).expired is False


def change(before: dict[str, object] | None, after: dict[str, object], pk: str) -> Change:
    return Change(Key(f"T#{TENANT}#{pk}", "X"), before, after, "1", NOW)


def told(put: object) -> dict[str, object]:
    return {name: value for name, value in put.item.items() if value is not None}  # type: ignore[attr-defined]


def test_a_serial_tells_of_each_move() -> None:
    before, after = told(put_serial(TENANT, a_serial())), told(put_serial(TENANT, sold()))

    (made,) = serial_events.events_of(change(None, before, "SERIAL"))
    (moved,) = serial_events.events_of(change(before, after, "SERIAL"))

    assert (made.type, made.data["status"], made.data["status_before"]) == ("serial.moved", "in_stock", None)
    assert (moved.version, moved.data["status"], moved.data["order_id"]) == (2, "sold", "ord_1")
    assert "reason" not in moved.data
    assert list(serial_events.events_of(change(after, after, "SERIAL"))) == []


def test_a_batch_tells_that_it_came_and_that_it_expired() -> None:
    batch = a_batch("A", 3, days=0)
    late = told_expired(batch, now=NOW + timedelta(days=1))
    before, after = told(put_batch(TENANT, batch)), told(put_batch(TENANT, late))

    (made,) = batch_events.events_of(change(None, before, "BATCH"))
    (expired,) = batch_events.events_of(change(before, after, "BATCH"))

    assert (made.type, made.data["units"]) == ("batch.created", {EAST: 3})
    assert (expired.type, expired.occurred_at, expired.data["left"]) == ("batch.expired", "2026-11-21T00:00:00.000Z", 3)
    assert "due_pk" in before
    assert "due_pk" not in after
    assert list(batch_events.events_of(change(after, after, "BATCH"))) == []
