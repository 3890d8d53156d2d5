"""A cart becomes an order: once, whole, at our prices, with its stock."""

from datetime import timedelta

import pytest

from storekeeper.carts import Addition, CartConverted, CartExpired, CartNotFound, add_item, hold_cart
from storekeeper.checkout import InsufficientStock, Till
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.table import Table
from storekeeper.orders import OrderStatus, PaymentStatus, PaymentWindow, open_contact
from storekeeper.payments import AmountNotChargeable, PaymentState, ProviderRefused, ProviderUnavailable
from tests.emulated import MakeStore
from tests.table.carts.shop import put_on_sale, tax_at
from tests.table.checkout.fakes import SteppedWire, Steps
from tests.table.checkout.shop import EMAIL, HOME, NOW, Shop


def test_a_checkout_makes_a_pending_order_that_owns_its_units(shop: Shop) -> None:
    placed = shop.check_out(shop.cart({"MUG": 2}))

    order = placed.order
    assert placed.created
    assert (order.number, order.status, order.payment_status) == ("HB-1001", OrderStatus.PENDING, PaymentStatus.PENDING)
    assert (str(order.totals.subtotal), str(order.totals.shipping), str(order.totals.total)) == (
        "25.00",
        "5.00",
        "30.00",
    )
    assert [(line.sku, line.quantity, str(line.total)) for line in order.lines] == [("MUG", 2, "25.00")]
    assert [(pick.sku, pick.units) for pick in order.picks] == [("MUG", 2)]
    assert shop.stock() == (10, 2, 8)
    assert shop.order(order) == order


def test_what_the_shopper_said_is_kept_with_the_order(shop: Shop) -> None:
    order = shop.check_out(shop.cart(note="Ring twice.")).order

    contact = open_contact(order, sealer=shop.sealer)
    assert (contact.email, contact.shipping_address, contact.billing_address) == (EMAIL, HOME, HOME)
    assert contact.note == "Ring twice."


def test_the_payment_can_be_made_with_what_the_checkout_gives(shop: Shop) -> None:
    order = shop.check_out(shop.cart()).order

    assert order.payment is not None
    assert order.payment.state is PaymentState.REQUIRES_PAYMENT_METHOD
    assert order.payment.intent_id == f"pi_{order.id}"
    assert shop.sealer.open(order.payment.sealed_secret or "", purpose="payment") == f"pi_{order.id}_secret"


def test_the_same_cart_checked_out_again_gives_the_same_order_and_payment(shop: Shop) -> None:
    cart_id = shop.cart()
    first = shop.check_out(cart_id)

    again = shop.check_out(cart_id, "manual")

    assert (again.created, again.order) == (False, first.order)
    assert shop.stock() == (10, 1, 9)
    assert len(shop.provider.intents) == 1


def test_a_repeated_checkout_is_answered_while_the_provider_is_away(shop: Shop) -> None:
    cart_id = shop.cart()
    first = shop.check_out(cart_id)
    shop.provider.fail("find_intent")

    assert shop.check_out(cart_id).order == first.order


def test_a_cart_can_be_changed_no_more_once_it_is_an_order(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.check_out(cart_id)

    with pytest.raises(CartConverted):
        add_item(cart_id, Addition("MUG", 1), carts=shop.carts, now=NOW)


def test_everything_that_is_missing_is_named_at_once(shop: Shop) -> None:
    shop.shipping_id = None
    cart_id = shop.cart(email=None, shipping_address=None)

    with pytest.raises(Invalid) as refused:
        shop.check_out(cart_id)

    assert [fault.field for fault in refused.value.faults] == ["email", "shipping_address", "shipping_method_id"]
    assert (shop.items("order"), shop.stock()) == ([], (10, 0, 10))


def test_what_is_not_sent_needs_neither_address_nor_shipping(bare_shop: Shop) -> None:
    bare_shop.sell("SONG", price="1.00", digital=True)

    order = bare_shop.check_out(bare_shop.cart({"SONG": 1}, shipping_address=None)).order

    assert (str(order.totals.total), order.shipping_method) == ("1.00", None)


def test_an_empty_cart_is_no_order(shop: Shop) -> None:
    cart_id = shop.cart({}, shipping_method_id=None)

    with pytest.raises(Invalid) as refused:
        shop.check_out(cart_id)

    assert [fault.code for fault in refused.value.faults] == ["cart_empty"]


def test_a_cart_of_another_store_is_not_found(shop: Shop, make_store: MakeStore) -> None:
    cart_id = shop.cart()
    shop.store = make_store(name="Second")

    with pytest.raises(CartNotFound):
        shop.check_out(cart_id)


def test_a_cart_of_another_tenant_is_not_found(shop: Shop, other_table: Table) -> None:
    cart_id = shop.cart()
    shop.root = other_table

    with pytest.raises(Exception, match="store"):
        shop.check_out(cart_id)


def test_a_cart_that_was_left_alone_too_long_is_not_bought(shop: Shop) -> None:
    cart_id = shop.cart()

    with pytest.raises(CartExpired):
        shop.check_out(cart_id, now=NOW + timedelta(days=30))


def test_too_little_stock_names_every_sku_and_writes_nothing(shop: Shop) -> None:
    shop.sell("LAMP", units=1)
    shop.sell("BOWL", units=5)
    cart_id = shop.cart({"MUG": 11, "BOWL": 5, "LAMP": 3})

    with pytest.raises(InsufficientStock) as refused:
        shop.check_out(cart_id)

    assert [dict(fault.facts) for fault in refused.value.faults] == [
        {"sku": "MUG", "requested": 11, "available": 10},
        {"sku": "LAMP", "requested": 3, "available": 1},
    ]
    assert shop.items("order") == []
    assert [shop.stock(sku)[1] for sku in ("MUG", "LAMP", "BOWL")] == [0, 0, 0]


def test_manual_payment_is_placed_at_once_and_asks_no_provider(shop: Shop) -> None:
    order = shop.check_out(shop.cart(), "manual").order

    assert (order.status, order.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.PENDING)
    assert (order.window, order.due_at) == (PaymentWindow.CLOSED, None)
    assert order.payment is not None
    assert (order.payment.provider, order.payment.state) == ("manual", PaymentState.PENDING)
    assert shop.provider.calls == []


def test_what_costs_nothing_needs_no_payment(bare_shop: Shop) -> None:
    bare_shop.sell("FLYER", price="0.00")
    bare_shop.ship_by("0.00")

    order = bare_shop.check_out(bare_shop.cart({"FLYER": 1})).order

    assert (order.payment, order.status, order.payment_status) == (None, OrderStatus.PROCESSING, PaymentStatus.PAID)
    assert bare_shop.provider.calls == []


def test_a_way_to_pay_that_the_store_does_not_take_is_refused(shop: Shop, make_store: MakeStore) -> None:
    shop.store = make_store(settings={"payment_methods": ("manual",)})
    shop.ship_by()
    put_on_sale(shop.root, shop.store, "CUP")

    with pytest.raises(Invalid) as refused:
        shop.check_out(shop.cart({"CUP": 1}))

    assert [fault.code for fault in refused.value.faults] == ["payment_method_unavailable"]


@pytest.mark.parametrize(
    ("currency", "price", "total"),
    [
        pytest.param("JPY", "1250", "1250", id="no_decimals"),
        pytest.param("KWD", "1.250", "1.250", id="three_decimals"),
        pytest.param("EUR", "12.50", "12.50", id="two_decimals"),
    ],
)
def test_a_checkout_asks_for_the_exact_amount(
    bare_shop: Shop, make_store: MakeStore, currency: str, price: str, total: str
) -> None:
    bare_shop.store = make_store(currency=currency)
    bare_shop.sell("MUG", price=price, digital=True)

    order = bare_shop.check_out(bare_shop.cart(shipping_address=None)).order

    asked = bare_shop.provider.of(order.id).request.amount
    assert (str(asked), asked.currency.code) == (total, currency)


def test_an_amount_that_cards_cannot_pay_is_refused_before_anything_is_written(
    bare_shop: Shop, make_store: MakeStore
) -> None:
    bare_shop.store = make_store(currency="KWD")
    bare_shop.sell("MUG", price="1.255", digital=True)

    with pytest.raises(AmountNotChargeable):
        bare_shop.check_out(bare_shop.cart(shipping_address=None))

    assert (bare_shop.items("order"), bare_shop.provider.calls) == ([], [])


def test_tax_of_the_destination_is_part_of_what_is_paid(shop: Shop) -> None:
    tax_at(shop.root, shop.store, 80_000)

    order = shop.check_out(shop.cart({"MUG": 2})).order

    assert (str(order.totals.tax), str(order.totals.total)) == ("2.00", "32.00")


@pytest.mark.parametrize("after", [False, True], ids=["before_it_acted", "after_it_acted"])
def test_an_order_whose_intent_timed_out_is_paid_by_a_second_try(shop: Shop, after: bool) -> None:
    cart_id = shop.cart()
    shop.provider.fail("create_intent", after=after)
    with pytest.raises(ProviderUnavailable):
        shop.check_out(cart_id)

    again = shop.check_out(cart_id)

    assert (again.created, len(shop.items("order")), len(shop.provider.intents)) == (False, 1, 1)
    assert again.order.payment is not None
    assert again.order.payment.sealed_secret is not None


def test_a_payment_that_will_never_be_taken_gives_the_cart_back(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.provider.fail("create_intent", error=ProviderRefused("amount_too_small"))

    with pytest.raises(ProviderRefused):
        shop.check_out(cart_id)

    (order,) = shop.items("order")
    assert (order["status"], order["payment"]["failure_code"]) == ("cancelled", "amount_too_small")
    assert shop.stock() == (10, 0, 10)
    assert shop.check_out(cart_id, "manual").order.status is OrderStatus.PROCESSING


def test_an_order_that_was_refused_before_anybody_heard_is_given_up_by_the_sweep(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.provider.fail("create_intent")
    with pytest.raises(ProviderUnavailable):
        shop.check_out(cart_id)
    shop.provider.fail("create_intent", error=ProviderRefused("amount_too_small"))

    shop.sweep(now=NOW + timedelta(minutes=4))

    (order,) = shop.items("order")
    assert (order["status"], order["window"]) == ("cancelled", "closed")
    assert shop.carts.find(cart_id).cart.order_id is None


def test_the_first_to_hear_of_an_intent_keeps_its_secret(shop: Shop) -> None:
    cart_id = shop.cart()
    shop.provider.fail("create_intent", after=True)
    with pytest.raises(ProviderUnavailable):
        shop.check_out(cart_id)
    order_id = shop.items("order")[0]["id"]

    shop.settle(shop.order(order_id))  # as a webhook does

    payment = shop.check_out(cart_id).order.payment
    assert payment is not None
    assert shop.sealer.open(payment.sealed_secret or "", purpose="payment") == f"pi_{order_id}_secret"


def test_a_checkout_takes_over_what_its_cart_holds(shop: Shop) -> None:
    cart_id = shop.cart({"MUG": 2})
    hold_cart(cart_id, carts=shop.carts, now=NOW)
    before = [item["version"] for item in shop.items("level")]

    order = shop.check_out(cart_id).order

    assert [item["version"] for item in shop.items("level")] == before
    assert (shop.items("hold"), [pick.units for pick in order.picks]) == ([], [2])


def test_a_hold_that_is_over_is_taken_over_too_as_long_as_nobody_has_released_it(shop: Shop) -> None:
    cart_id = shop.cart({"MUG": 10})
    hold_cart(cart_id, carts=shop.carts, now=NOW)

    order = shop.check_out(cart_id, now=NOW + timedelta(hours=1)).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([10], (10, 10, 0))


def test_only_what_a_hold_lacks_or_has_too_much_changes_hands(shop: Shop) -> None:
    shop.sell("LAMP")
    cart_id = shop.cart({"MUG": 2, "LAMP": 3})
    hold_cart(cart_id, carts=shop.carts, now=NOW)
    add_item(cart_id, Addition("MUG", 2), carts=shop.carts, now=NOW)

    order = shop.check_out(cart_id).order

    assert {pick.sku: pick.units for pick in order.picks} == {"MUG": 4, "LAMP": 3}
    assert (shop.stock("MUG"), shop.stock("LAMP")) == ((10, 4, 6), (10, 3, 7))


def test_a_buyer_first_has_holds_released_that_are_over(shop: Shop) -> None:
    hold_cart(shop.cart({"MUG": 10}), carts=shop.carts, now=NOW)
    shop.project_holds()

    order = shop.check_out(shop.cart(), now=NOW + timedelta(hours=1)).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([1], (10, 1, 9))


def test_a_cart_that_changes_while_it_is_checked_out_is_bought_as_it_then_is(shop: Shop) -> None:
    cart_id = shop.cart()
    till = shop.till_interrupted_by(lambda: add_item(cart_id, Addition("MUG", 2), carts=shop.carts, now=NOW))

    order = shop.check_out(cart_id, till=till).order

    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 3)]


def test_of_two_checkouts_of_one_cart_one_makes_the_order(shop: Shop) -> None:
    cart_id = shop.cart()
    till = shop.till_interrupted_by(lambda: shop.check_out(cart_id))

    second = shop.check_out(cart_id, till=till)

    assert (second.created, len(shop.items("order")), shop.stock()) == (False, 1, (10, 1, 9))


def test_units_that_are_bought_meanwhile_are_planned_from_the_other_location(shop: Shop) -> None:
    shop.open_location({"MUG": 5})
    till = shop.till_interrupted_by(lambda: shop.buy({"MUG": 10}))

    order = shop.check_out(shop.cart(), till=till).order

    assert ([pick.units for pick in order.picks], shop.stock()) == ([1], (15, 11, 4))


def test_placing_takes_two_reads_and_one_transaction(shop: Shop) -> None:
    shop.buy()  # so that a block of numbers is leased, and the settings are known
    cart_id = shop.cart()
    wire = SteppedWire(shop.wire, Steps())
    till = Till(shop.table_on(wire), lambda: shop.provider, shop.sealer)

    shop.check_out(cart_id, "manual", till=till)

    assert wire.calls == ["batch_get_item", "batch_get_item", "transact_write_items"]
