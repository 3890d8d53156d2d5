"""Units that have names leave one location and come to the other by name, or go back by it."""

from datetime import date

import pytest

from storekeeper.inventory import Mode, Names
from storekeeper.inventory.tracking.batches.store import find_batches
from storekeeper.inventory.tracking.model import NOTHING, NotTracked, TooManyNamed
from storekeeper.inventory.tracking.serials.model import SerialTaken
from storekeeper.inventory.tracking.use_cases import track
from storekeeper.inventory.transfers.model import Arrival, Transfer, TransferStatus
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.inventory.transfers.use_cases import cancel_transfer, close_transfer
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.tracking import LAMP, batch, name, serial, serials, statuses, track_lamps
from tests.table.inventory.transferring import a_draft, dispatch, receive

S1, S2, S3 = "S1", "S2", "S3"


def on_its_way(shelf: Shelf, names: Names, *, mode: Mode = Mode.SERIAL) -> Transfer:
    """A transfer of these units, which are all that lies at the first location."""
    shelf.sell(LAMP)
    track_lamps(shelf, mode)
    shelf.adjust(names.units, names=names)
    return dispatch(shelf, a_draft(shelf, names.units), names={LAMP: names})


def named(shelf: Shelf) -> list[tuple[int, int]]:
    """on_hand and named, at both locations."""
    return [(level.on_hand, level.named) for level in shelf.levels()]


def names_on_the_way(transfer: Transfer) -> Names:
    return transfer.lines[0].names


def test_all_comes_by_the_names_it_was_sent_by(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))

    after = receive(shelf, transfer)

    assert (after.status, names_on_the_way(after)) == (TransferStatus.RECEIVED, NOTHING)
    assert (named(shelf), statuses(shelf, S1, S2)) == ([(0, 0), (2, 2)], ["in_stock", "in_stock"])
    assert serial(shelf, S1).location_id == shelf.locations[1]


def test_parts_come_by_the_names_that_are_said(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2, S3))

    part = receive(shelf, transfer, Arrival(LAMP, received=1, names=serials(S2)))
    rest = receive(shelf, part)

    assert (names_on_the_way(part), names_on_the_way(rest)) == (serials(S1, S3), NOTHING)
    assert read_transfer(shelf.table, transfer.id) == rest
    assert (named(shelf), statuses(shelf, S1, S2, S3)) == ([(0, 0), (3, 3)], ["in_stock"] * 3)


def test_what_comes_without_its_name_is_named_later(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))

    after = receive(shelf, transfer, Arrival(LAMP, received=2))

    assert (names_on_the_way(after), named(shelf)) == (serials(S1, S2), [(0, 0), (2, 0)])
    assert statuses(shelf, S1, S2) == ["in_transit", "in_transit"]
    name(shelf, serials(S1, S2), location=1)
    assert named(shelf) == [(0, 0), (2, 2)]


def test_units_of_a_batch_come_in_parts(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, batch("L1", 5, expires_on=date(2028, 1, 1)), mode=Mode.BATCH)

    part = receive(shelf, transfer, Arrival(LAMP, received=2, names=batch("L1", 2)))
    after = receive(shelf, part)

    left = find_batches(shelf.table, LAMP, ["L1"])["L1"]
    assert names_on_the_way(part) == batch("L1", 3)
    assert (after.status, named(shelf), names_on_the_way(after)) == (TransferStatus.RECEIVED, [(0, 0), (5, 5)], NOTHING)
    assert (left.units, left.expires_on) == ({shelf.locations[1]: 5}, date(2028, 1, 1))


def test_where_nobody_can_say_which_units_are_missing_the_others_come_without_names(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2, S3))

    part = receive(shelf, transfer, Arrival(LAMP, missing=1, reason="counted"))
    after = receive(shelf, part)

    assert (after.status, names_on_the_way(after)) == (TransferStatus.RECEIVED, serials(S1, S2, S3))
    assert named(shelf) == [(0, 0), (2, 0)]


def test_what_is_cancelled_goes_back_by_name(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    receive(shelf, transfer, Arrival(LAMP, received=1, names=serials(S2)))

    after = cancel_transfer(shelf.table, transfer.id, now=shelf.now)

    assert names_on_the_way(after) == NOTHING
    assert (named(shelf), serial(shelf, S1).location_id) == ([(1, 1), (1, 1)], shelf.locations[0])


def test_what_cannot_go_back_by_name_goes_back_without(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1))
    shelf.adjust(1, names=serials(S1))  # somebody has found it on a shelf after all

    cancel_transfer(shelf.table, transfer.id, now=shelf.now)

    assert (named(shelf), statuses(shelf, S1)) == ([(2, 1), (0, 0)], ["in_stock"])


def test_what_is_no_longer_tracked_goes_back_without_names(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1))
    track(shelf.table, LAMP, None, settings=load_settings(shelf.table))

    cancel_transfer(shelf.table, transfer.id, now=shelf.now)

    assert shelf.figures() == [(1, 0, 1), (0, 0, 0)]


def test_what_never_came_can_be_read_off_the_transfer(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    receive(shelf, transfer, Arrival(LAMP, received=1, names=serials(S2)))

    after = close_transfer(shelf.table, transfer.id, reason="lost", now=shelf.now)

    assert (names_on_the_way(after), statuses(shelf, S1)) == (serials(S1), ["in_transit"])


@pytest.mark.parametrize(
    ("names", "refusal"),
    [(serials("S0"), SerialTaken), (serials(S1, S2), Invalid), (batch("L1", 1), NotTracked)],
)
def test_what_is_named_wrongly_does_not_come(shelf: Shelf, names: Names, refusal: type[StorekeeperError]) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    shelf.adjust(1, names=serials("S0"))

    with pytest.raises(refusal):
        receive(shelf, transfer, Arrival(LAMP, received=1, names=names))

    assert read_transfer(shelf.table, transfer.id) == transfer
    assert named(shelf) == [(1, 1), (0, 0)]


def test_more_names_than_one_receipt_takes_come_in_several(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = on_its_way(shelf, serials(S1, S2, S3))
    monkeypatch.setattr("storekeeper.inventory.tracking.naming.MAX_TRANSACTION", 6)

    with pytest.raises(TooManyNamed, match=r"^2 "):
        receive(shelf, transfer)
    receive(shelf, transfer, Arrival(LAMP, received=2, names=serials(S1, S2)))
    after = receive(shelf, transfer)

    assert (after.status, named(shelf)) == (TransferStatus.RECEIVED, [(0, 0), (3, 3)])


def test_a_receipt_that_is_sent_again_names_once(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))

    for _ in range(2):
        receive(shelf, transfer, Arrival(LAMP, received=1, names=serials(S1)), receipt_id="rec_1")

    assert named(shelf) == [(0, 0), (1, 1)]
