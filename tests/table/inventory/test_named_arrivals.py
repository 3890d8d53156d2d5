"""Units that a purchase order brings are named as they come: with their level and their receipt, or not at all."""

from datetime import date

import pytest

from storekeeper.inventory import Mode, Names, TooManyNamed
from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.store import get_purchase_order
from storekeeper.inventory.tracking.batches.store import find_batches
from storekeeper.inventory.tracking.model import NotTracked
from storekeeper.inventory.tracking.naming import check_fits
from storekeeper.inventory.tracking.serials.model import SerialTaken
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.records import replace
from tests.table.inventory.buying import a_supplier, came, ordered, take_in, usd
from tests.table.inventory.conftest import Shelf
from tests.table.inventory.tracking import LAMP, batch, serials, statuses, track_lamps


def test_serials_come_with_a_receipt(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    order = ordered(shelf, a_supplier(shelf), WantedLine(LAMP, 3, usd("4.00")))

    take_in(shelf, order, replace(came(2), names=serials("S1", "S2")))
    take_in(shelf, order, came(1))

    (level,) = shelf.levels()
    assert (level.on_hand, level.named, level.incoming) == (3, 2, 0)
    assert statuses(shelf, "S1", "S2") == ["in_stock", "in_stock"]


def test_a_batch_is_of_the_supplier_who_was_asked_for_it(shelf: Shelf) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf, Mode.BATCH)
    supplier = a_supplier(shelf)
    order = ordered(shelf, supplier, WantedLine(LAMP, 3, usd("4.00")))

    take_in(shelf, order, replace(came(3), names=batch("L1", 3, expires_on=date(2028, 1, 1))))

    found = find_batches(shelf.table, LAMP, ["L1"])["L1"]
    assert (found.left, found.supplier_id, found.expires_on) == (3, supplier.id, date(2028, 1, 1))


@pytest.mark.parametrize(
    ("names", "refusal"),
    [(serials("S0", "S1"), SerialTaken), (serials("S1"), Invalid), (batch("L1", 2), NotTracked)],
)
def test_what_is_named_wrongly_does_not_come(shelf: Shelf, names: Names, refusal: type[StorekeeperError]) -> None:
    shelf.sell(LAMP)
    track_lamps(shelf)
    shelf.adjust(1, names=serials("S0"))
    order = ordered(shelf, a_supplier(shelf), WantedLine(LAMP, 3, usd("4.00")))

    with pytest.raises(refusal):
        take_in(shelf, order, replace(came(2), names=names))

    assert get_purchase_order(order.id, table=shelf.table) == order
    assert (shelf.levels()[0].on_hand, statuses(shelf, "S1")) == (1, ["unknown"])


def test_a_receipt_says_how_many_named_units_fit() -> None:
    check_fits(98, named=80)

    with pytest.raises(TooManyNamed, match=r"^77 "):
        check_fits(101, named=80)
