"""What may become of a transfer: each unit is in one place, and nobody can say what cannot be."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory import Level
from storekeeper.inventory.transfers.checks import (
    TooManyLines,
    TooManyReceipts,
    TooManyUnits,
    TransferShort,
    check_arrivals,
    check_lines,
    plan_draws,
)
from storekeeper.inventory.transfers.model import (
    MAX_LINES,
    MAX_QUANTITY,
    MAX_RECEIPTS,
    TERMINAL,
    TRANSITIONS,
    Arrival,
    Receipt,
    Sums,
    Transfer,
    TransferStatus,
    cancelled,
    closed,
    dispatched,
    new_lines,
    received,
    revised,
)
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.trace import SHOPPER

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
EAST, WEST = LocationId("loc_east"), LocationId("loc_west")


def a_draft(lamps: int = 5, mugs: int = 3) -> Transfer:
    lines = new_lines([("LAMP", lamps), ("MUG", mugs)])
    return Transfer("trf_1", EAST, WEST, lines, "", "", None, NOON, NOON)


def a_transfer(lamps: int = 5, mugs: int = 3) -> Transfer:
    return dispatched(a_draft(lamps, mugs), now=NOON)


def take_in(transfer: Transfer, *said: Arrival, now: datetime = LATER) -> Transfer:
    arrivals = check_arrivals(transfer, said or None)
    number = len(transfer.receipts) + 1
    return received(transfer, Receipt(f"rec_{number}", number, now, SHOPPER, arrivals), now=now)


def a_level(units: int, *, bucket: int = 0, buckets: int = 1, location_id: LocationId = EAST) -> Level:
    return Level("LAMP", location_id, bucket, units, 0, units, 0, 0, 1, buckets)


def faults_of(refused: pytest.ExceptionInfo[StorekeeperError]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refused.value.faults]


def test_every_status_is_reached_and_every_dead_end_is_meant() -> None:
    followed = {after for following in TRANSITIONS.values() for after in following}

    assert followed | {TransferStatus.DRAFT} == set(TransferStatus)
    assert {status for status, following in TRANSITIONS.items() if not following} == TERMINAL


def test_what_is_drafted_has_not_left() -> None:
    assert a_draft().sums == Sums(quantity=8)
    assert a_draft().sums.outstanding == 0


def test_what_was_sent_is_outstanding() -> None:
    sent = a_transfer()

    assert (sent.status, sent.dispatched_at, sent.version) == (TransferStatus.IN_TRANSIT, NOON, 2)
    assert (sent.sums.dispatched, sent.sums.outstanding) == (8, 8)


def test_it_comes_in_parts_until_nothing_is_outstanding() -> None:
    part = take_in(a_transfer(), Arrival("LAMP", received=2))
    whole = take_in(part)

    assert (part.status, part.sums.outstanding, part.ended_at) == (TransferStatus.IN_TRANSIT, 6, None)
    assert (whole.status, whole.sums.received, whole.ended_at) == (TransferStatus.RECEIVED, 8, LATER)
    assert [receipt.arrivals for receipt in whole.receipts] == [
        (Arrival("LAMP", received=2),),
        (Arrival("LAMP", received=3), Arrival("MUG", received=3)),
    ]


def test_what_is_damaged_or_missing_is_outstanding_no_more() -> None:
    came = take_in(
        a_transfer(), Arrival("LAMP", received=3, damaged=1, missing=1, reason="a wet box"), Arrival("MUG", received=3)
    )

    assert came.status is TransferStatus.RECEIVED
    assert came.lines[0].units == Sums(quantity=5, dispatched=5, received=3, damaged=1, missing=1)


def test_what_was_not_sent_is_booked_beside_what_was() -> None:
    came = take_in(a_transfer(), Arrival("LAMP", received=5, found=2, reason="one box more"))

    assert came.lines[0].units == Sums(quantity=5, dispatched=5, received=5, found=2)
    assert came.sums.outstanding == 3


def test_what_is_closed_short_is_missing() -> None:
    ended = closed(take_in(a_transfer(), Arrival("LAMP", received=2)), reason="the lorry is lost", now=LATER)

    assert (ended.status, ended.sums.missing, ended.sums.outstanding) == (TransferStatus.CLOSED, 6, 0)
    assert ended.reason == "the lorry is lost"


def test_what_is_cancelled_on_its_way_goes_back() -> None:
    ended = cancelled(take_in(a_transfer(), Arrival("LAMP", received=2)), reason="", now=LATER)

    assert (ended.status, ended.sums.returned, ended.sums.received) == (TransferStatus.CANCELLED, 6, 2)


def test_a_draft_is_dropped() -> None:
    assert cancelled(a_draft(), reason="", now=LATER).sums == Sums(quantity=8)


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_what_is_over_stays_as_it_is(status: TransferStatus) -> None:
    over = replace(a_transfer(), status=status)

    acts: tuple[Callable[[], Transfer], ...] = (
        lambda: dispatched(over, now=LATER),
        lambda: take_in(over),
        lambda: closed(over, reason="x", now=LATER),
        lambda: cancelled(over, reason="", now=LATER),
        lambda: revised(over, {"notes": "x"}, now=LATER),
    )
    for act in acts:
        with pytest.raises(WrongState):
            act()


def test_a_draft_can_neither_come_nor_be_closed() -> None:
    with pytest.raises(WrongState):
        take_in(a_draft())
    with pytest.raises(WrongState):
        closed(a_draft(), reason="x", now=LATER)


def test_lines_that_have_left_are_not_changed_but_the_rest_is() -> None:
    with pytest.raises(WrongState):
        revised(a_transfer(), {"lines": new_lines([("LAMP", 1)])}, now=LATER)

    assert revised(a_transfer(), {"expected_at": LATER}, now=LATER).expected_at == LATER
    assert revised(a_draft(), {"lines": new_lines([("LAMP", 1)])}, now=LATER).sums == Sums(quantity=1)


def test_a_clock_that_lags_does_not_send_a_transfer_back_in_time() -> None:
    assert take_in(a_transfer(), now=NOON - timedelta(hours=1)).updated_at == NOON


def test_every_line_that_cannot_be_sent_is_named() -> None:
    lines = new_lines([("LAMP", 0), ("MUG", 1), ("LAMP", MAX_QUANTITY + 1), ("VASE", 1)])

    with pytest.raises(Invalid) as refused:
        check_lines(lines, known={"LAMP", "MUG"})

    assert sorted(faults_of(refused)) == [
        ("lines.0.quantity", "quantity_out_of_range"),
        ("lines.2.quantity", "quantity_out_of_range"),
        ("lines.2.sku", "sku_twice"),
        ("lines.3.sku", "sku_unknown"),
    ]


def test_more_lines_than_one_transaction_takes_are_to_be_split() -> None:
    lines = new_lines([(f"SKU-{row}", 1) for row in range(MAX_LINES + 1)])
    check_lines(lines[:-1], known={line.sku for line in lines})

    with pytest.raises(TooManyLines):
        check_lines(lines, known={line.sku for line in lines})


def test_what_can_be_sold_is_drawn_from_the_fullest_buckets() -> None:
    levels = {"LAMP": [a_level(2, buckets=3), a_level(9, bucket=1), a_level(4, bucket=2)], "MUG": [a_level(3)]}

    picks = plan_draws(a_draft(lamps=11), levels)

    assert [(pick.sku, pick.bucket, pick.units) for pick in picks] == [("LAMP", 1, 9), ("LAMP", 2, 2), ("MUG", 0, 3)]


def test_every_sku_that_is_short_is_named_and_what_lies_elsewhere_does_not_count() -> None:
    with pytest.raises(TransferShort) as refused:
        plan_draws(a_draft(), {"LAMP": [a_level(4), a_level(9, location_id=WEST)]})

    assert [(short.sku, short.requested, short.available) for short in refused.value.shortages] == [
        ("LAMP", 5, 4),
        ("MUG", 3, 0),
    ]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        pytest.param([Arrival("VASE", received=1)], [("lines.0.sku", "sku_not_sent")], id="not_sent"),
        pytest.param([Arrival("LAMP")], [("lines.0.quantity", "quantity_out_of_range")], id="nothing"),
        pytest.param([Arrival("LAMP", received=-1)], [("lines.0.quantity", "quantity_out_of_range")], id="negative"),
        pytest.param([Arrival("LAMP", found=1)], [("lines.0.reason", "reason_missing")], id="found_without_a_reason"),
        pytest.param([Arrival("LAMP", missing=1)], [("lines.0.reason", "reason_missing")], id="lost_without_a_reason"),
        pytest.param(
            [Arrival("LAMP", received=1), Arrival("LAMP", received=1)], [("lines.1.sku", "sku_twice")], id="twice"
        ),
    ],
)
def test_a_receipt_that_cannot_be_meant_is_refused(said: Sequence[Arrival], faults: Sequence[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        check_arrivals(a_transfer(), said)

    assert faults_of(refused) == faults


def test_more_than_is_outstanding_is_not_received() -> None:
    with pytest.raises(TooManyUnits) as refused:
        check_arrivals(a_transfer(), [Arrival("MUG", received=3), Arrival("LAMP", received=4, missing=2, reason="?")])

    (fault,) = refused.value.faults
    assert (fault.field, dict(fault.facts)) == ("lines.1.quantity", {"sku": "LAMP", "requested": 6, "outstanding": 5})


def test_a_transfer_comes_in_so_many_parts_at_most() -> None:
    receipt = Receipt("rec_1", 1, NOON, SHOPPER, ())
    full = replace(a_transfer(), receipts=(receipt,) * MAX_RECEIPTS)

    with pytest.raises(TooManyReceipts):
        check_arrivals(full, None)


COUNTS = st.integers(0, 4)
ARRIVALS = st.builds(
    Arrival, st.sampled_from(["LAMP", "MUG"]), COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from(["", "a wet box"])
)
ENDS = st.sampled_from(["close", "cancel", "none"])


@given(lamps=st.integers(1, 9), mugs=st.integers(1, 9), said=st.lists(ARRIVALS, max_size=8), end=ENDS)
def test_units_are_on_a_shelf_on_the_way_or_booked(lamps: int, mugs: int, said: list[Arrival], end: str) -> None:
    """Replays what each act does to the source's shelf, to the target's and to what is expected there."""
    transfer = a_transfer(lamps, mugs)
    source, target, expected = -lamps - mugs, 0, lamps + mugs
    for arrival in said:
        try:
            transfer = take_in(transfer, arrival)
        except StorekeeperError:
            continue
        target, expected = target + arrival.for_the_shelf, expected - arrival.of_expected
    if transfer.status is TransferStatus.IN_TRANSIT and end == "close":
        transfer, expected = closed(transfer, reason="lost", now=LATER), 0
    elif transfer.status is TransferStatus.IN_TRANSIT and end == "cancel":
        transfer, source, expected = cancelled(transfer, reason="", now=LATER), source + expected, 0

    sums = transfer.sums
    assert expected == sums.outstanding >= 0
    assert source == sums.returned - sums.dispatched
    assert target == sums.received + sums.found
    assert source + target + expected == sums.found - sums.damaged - sums.missing
    assert (sums.outstanding == 0) == (transfer.status in TERMINAL)
    assert all(line.units.outstanding >= 0 for line in transfer.lines)
