"""Orders of kits: their components are reserved, sent and returned; kits and components never compete for one unit."""

from datetime import timedelta

import pytest

from storekeeper.carts import hold_cart, load_basket, take_out_item
from storekeeper.catalog import Component
from storekeeper.checkout import InsufficientStock, RefundRequest
from storekeeper.inventory import OutOfStock
from storekeeper.inventory.kits.model import Kit
from storekeeper.inventory.kits.use_cases import change_kit, create_kit, delete_kit
from storekeeper.orders import FulfillmentStatus, Order, OrderStatus, Wanted
from storekeeper.orders.shipments.handing_over import hand_over
from storekeeper.orders.shipments.model import LineUnknown, NotReserved
from storekeeper.orders.shipments.use_cases import read_shipped
from tests.counting import CountingWire
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
BOX = (Component("MUG", 2), Component("TEA", 1))


def picked(order: Order) -> dict[str, int]:
    """Units by SKU that the order owns."""
    return {pick.sku: pick.units for pick in order.picks}


def stocks(shop: Shop) -> list[tuple[int, int, int]]:
    return [shop.stock("MUG"), shop.stock("TEA")]


def available(shop: Shop, cart_id: str) -> dict[str, int]:
    """What a cart shows beside its lines."""
    basket = load_basket(shop.root, shop.settings, shop.sealer, store_id=shop.store.id, cart_id=cart_id)
    return dict(basket.available)


def told(refused: Exception) -> list[dict[str, object]]:
    return [dict(fault.facts) for fault in getattr(refused, "faults", ())]


@pytest.mark.usefixtures("kit")
def test_a_cart_shows_how_many_kits_the_scarcest_component_does_for(shop: Shop) -> None:
    cart_id = shop.cart({"BOX": 1, "MUG": 1})

    assert available(shop, cart_id) == {"BOX": 4, "MUG": 10}
    shop.restock({"TEA": 10})
    assert available(shop, cart_id) == {"BOX": 5, "MUG": 10}


@pytest.mark.usefixtures("kit")
def test_an_order_owns_a_kit_s_components_with_those_it_has_besides(shop: Shop) -> None:
    order = shop.buy({"BOX": 3, "MUG": 2})

    assert picked(order) == {"MUG": 8, "TEA": 3}
    assert [(line.sku, line.quantity, line.components, str(line.total)) for line in order.lines] == [
        ("BOX", 3, BOX, "90.00"),
        ("MUG", 2, (), "25.00"),
    ]
    assert stocks(shop) == [(10, 8, 2), (4, 3, 1)]


@pytest.mark.usefixtures("kit")
def test_who_wants_too_many_is_told_of_the_kit(shop: Shop) -> None:
    with pytest.raises(InsufficientStock) as refused:
        shop.buy({"BOX": 5})
    assert told(refused.value) == [{"sku": "BOX", "requested": 5, "available": 4}]

    with pytest.raises(InsufficientStock) as refused:
        shop.buy({"BOX": 4, "MUG": 3})
    assert told(refused.value) == [{"sku": "MUG", "requested": 3, "available": 2}]

    with pytest.raises(OutOfStock) as short:
        hold_cart(shop.cart({"BOX": 5}), carts=shop.carts, now=NOW)
    assert told(short.value) == [{"sku": "BOX", "requested": 5, "available": 4}]
    assert (shop.items("order", "hold"), stocks(shop)) == ([], [(10, 0, 10), (4, 0, 4)])


@pytest.mark.usefixtures("kit")
def test_a_hold_of_kits_keeps_components_and_gives_back_what_the_cart_drops(shop: Shop) -> None:
    cart_id = shop.cart({"BOX": 4, "MUG": 1})
    held = hold_cart(cart_id, carts=shop.carts, now=NOW)
    assert (stocks(shop), available(shop, cart_id)) == ([(10, 9, 1), (4, 4, 0)], {"BOX": 4, "MUG": 10})

    take_out_item(cart_id, held.cart.items[1].id, carts=shop.carts, now=NOW)
    assert stocks(shop) == [(10, 8, 2), (4, 4, 0)]

    order = shop.check_out(cart_id).order
    assert (picked(order), stocks(shop)) == ({"MUG": 8, "TEA": 4}, [(10, 8, 2), (4, 4, 0)])


@pytest.mark.usefixtures("kit")
def test_a_buyer_of_kits_has_holds_of_components_released_that_are_over(shop: Shop) -> None:
    hold_cart(shop.cart({"TEA": 4}), carts=shop.carts, now=NOW)
    shop.project_holds()

    order = shop.buy({"BOX": 2}, now=NOW + 16 * MINUTE)

    assert (picked(order), stocks(shop)) == ({"MUG": 4, "TEA": 2}, [(10, 4, 6), (4, 2, 2)])


@pytest.mark.usefixtures("kit")
def test_an_order_that_is_cancelled_puts_the_components_back(shop: Shop) -> None:
    shop.cancel(shop.buy({"BOX": 2}))

    assert stocks(shop) == [(10, 0, 10), (4, 0, 4)]


@pytest.mark.usefixtures("kit")
def test_a_cart_that_is_reopened_has_its_components_back(shop: Shop) -> None:
    cart_id = shop.cart({"BOX": 4})
    shop.check_out(cart_id)
    shop.reopen(cart_id)
    assert stocks(shop) == [(10, 0, 10), (4, 0, 4)]

    assert picked(shop.check_out(cart_id).order) == {"MUG": 8, "TEA": 4}


@pytest.mark.usefixtures("kit")
def test_a_part_of_the_kits_leaves_with_its_part_of_the_components(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"BOX": 3, "MUG": 1}), {"BOX": 2})

    (shipment,) = read_shipped(order.id, table=shop.root).shipments
    assert [(line.sku, line.quantity) for line in shipment.lines] == [("BOX", 2)]
    assert {pick.sku: pick.units for pick in shipment.picks} == {"MUG": 4, "TEA": 2}
    assert (picked(order), order.fulfillment_status) == (
        {"MUG": 3, "TEA": 1},
        FulfillmentStatus.PARTIALLY_FULFILLED,
    )
    assert stocks(shop) == [(6, 3, 3), (2, 1, 1)]

    order = shop.ship(order)
    assert (picked(order), order.status, stocks(shop)) == ({}, OrderStatus.SHIPPED, [(3, 0, 3), (1, 0, 1)])


@pytest.mark.usefixtures("kit")
def test_a_component_is_shipped_as_part_of_its_kit_only(shop: Shop) -> None:
    order = shop.buy_and_pay({"BOX": 1})

    with pytest.raises(LineUnknown):
        shop.ship(order, {"MUG": 1})

    assert stocks(shop) == [(10, 2, 8), (4, 1, 3)]


@pytest.mark.usefixtures("kit")
def test_a_refund_puts_back_the_components_of_kits_that_came_back_or_never_left(shop: Shop) -> None:
    order = shop.ship(shop.buy_and_pay({"BOX": 3}), {"BOX": 2})

    refunded = shop.refund(order, RefundRequest("broken", lines=(Wanted(2, sku="BOX"),), restock=True)).order

    (line,) = refunded.lines
    assert (line.cancelled, line.returned, line.refunded) == (1, 1, 2)
    assert (picked(refunded), stocks(shop)) == ({}, [(8, 0, 8), (3, 0, 3)])

    shop.refund(refunded, RefundRequest("broken", restock=True))
    assert stocks(shop) == [(10, 0, 10), (4, 0, 4)]


def test_an_order_keeps_the_kit_as_it_was_bought(shop: Shop, kit: Kit) -> None:
    order, other = shop.buy_and_pay({"BOX": 2}), shop.buy_and_pay({"BOX": 1})
    change_kit(kit.id, (Component("TEA", 1),), table=shop.root, now=NOW)
    new = shop.buy({"BOX": 1})
    delete_kit(kit.id, table=shop.root, now=NOW)

    assert [picked(shop.order(one)) for one in (order, other, new)] == [
        {"MUG": 4, "TEA": 2},
        {"MUG": 2, "TEA": 1},
        {"TEA": 1},
    ]
    shipped = shop.ship(order)
    shop.cancel(other)
    shop.refund(shipped, RefundRequest("broken", lines=(Wanted(1, sku="BOX"),), restock=True))
    assert stocks(shop) == [(8, 0, 8), (3, 1, 2)]


def test_a_held_kit_that_changes_is_bought_as_it_is_then(shop: Shop, kit: Kit) -> None:
    cart_id = shop.cart({"BOX": 2})
    hold_cart(cart_id, carts=shop.carts, now=NOW)
    change_kit(kit.id, (Component("TEA", 2),), table=shop.root, now=NOW)

    order = shop.check_out(cart_id).order

    assert (picked(order), stocks(shop)) == ({"TEA": 4}, [(10, 0, 10), (4, 4, 0)])


@pytest.mark.usefixtures("kit")
def test_money_that_comes_late_takes_the_components_again(shop: Shop) -> None:
    order = shop.buy({"BOX": 2})
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    assert stocks(shop) == [(10, 0, 10), (4, 0, 4)]
    shop.provider.pay(order.id)

    after = shop.settle(order, now=NOW + 45 * MINUTE)

    assert (after.status, picked(after)) == (OrderStatus.PROCESSING, {"MUG": 4, "TEA": 2})
    assert stocks(shop) == [(10, 4, 6), (4, 2, 2)]


def test_a_kit_of_what_is_digital_is_handed_over_whole(shop: Shop) -> None:
    for sku in ("BOOK", "SONG"):
        shop.sell(sku, units=5, digital=True)
    shop.sell("PACK", units=0, digital=True)
    create_kit("PACK", (Component("BOOK", 1), Component("SONG", 2)), table=shop.root, now=NOW)
    order = shop.buy_and_pay({"PACK": 2, "BOOK": 1, "MUG": 1})

    hand_over(order.id, table=shop.root, now=NOW)

    after = shop.order(order)
    assert [line.fulfilled for line in after.lines] == [2, 1, 0]
    assert (picked(after), shop.stock("BOOK"), shop.stock("SONG")) == ({"MUG": 1}, (2, 0, 2), (1, 0, 1))


@pytest.mark.usefixtures("kit")
def test_a_location_that_lacks_a_component_sends_no_kit(shop: Shop) -> None:
    west = shop.open_location({"TEA": 1})
    order = shop.buy_and_pay({"BOX": 2})

    with pytest.raises(NotReserved):
        shop.ship_from(order, west)

    assert picked(shop.order(order)) == {"MUG": 4, "TEA": 2}


# what it costs


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize(("wanted", "reads"), [({"MUG": 1}, 2), ({"BOX": 1}, 3)])
def test_only_a_cart_with_kits_reads_once_more(shop: Shop, wanted: dict[str, int], reads: int) -> None:
    cart_id = shop.cart(wanted)
    shop.settings.fresh(shop.root)
    counting = CountingWire(shop.wire)

    load_basket(shop.table_on(counting), shop.settings, shop.sealer, store_id=shop.store.id, cart_id=cart_id)

    assert counting.calls == ["batch_get_item"] * reads
