"""Carts whose units lie in more levels than one transaction takes: held first, in several, then taken over in one."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, add_item, load_basket
from storekeeper.checkout import InsufficientStock, Placed, Till
from storekeeper.checkout.cancellation.writes import MAX_RELEASES
from storekeeper.checkout.placing.holding import hold_first
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.orders import OrderStatus, PaymentWindow
from storekeeper.tenancy import load_settings
from tests.table.checkout.fakes import Crash, SteppedWire, Steps
from tests.table.checkout.shop import NOW, Shop

MOST_LINES = 100  # of a cart
LINES = 50  # in two locations each: more levels than one transaction takes
MINUTE = timedelta(minutes=1)


@pytest.fixture
def wide(bare_shop: Shop) -> Shop:
    """Fifty SKUs, three units of each in two locations: whoever wants four needs both."""
    return fill(bare_shop, LINES)


@pytest.fixture
def widest(bare_shop: Shop) -> Shop:
    """As many SKUs as a cart may hold."""
    return fill(bare_shop, MOST_LINES)


def fill(shop: Shop, lines: int) -> Shop:
    shop.ship_by("5.00")
    west = shop.open_location({})
    for sku in everything(lines=lines):
        shop.sell(sku, units=3)
    shop.restock(everything(3, lines=lines), west)
    return shop


def everything(units: int = 4, *, lines: int = LINES) -> dict[str, int]:
    return {f"SKU-{number:03d}": units for number in range(lines)}


def test_a_hundred_lines_in_two_locations_become_one_order_and_go_back(widest: Shop) -> None:
    cart_id = widest.cart(everything(lines=MOST_LINES))
    wire = SteppedWire(widest.wire, Steps())
    till = Till(widest.table_on(wire), lambda: widest.provider, widest.sealer)

    placed = widest.check_out(cart_id, till=till)

    transactions = [request for call, request in zip(wire.calls, wire.requests, strict=True) if "transact" in call]
    sizes = [len(request["TransactItems"]) for request in transactions]
    assert (placed.created, len(placed.order.picks), widest.items("hold")) == (True, 200, [])
    assert max(sizes) <= 100
    assert sizes[-1] == 3  # order, cart, hold: the flip touches no level
    widest.check()

    widest.reopen(cart_id)
    assert widest.order(placed.order).picks == ()
    assert {widest.stock(sku) for sku in everything(lines=MOST_LINES)} == {(6, 0, 6)}


def test_a_large_order_that_expires_is_put_back_by_the_sweep(wide: Shop) -> None:
    order = wide.buy(everything())

    wide.sweep(now=NOW + 30 * MINUTE)
    partly = wide.order(order)
    wide.sweep(now=NOW + 31 * MINUTE)

    assert (partly.status, len(partly.picks), partly.window) == (
        OrderStatus.CANCELLED,
        2 * LINES - MAX_RELEASES,
        PaymentWindow.EXPIRING,
    )
    assert (wide.order(order).picks, wide.order(order).window) == ((), PaymentWindow.CLOSED)
    wide.check_settled()


def test_a_large_order_stands_again_when_its_money_comes_late(wide: Shop) -> None:
    order = wide.buy(everything())
    wide.provider.fail("cancel", times=50)
    wide.provider.fail("find_intent", times=50)
    wide.sweep_for(45 * MINUTE)
    wide.provider.recover()
    assert wide.order(order).picks == ()
    wide.provider.pay(order.id)

    after = wide.settle(order, now=NOW + 50 * MINUTE)

    assert (after.status, len(after.picks)) == (OrderStatus.PROCESSING, 2 * LINES)
    wide.check_settled()


def test_a_large_cart_that_is_short_holds_nothing(wide: Shop) -> None:
    cart_id = wide.cart(everything())
    basket = load_basket(wide.root, wide.settings, wide.sealer, store_id=wide.store.id, cart_id=cart_id)
    damage = Adjustment("SKU-049", MovementType.DAMAGE, -3)
    adjust_stock(wide.root, damage, settings=load_settings(wide.root), now=NOW)

    with pytest.raises(InsufficientStock) as refused:
        hold_first(basket, table=wide.root, now=NOW)

    assert [dict(fault.facts)["sku"] for fault in refused.value.faults] == ["SKU-049"]
    assert (wide.items("hold"), wide.stock("SKU-000")) == ([], (6, 0, 6))


def test_a_large_cart_that_changes_while_it_is_held_is_planned_again(wide: Shop) -> None:
    cart_id = wide.cart(everything())
    till = wide.till_interrupted_by(lambda: add_item(cart_id, Addition("SKU-000", 1), carts=wide.carts, now=NOW))

    placed: Placed = wide.check_out(cart_id, till=till)

    assert (placed.order.lines[0].quantity, len(placed.order.picks)) == (5, 2 * LINES)
    assert wide.items("hold") == []


def test_a_large_checkout_that_ends_half_way_leaves_a_hold_that_ends_by_itself(wide: Shop) -> None:
    cart_id = wide.cart(everything())
    till = wide.till(Steps(crash_at=6, after=True))
    with pytest.raises(Crash):
        wide.check_out(cart_id, till=till)
    wide.provider.steps = Steps()
    assert len(wide.items("hold")) == 1
    wide.check()

    wide.sweep(now=NOW + 20 * MINUTE)

    assert (wide.items("hold"), wide.stock("SKU-000")) == ([], (6, 0, 6))


def test_a_large_hold_is_released_in_parts_when_it_is_over(wide: Shop) -> None:
    cart_id = wide.cart(everything())
    basket = load_basket(wide.root, wide.settings, wide.sealer, store_id=wide.store.id, cart_id=cart_id)
    hold_first(basket, table=wide.root, now=NOW)
    assert len(wide.items("hold")[0]["picks"]) == 2 * LINES

    wide.sweep(now=NOW + 20 * MINUTE)

    assert (wide.items("hold"), {wide.stock(sku) for sku in everything()}) == ([], {(6, 0, 6)})
