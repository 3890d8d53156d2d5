"""Transfers again, and by several at once: a unit is counted once, and has one end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from storekeeper.inventory import SkuRef, level_key
from storekeeper.inventory.transfers.checks import NotExpected
from storekeeper.inventory.transfers.drafting import Draft, change_transfer, create_transfer
from storekeeper.inventory.transfers.items import put_receipt, put_transfer, replace_transfer
from storekeeper.inventory.transfers.model import (
    Arrival,
    Receipt,
    Transfer,
    closed,
    new_lines,
)
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.inventory.transfers.use_cases import cancel_transfer, close_transfer
from storekeeper.kernel.errors import StaleVersion, StorekeeperError
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.writes import Update
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.transferring import a_draft, dispatch, ends, receive, sent


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
