"""Many at once at the same purchase order: units are expected, and arrive, exactly once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.receiving import TooManyUnits
from storekeeper.inventory.purchasing.store import get_purchase_order, list_receipts
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.states import WrongState
from tests.table.inventory.buying import a_supplier, came, end, on_the_way, ordered, send, take_in
from tests.table.inventory.conftest import Shelf

AT_ONCE = 6


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Whether each was done; one that others left no room for was refused."""

    def done(act: Callable[[], object]) -> bool:
        while True:
            with suppress(Contended):
                try:
                    act()
                except (TooManyUnits, WrongState):
                    return False
                return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(done, acts))


@pytest.fixture
def lamps(shelf: Shelf) -> PurchaseOrder:
    """An order of 12 lamps that was sent."""
    shelf.sell("LAMP")
    return ordered(shelf, a_supplier(shelf))


def test_of_many_who_receive_the_same_units_only_so_many_do_as_there_are(shelf: Shelf, lamps: PurchaseOrder) -> None:
    done = at_once(*[lambda: take_in(shelf, lamps, came(4))] * AT_ONCE)

    order = get_purchase_order(lamps.id, table=shelf.table)
    assert sum(done) == 3
    assert (on_the_way(shelf), order.status) == ([(12, 0)], PurchaseStatus.RECEIVED)
    assert len(list_receipts(lamps, after=None, limit=10, table=shelf.table).entries) == 3


def test_what_is_cancelled_while_it_arrives_is_either(shelf: Shelf, lamps: PurchaseOrder) -> None:
    received, cancelled = at_once(
        lambda: take_in(shelf, lamps, came(5)), lambda: end(shelf, lamps, PurchaseStatus.CANCELLED)
    )

    assert received is not cancelled
    assert on_the_way(shelf) == ([(5, 7)] if received else [(0, 0)])


def test_what_many_send_is_expected_once(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    order = ordered(shelf, a_supplier(shelf), sent=False)

    assert all(at_once(*[lambda: send(shelf, order)] * AT_ONCE))

    assert on_the_way(shelf) == [(0, 12)]


def test_orders_that_are_made_at_once_have_numbers_of_their_own(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    supplier, made = a_supplier(shelf), list[str]()

    at_once(*[lambda: made.append(ordered(shelf, supplier, sent=False).number)] * AT_ONCE)

    assert sorted(made) == [f"PO-{1001 + place}" for place in range(AT_ONCE)]
