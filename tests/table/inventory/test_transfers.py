"""Transfers between two shelves: each act moves all of its units or none."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storekeeper.inventory import spread_level
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.inventory.transfers.checks import TooManyLines, TransferShort, TransferUnknown
from storekeeper.inventory.transfers.drafting import Draft, create_transfer
from storekeeper.inventory.transfers.model import (
    MAX_LINES,
    Arrival,
    Sums,
    Transfer,
    TransferStatus,
    new_lines,
)
from storekeeper.inventory.transfers.places import LocationInactive
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.inventory.transfers.use_cases import cancel_transfer, close_transfer
from storekeeper.kernel.errors import Invalid
from storekeeper.tenancy import load_settings
from storekeeper.tenancy.locations.use_cases import change_location
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.transferring import a_draft, dispatch, ends, receive, sent


def test_a_draft_moves_nothing(shelf: Shelf) -> None:
    shelf.adjust(7)

    draft = a_draft(shelf)

    assert ends(shelf) == [(7, 0)]
    assert read_transfer(shelf.table, draft.id) == draft


def test_what_is_sent_leaves_the_source_and_is_expected_at_the_target(shelf: Shelf) -> None:
    transfer = sent(shelf)

    assert ends(shelf) == [(2, 0), (0, 5)]
    assert transfer.status is TransferStatus.IN_TRANSIT
    assert load_settings(shelf.table).location(shelf.locations[1]).stocked


def test_what_comes_is_on_the_shelf_and_expected_no_more(shelf: Shelf) -> None:
    transfer = sent(shelf)
    part = receive(shelf, transfer, Arrival("LAMP", received=2))
    assert ends(shelf) == [(2, 0), (2, 3)]

    whole = receive(shelf, part)

    assert ends(shelf) == [(2, 0), (5, 0)]
    assert whole.status is TransferStatus.RECEIVED
    assert read_transfer(shelf.table, transfer.id) == whole
    assert [(one.number, one.actor) for one in whole.receipts] == [(1, "system:test"), (2, "system:test")]


def test_what_is_damaged_missing_or_found_is_booked_with_its_reason(shelf: Shelf) -> None:
    said = Arrival("LAMP", received=3, damaged=1, missing=1, found=2, reason="a wet box")

    came = receive(shelf, sent(shelf), said)

    assert ends(shelf) == [(2, 0), (5, 0)]
    assert came.lines[0].units == Sums(5, dispatched=5, received=3, damaged=1, missing=1, found=2)
    assert came.receipts[0].arrivals == (said,)


def test_what_is_closed_short_is_booked_as_missing(shelf: Shelf) -> None:
    transfer = receive(shelf, sent(shelf), Arrival("LAMP", received=2))

    ended = close_transfer(shelf.table, transfer.id, reason="lost", now=shelf.now)

    assert ends(shelf) == [(2, 0), (2, 0)]
    assert (ended.status, ended.sums.missing) == (TransferStatus.CLOSED, 3)


def test_what_is_cancelled_on_its_way_goes_back(shelf: Shelf) -> None:
    transfer = receive(shelf, sent(shelf), Arrival("LAMP", received=2))

    ended = cancel_transfer(shelf.table, transfer.id, now=shelf.now)

    assert ends(shelf) == [(5, 0), (2, 0)]
    assert (ended.status, ended.sums.returned) == (TransferStatus.CANCELLED, 3)


def test_a_cancelled_draft_moves_nothing(shelf: Shelf) -> None:
    shelf.adjust(7)

    assert cancel_transfer(shelf.table, a_draft(shelf).id, now=shelf.now).status is TransferStatus.CANCELLED
    assert ends(shelf) == [(7, 0)]


def test_the_ledger_tells_each_step_and_is_found_by_the_transfer(shelf: Shelf) -> None:
    transfer = receive(shelf, sent(shelf), Arrival("LAMP", received=2, damaged=1, reason="a wet box"))
    cancel_transfer(shelf.table, transfer.id, reason="wrong lorry", now=shelf.now)
    shelf.project()

    wanted = Wanted(reference_id=transfer.id)
    found = find_movements(
        shelf.table, wanted, locations=shelf.locations, after=None, limit=20, now=shelf.now, oldest=shelf.now
    )

    rows = {(row.location_id, row.type, row.quantity, row.incoming, row.reason) for row in found.entries}
    source, target = shelf.locations
    assert rows == {
        (source, "transfer", -5, 0, ""),
        (target, "transfer", 0, 5, ""),
        (target, "transfer", 2, 2, "1 damaged: a wet box"),
        (target, "transfer", 0, 0, "cancelled: wrong lorry"),
        (source, "transfer", 2, 0, "cancelled: wrong lorry"),
    }


def test_what_the_source_lacks_is_named_and_nothing_is_sent(shelf: Shelf) -> None:
    shelf.adjust(4)
    shelf.adjust(9, sku="MUG")
    shelf.adjust(9, location=1)
    shelf.hold("cart_ann", {"LAMP": 1})
    draft = a_draft(shelf, 5, MUG=2)

    with pytest.raises(TransferShort) as refused:
        dispatch(shelf, draft)

    assert [(one.sku, one.requested, one.available) for one in refused.value.shortages] == [("LAMP", 5, 3)]
    assert (ends(shelf), ends(shelf, "MUG")) == ([(4, 0), (9, 0)], [(9, 0)])
    assert read_transfer(shelf.table, draft.id) == draft


def test_units_of_a_hold_that_is_over_are_sent(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 2}, at=shelf.now - timedelta(hours=1))
    shelf.project()

    dispatch(shelf, a_draft(shelf))

    assert ends(shelf) == [(0, 0), (0, 5)]


def test_a_hot_sku_gives_from_several_buckets(shelf: Shelf) -> None:
    shelf.adjust(12)
    spread_level(shelf.table, "LAMP", shelf.locations[0], buckets=4, locations=shelf.locations, now=shelf.now)

    transfer = dispatch(shelf, a_draft(shelf, 11))

    assert [level.on_hand for level in shelf.levels() if level.location_id == shelf.locations[0]] == [0, 0, 0, 1]
    assert cancel_transfer(shelf.table, transfer.id, now=shelf.now).sums.returned == 11
    assert sum(level.on_hand for level in shelf.levels()) == 12


def test_as_many_lines_as_are_allowed_fit_into_one_transaction(shelf: Shelf) -> None:
    skus = [f"SKU-{row}" for row in range(MAX_LINES)]
    for sku in skus:
        shelf.adjust(1, sku=sku)
    draft = Draft(shelf.locations[0], shelf.locations[1], new_lines([(sku, 1) for sku in skus]))
    made = create_transfer(shelf.table, draft, settings=load_settings(shelf.table), now=shelf.now)

    assert dispatch(shelf, made).sums.outstanding == MAX_LINES
    assert ends(shelf, skus[-1]) == [(0, 0), (0, 1)]
    assert cancel_transfer(shelf.table, made.id, now=shelf.now).sums.returned == MAX_LINES


def test_units_in_more_buckets_than_one_transaction_takes_are_not_sent(shelf: Shelf) -> None:
    for sku in ("LAMP", "MUG"):
        shelf.adjust(60, sku=sku)
        spread_level(shelf.table, sku, shelf.locations[0], buckets=60, locations=shelf.locations, now=shelf.now)
    draft = a_draft(shelf, 60, MUG=60)

    with pytest.raises(TooManyLines):
        dispatch(shelf, draft)

    assert read_transfer(shelf.table, draft.id) == draft


def test_places_that_cannot_be_meant_are_named(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.sell("LAMP")
    settings, east = load_settings(shelf.table), shelf.locations[0]

    for source, target, fields in (
        (east, east, ["target_location_id"]),
        (other_shelf.locations[0], "loc_1", ["source_location_id", "target_location_id"]),
    ):
        with pytest.raises(Invalid) as refused:
            create_transfer(
                shelf.table, Draft(source, target, new_lines([("LAMP", 1)])), settings=settings, now=shelf.now
            )
        assert [fault.field for fault in refused.value.faults] == fields


def test_a_closed_location_sends_and_takes_in_nothing_but_what_was_on_its_way(shelf: Shelf) -> None:
    transfer = sent(shelf)
    later = a_draft(shelf, 1)
    change_location(shelf.locations[1], changes={"active": False}, table=shelf.table, now=shelf.now)

    with pytest.raises(LocationInactive):
        dispatch(shelf, later)
    with pytest.raises(Invalid):
        a_draft(shelf, 1)

    receive(shelf, transfer)
    back = Draft(shelf.locations[1], shelf.locations[0], new_lines([("LAMP", 5)]))
    emptied = create_transfer(shelf.table, back, settings=load_settings(shelf.table), now=shelf.now)
    dispatch(shelf, emptied)
    assert ends(shelf) == [(2, 5), (0, 0)]


def test_a_sku_that_nobody_sells_is_not_sent(shelf: Shelf) -> None:
    shelf.sell("LAMP")

    with pytest.raises(Invalid) as refused:
        a_draft(shelf, 1, VASE=1)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("lines.1.sku", "sku_unknown")]


def test_another_tenant_finds_no_transfer(shelf: Shelf, other_shelf: Shelf) -> None:
    transfer = sent(shelf)

    acts: tuple[Callable[[], Transfer], ...] = (
        lambda: read_transfer(other_shelf.table, transfer.id),
        lambda: receive(other_shelf, transfer),
        lambda: cancel_transfer(other_shelf.table, transfer.id, now=shelf.now),
    )
    for act in acts:
        with pytest.raises(TransferUnknown):
            act()
