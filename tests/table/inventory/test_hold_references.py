"""Finding the holds of a SKU that are over: rows that the projector derives."""

from datetime import timedelta

import pytest

from storekeeper.inventory import release_expired_holds_of, release_hold
from storekeeper.inventory.holds import references
from storekeeper.inventory.holds.references import drop_reference, find_expired, put_reference
from storekeeper.kernel.ids import CartId
from storekeeper.kernel.table import WriteRefused
from tests.table.inventory.conftest import Shelf

LATER = timedelta(hours=1)


def found(shelf: Shelf, sku: str = "LAMP") -> list[str]:
    return [reference.cart_id for reference in find_expired(shelf.table, sku, now=shelf.now + LATER)]


def test_a_hold_is_found_by_each_of_its_skus(shelf: Shelf) -> None:
    shelf.adjust(5, sku="LAMP")
    shelf.adjust(5, sku="MUG")
    shelf.hold("cart_ann", {"LAMP": 1, "MUG": 1})
    shelf.project()

    assert found(shelf, "LAMP") == found(shelf, "MUG") == ["cart_ann"]
    assert find_expired(shelf.table, "LAMP", now=shelf.now) == []


def test_a_released_hold_is_found_no_more(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 1})
    release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now)
    shelf.project()

    assert found(shelf) == []


def test_the_longest_over_comes_first(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_late", {"LAMP": 1}, at=shelf.now + timedelta(minutes=2))
    shelf.hold("cart_early", {"LAMP": 1})
    shelf.project()

    assert found(shelf) == ["cart_early", "cart_late"]


def test_a_row_that_was_left_behind_is_cleared_by_who_finds_it(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 1})
    placed = shelf.changes()
    release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now)
    released = shelf.changes()
    shelf.project([*placed, *released, *placed])  # the first batch comes again
    assert found(shelf) == ["cart_ann"]

    assert release_expired_holds_of(shelf.table, ["LAMP"], now=shelf.now + LATER) == 0

    assert found(shelf) == []
    assert shelf.figures() == [(5, 0, 5)]


@pytest.mark.guards("storekeeper.inventory.holds.references.put_reference")
def test_a_reference_stays_as_it_was_first_written(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 1})
    shelf.project()
    (reference,) = find_expired(shelf.table, "LAMP", now=shelf.now + LATER)

    with pytest.raises(WriteRefused):
        shelf.table.write(put_reference(reference))


@pytest.mark.guards("storekeeper.inventory.holds.references.drop_reference")
def test_a_reference_is_cleared_once(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 1})
    shelf.project()
    (reference,) = find_expired(shelf.table, "LAMP", now=shelf.now + LATER)
    shelf.table.write(drop_reference(reference))

    with pytest.raises(WriteRefused):
        shelf.table.write(drop_reference(reference))
    references.forget(shelf.table, reference)  # which minds nothing
