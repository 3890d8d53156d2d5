"""An order is placed together with the means to pay it, whatever the provider does."""

from datetime import timedelta

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.orders import OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import AmountNotChargeable, PaymentState, ProviderRefused, ProviderUnavailable
from tests.emulated import MakeStore
from tests.table.carts.shop import put_on_sale, tax_at
from tests.table.checkout.shop import NOW, Shop


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

    assert (again.created, again.order.id, again.order.version) == (False, first.order.id, 1)
    assert again.order.payment is not None
    assert again.order.payment.intent_id == f"pi_{first.order.id}"
    assert shop.stock() == (10, 1, 9)
    assert len(shop.provider.intents) == 1


def test_an_intent_that_only_waits_is_not_written_down(shop: Shop) -> None:
    placed = shop.check_out(shop.cart()).order

    stored = shop.order(placed)

    assert stored.payment is not None
    assert (stored.version, stored.payment.state, stored.payment.intent_id) == (1, PaymentState.PENDING, None)


def test_a_cart_checked_out_again_after_it_was_paid_shows_that(shop: Shop) -> None:
    cart_id = shop.cart()
    order = shop.check_out(cart_id).order
    shop.provider.pay(order.id)

    again = shop.check_out(cart_id).order

    assert (again.status, again.payment_status) == (OrderStatus.PROCESSING, PaymentStatus.PAID)
    assert shop.order(order) == again


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
