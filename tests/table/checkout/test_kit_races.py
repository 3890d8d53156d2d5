"""Kits and their components, bought at the same moment: no unit is sold twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from storekeeper.checkout import InsufficientStock
from storekeeper.inventory import StockContended
from storekeeper.orders import Order
from tests.table.checkout.shop import Shop


def picked(order: Order) -> dict[str, int]:
    """Units by SKU that the order owns."""
    return {pick.sku: pick.units for pick in order.picks}


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize(("first", "second"), [({"BOX": 4}, {"TEA": 1}), ({"TEA": 4}, {"BOX": 1})])
def test_who_comes_between_a_decision_and_its_write_is_never_sold_the_same_unit(
    shop: Shop, first: dict[str, int], second: dict[str, int]
) -> None:
    cart_id = shop.cart(second)
    till = shop.till_interrupted_by(lambda: shop.buy(first))

    with pytest.raises(InsufficientStock) as refused:
        shop.check_out(cart_id, till=till)

    ((sku, units),) = second.items()
    assert [dict(fault.facts) for fault in refused.value.faults] == [{"sku": sku, "requested": units, "available": 0}]
    assert shop.stock("TEA") == (4, 4, 0)


@pytest.fixture
def buyers() -> Iterator[ThreadPoolExecutor]:
    """Eight who buy at once."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.usefixtures("kit")
def test_kits_and_components_that_are_bought_at_once_are_never_oversold(shop: Shop, buyers: ThreadPoolExecutor) -> None:
    wishes = [{"BOX": 1}, {"TEA": 1}, {"MUG": 2}, {"BOX": 1, "MUG": 1}] * 4
    carts = [shop.cart(wish) for wish in wishes]

    def buy(cart_id: str) -> Order | None:
        while True:
            try:
                return shop.check_out(cart_id).order
            except StockContended:
                continue
            except InsufficientStock:
                return None

    orders = [order for order in buyers.map(buy, carts) if order]

    owned = [sum(picked(order).get(sku, 0) for order in orders) for sku in ("MUG", "TEA")]
    assert [shop.stock(sku)[:2] for sku in ("MUG", "TEA")] == [(10, owned[0]), (4, owned[1])]
    assert owned[1] <= 4
    assert owned[0] <= 10
    for order in orders:
        needed = [line.asked(line.quantity).demand for line in order.lines]
        assert picked(order) == {sku: sum(one.get(sku, 0) for one in needed) for one in needed for sku in one}
    assert shop.stock("TEA")[2] == 0 or shop.stock("MUG")[2] < 2
