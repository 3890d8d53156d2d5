"""Transfers between two shelves: each act moves all of its units or none, once, whoever else is at it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storekeeper.inventory import SkuRef, Wanted, find_movements, level_key, spread_level
from storekeeper.inventory.transfers.checks import NotExpected, TooManyLines, TransferShort, TransferUnknown
from storekeeper.inventory.transfers.items import put_receipt, put_transfer, replace_transfer
from storekeeper.inventory.transfers.model import (
    MAX_LINES,
    Arrival,
    Receipt,
    Sums,
    Transfer,
    TransferStatus,
    closed,
    new_lines,
)
from storekeeper.inventory.transfers.places import LocationInactive
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.inventory.transfers.use_cases import (
    Draft,
    cancel_transfer,
    change_transfer,
    close_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from storekeeper.kernel.errors import Invalid, StaleVersion, StorekeeperError
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Update
from storekeeper.tenancy import load_settings
from storekeeper.tenancy.locations.use_cases import change_location
from tests.table.inventory.conftest import Shelf


def a_draft(shelf: Shelf, units: int = 5, **more: int) -> Transfer:
    wanted = new_lines([("LAMP", units), *more.items()])
    draft = Draft(shelf.locations[0], shelf.locations[1], wanted)
    return create_transfer(shelf.table, draft, settings=load_settings(shelf.table), now=shelf.now)


def dispatch(shelf: Shelf, transfer: Transfer, **options: Any) -> Transfer:
    return dispatch_transfer(shelf.table, transfer.id, settings=load_settings(shelf.table), now=shelf.now, **options)


def sent(shelf: Shelf, units: int = 5) -> Transfer:
    """A transfer of LAMP that is on its way; two units stay at the source."""
    shelf.adjust(units + 2)
    return dispatch(shelf, a_draft(shelf, units))


def receive(shelf: Shelf, transfer: Transfer, *said: Arrival, **options: Any) -> Transfer:
    return receive_transfer(shelf.table, transfer.id, said or None, now=shelf.now, **options)


def ends(shelf: Shelf, sku: str = "LAMP") -> list[tuple[int, int]]:
    """on_hand and incoming at the source and at the target."""
    return [(level.on_hand, level.incoming) for level in shelf.levels(sku)]


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

    for act in (
        lambda: read_transfer(other_shelf.table, transfer.id),
        lambda: receive(other_shelf, transfer),
        lambda: cancel_transfer(other_shelf.table, transfer.id, now=shelf.now),
    ):
        with pytest.raises(TransferUnknown):
            act()


# again, and at once


def test_a_repeat_of_an_act_does_nothing_more(shelf: Shelf) -> None:
    transfer = sent(shelf)

    assert dispatch(shelf, transfer) == transfer
    first = receive(shelf, transfer, Arrival("LAMP", received=2), receipt_id="rec_1")
    assert receive(shelf, transfer, Arrival("LAMP", received=2), receipt_id="rec_1") == first
    ended = close_transfer(shelf.table, transfer.id, reason="lost", now=shelf.now)
    assert close_transfer(shelf.table, transfer.id, reason="lost", now=shelf.now) == ended

    assert ends(shelf) == [(2, 0), (2, 0)]


def test_a_repeated_draft_is_the_first_one(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    settings = load_settings(shelf.table)
    draft = Draft(shelf.locations[0], shelf.locations[1], new_lines([("LAMP", 1)]))
    made_id = a_draft(shelf).id

    assert create_transfer(shelf.table, draft, settings=settings, now=shelf.now, transfer_id=made_id).sums.quantity == 5


def test_a_stale_version_is_refused(shelf: Shelf) -> None:
    def stale(_: int) -> None:
        raise StaleVersion

    shelf.adjust(7)
    draft = a_draft(shelf)
    acts: tuple[Callable[[], Transfer], ...] = (
        lambda: change_transfer(shelf.table, draft.id, {"notes": "x"}, now=shelf.now, expects=stale),
        lambda: dispatch(shelf, draft, expects=stale),
        lambda: receive(shelf, draft, expects=stale),
        lambda: close_transfer(shelf.table, draft.id, reason="x", now=shelf.now, expects=stale),
        lambda: cancel_transfer(shelf.table, draft.id, now=shelf.now, expects=stale),
    )

    for act in acts:
        with pytest.raises(StaleVersion):
            act()
    assert read_transfer(shelf.table, draft.id) == draft


@pytest.mark.guards("storekeeper.inventory.transfers.items.put_transfer")
def test_a_transfer_is_made_once(shelf: Shelf) -> None:
    transfer = sent(shelf)

    with pytest.raises(WriteRefused):
        shelf.table.write(put_transfer(shelf.table.tenant_id, replace(transfer, notes="again")))

    assert read_transfer(shelf.table, transfer.id) == transfer


@pytest.mark.guards("storekeeper.inventory.transfers.items.replace_transfer")
def test_who_has_not_seen_a_receipt_does_not_close_the_transfer(shelf: Shelf) -> None:
    transfer = sent(shelf)
    stale = closed(transfer, reason="lost", now=shelf.now)
    part = receive(shelf, transfer, Arrival("LAMP", received=2))

    with pytest.raises(WriteRefused):
        shelf.table.write(replace_transfer(shelf.table.tenant_id, stale))

    assert read_transfer(shelf.table, transfer.id) == part


@pytest.mark.guards("storekeeper.inventory.transfers.items.put_receipt")
def test_a_receipt_is_written_once(shelf: Shelf) -> None:
    transfer = receive(shelf, sent(shelf), Arrival("LAMP", received=2))
    other = Receipt("rec_other", 1, shelf.now, transfer.receipts[0].actor, ())

    with pytest.raises(WriteRefused):
        shelf.table.write(put_receipt(shelf.table.tenant_id, transfer, other))

    assert read_transfer(shelf.table, transfer.id).receipts == transfer.receipts


def test_units_that_a_level_does_not_expect_are_not_received(shelf: Shelf) -> None:
    """Only a level that was tampered with is like that; nothing is written, and it is said."""
    transfer = sent(shelf)
    key = level_key(SkuRef(shelf.table.tenant_id, "LAMP"), shelf.locations[1])
    lost = {":none": 0, ":five": 5}
    shelf.table.write(Update(key, "SET incoming = :none", only_if="incoming = :five", values=lost))

    with pytest.raises(NotExpected):
        receive(shelf, transfer)

    assert read_transfer(shelf.table, transfer.id) == transfer


def test_two_who_receive_at_once_do_not_both_count_a_unit(shelf: Shelf) -> None:
    transfer = sent(shelf)

    outcomes = at_once(*[lambda: receive(shelf, transfer, Arrival("LAMP", received=3))] * 4)

    assert sorted(outcomes) == ["done", "too_many_units", "too_many_units", "too_many_units"]
    assert ends(shelf) == [(2, 0), (3, 2)]


def test_of_receiving_and_cancelling_at_once_each_unit_has_one_end(shelf: Shelf) -> None:
    transfer = sent(shelf)

    outcomes = at_once(
        lambda: receive(shelf, transfer),
        lambda: cancel_transfer(shelf.table, transfer.id, now=shelf.now),
        lambda: close_transfer(shelf.table, transfer.id, reason="lost", now=shelf.now),
    )

    assert sorted(outcomes) == ["done", "wrong_state", "wrong_state"]
    after = read_transfer(shelf.table, transfer.id).sums
    assert ends(shelf) == [(2 + after.returned, 0), (after.received, 0)]


def test_a_buyer_and_a_transfer_do_not_both_get_the_last_units(shelf: Shelf) -> None:
    shelf.adjust(5)
    draft = a_draft(shelf, 5)

    outcomes = at_once(lambda: dispatch(shelf, draft), lambda: shelf.hold("cart_ann", {"LAMP": 1}))

    assert sorted(outcomes) in (["done", "insufficient_stock"], ["done", "transfer_insufficient_stock"])
    assert shelf.levels()[0].available in (0, 4)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: `done`, or the code of its refusal."""

    def outcome(act: Callable[[], object]) -> str:
        try:
            act()
        except StorekeeperError as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(outcome, acts))
