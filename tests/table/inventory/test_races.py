"""Many at once for the same units: whatever the interleaving, exactly what there is goes out, and all of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from storekeeper.inventory import (
    OutOfStock,
    StockContended,
    StockReserved,
    hold_key,
    release_expired_hold,
    release_hold,
)
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import CartId
from tests.table.inventory.conftest import Shelf

BUYERS = 40
AT_ONCE = 8

T = TypeVar("T")


def at_once(act: Callable[[int], T], count: int) -> list[T]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, range(count)))


def until_decided(act: Callable[[], T]) -> T:
    """As a shopper does who is told to try again."""
    while True:
        try:
            return act()
        except (Contended, StockContended):
            continue


def test_units_in_two_locations_are_sold_exactly_out(shelf: Shelf) -> None:
    shelf.adjust(11, location=0)
    shelf.adjust(10, location=1)

    def buy(buyer: int) -> int:
        try:
            return sum(pick.units for pick in until_decided(lambda: shelf.hold(f"cart_{buyer}", {"LAMP": 1})).picks)
        except OutOfStock:
            return 0

    assert sum(at_once(buy, BUYERS)) == 21
    assert shelf.figures() == [(11, 11, 0), (10, 10, 0)]


def test_one_cart_held_many_times_at_once_reserves_once(shelf: Shelf) -> None:
    shelf.adjust(20)

    holds = at_once(lambda _: until_decided(lambda: shelf.hold("cart_ann", {"LAMP": 3})), 12)

    assert {hold.hold_id for hold in holds} == {holds[0].hold_id}
    assert shelf.figures() == [(20, 3, 17)]


def test_a_hold_that_many_release_at_once_comes_back_once(shelf: Shelf) -> None:
    shelf.adjust(20)
    shelf.hold("cart_ann", {"LAMP": 3})
    key, later = hold_key(shelf.table.tenant_id, CartId("cart_ann")), shelf.now + timedelta(hours=1)

    def release(place: int) -> bool:
        if place % 2:
            return release_expired_hold(shelf.table, key, now=later)
        return release_hold(shelf.table, cart_id=CartId("cart_ann"), now=later)

    assert sorted(at_once(release, 8)) == [False] * 7 + [True]
    assert shelf.figures() == [(20, 0, 20)]


def test_merchant_and_shoppers_at_once_never_take_a_unit_twice(shelf: Shelf) -> None:
    shelf.adjust(20)

    def act(place: int) -> int:
        """Units taken away by a buyer or by the merchant."""
        try:
            if place % 3:
                until_decided(lambda: shelf.hold(f"cart_{place}", {"LAMP": 1}))
            else:
                until_decided(lambda: shelf.adjust(-1, kind="damage"))
        except (OutOfStock, StockReserved):
            return 0
        return 1

    taken = sum(at_once(act, BUYERS))

    ((on_hand, reserved, available),) = shelf.figures()
    assert taken == 20
    assert (available, on_hand - reserved) == (0, 0)
    versions = [change.item["version"] for change in shelf.changes() if change.type == "level"]
    assert sorted(versions) == list(range(1, 22))
