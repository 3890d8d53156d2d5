"""By which names units come where nobody says it: those that were sent, unless something else has become of them."""

from collections.abc import Callable

import pytest

from storekeeper.inventory import Cause, Mode, Pick, SkuRef, take_units
from storekeeper.inventory.tracking.level_items import ship_named
from storekeeper.inventory.tracking.model import Occasion, Place
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import gone, written_off
from storekeeper.inventory.tracking.use_cases import track
from storekeeper.inventory.transfers.model import Arrival, Transfer, TransferStatus
from storekeeper.inventory.transfers.named_units import coming_writes
from storekeeper.inventory.transfers.use_cases import cancel_transfer
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.test_named_transfers import S1, S2, S3, named, names_on_the_way, on_its_way
from tests.table.inventory.tracking import LAMP, serial, serials, statuses, track_lamps
from tests.table.inventory.transferring import a_draft, dispatch, receive


def cancel(shelf: Shelf, transfer: Transfer) -> Transfer:
    return cancel_transfer(shelf.table, transfer.id, now=shelf.now)


def sell(shelf: Shelf, number: str) -> None:
    """It is found on the source's shelf after all, and goes to a customer."""
    shelf.adjust(1, names=serials(number))
    place, actor = shelf.locations[0], shelf.table.trace.actor
    ref, pick = SkuRef(shelf.table.tenant_id, LAMP), Pick(place, 0, 1)
    cause = Cause.of_order("ord_1", actor=actor, at=shelf.now)
    sold = gone(
        serial(shelf, number),
        number,
        Place(LAMP, place),
        Occasion("order", "ord_1", actor, shelf.now),
        order_id="ord_1",
    )
    shelf.table.write(take_units(ref, pick, cause=cause))
    shelf.table.write(ship_named(ref, pick, Mode.SERIAL, cause=cause), put_serial(shelf.table.tenant_id, sold))


@pytest.mark.parametrize("end", [receive, cancel])
def test_what_was_sold_meanwhile_stays_its_customer_s(shelf: Shelf, end: Callable[[Shelf, Transfer], Transfer]) -> None:
    transfer = on_its_way(shelf, serials(S1))
    sell(shelf, S1)

    end(shelf, transfer)

    assert (statuses(shelf, S1), serial(shelf, S1).order_id) == (["sold"], "ord_1")
    assert sum(units for _, units in named(shelf)) == 0


def test_what_was_written_off_meanwhile_stays_so(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    occasion = Occasion("serial", "ser_1", shelf.table.trace.actor, shelf.now)
    shelf.table.write(put_serial(shelf.table.tenant_id, written_off(serial(shelf, S1), occasion)))

    receive(shelf, transfer)

    assert (statuses(shelf, S1, S2), named(shelf)) == (["written_off", "in_stock"], [(0, 0), (2, 1)])


def test_what_is_on_its_way_with_another_transfer_comes_with_that(shelf: Shelf) -> None:
    first = on_its_way(shelf, serials(S1))
    shelf.adjust(1, names=serials(S1))
    second = dispatch(shelf, a_draft(shelf, 1), names={LAMP: serials(S1)})

    receive(shelf, first)
    still = statuses(shelf, S1)
    receive(shelf, second)

    assert (still, statuses(shelf, S1), named(shelf)) == (["in_transit"], ["in_stock"], [(0, 0), (2, 1)])


def test_one_that_was_found_elsewhere_holds_up_none_of_the_others(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    shelf.adjust(1, names=serials(S1))

    after = receive(shelf, transfer)

    assert (after.status, names_on_the_way(after)) == (TransferStatus.RECEIVED, serials(S1))
    assert named(shelf) == [(1, 1), (2, 1)]


def test_one_that_cannot_go_back_by_name_costs_none_of_the_others_theirs(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2))
    shelf.adjust(1, names=serials(S1))

    after = cancel(shelf, transfer)

    assert (statuses(shelf, S2), names_on_the_way(after), named(shelf)[0]) == (["in_stock"], serials(S1), (3, 2))


def test_names_that_nobody_can_tell_stay_on_what_is_cancelled(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2, S3))
    receive(shelf, transfer, Arrival(LAMP, missing=1, reason="counted"))

    assert names_on_the_way(cancel(shelf, transfer)) == serials(S1, S2, S3)


def test_all_comes_after_something_else_was_found(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1, S2, S3))
    receive(shelf, transfer, Arrival(LAMP, found=1, reason="uncounted", names=serials(S1)))

    after = receive(shelf, transfer)

    assert (after.status, named(shelf)) == (TransferStatus.RECEIVED, [(0, 0), (4, 3)])


def test_all_comes_although_its_units_are_no_longer_told_apart(shelf: Shelf) -> None:
    transfer = on_its_way(shelf, serials(S1))
    track(shelf.table, LAMP, None, settings=load_settings(shelf.table))

    assert receive(shelf, transfer).status is TransferStatus.RECEIVED
    assert shelf.figures() == [(0, 0, 0), (1, 0, 1)]


def test_what_fitted_when_it_was_sent_fits_when_it_goes_back(shelf: Shelf) -> None:
    skus, many = [f"X{number}" for number in range(9)], serials(*(f"N{number}" for number in range(79)))
    shelf.sell(LAMP, *skus)
    track_lamps(shelf)
    shelf.adjust(79, names=many)
    for sku in skus:
        shelf.adjust(1, sku=sku)
    for sku in (LAMP, *skus):
        shelf.adjust(1, sku=sku, location=1)
    transfer = dispatch(shelf, a_draft(shelf, 79, **dict.fromkeys(skus, 1)), names={LAMP: many})

    cancel(shelf, transfer)

    assert named(shelf)[0] == (79, 79)


@pytest.mark.parametrize("end", [receive, cancel])
def test_tracking_that_ends_between_is_no_fault_of_the_ledger(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, end: Callable[[Shelf, Transfer], Transfer]
) -> None:
    transfer = on_its_way(shelf, serials(S1))
    stopped = list[bool]()

    def then_stop(*args: object, **options: object) -> object:
        writes = coming_writes(*args, **options)  # type: ignore[arg-type]
        if not stopped:
            stopped.append(True)
            track(shelf.table, LAMP, None, settings=load_settings(shelf.table))
        return writes

    monkeypatch.setattr("storekeeper.inventory.transfers.use_cases.coming_writes", then_stop)

    assert end(shelf, transfer).sums.outstanding == 0
