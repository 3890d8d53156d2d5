"""What an order looks like in the table."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from storekeeper.inventory import SkuPick
from storekeeper.kernel.aws.codec import item_from_wire, item_to_wire
from storekeeper.kernel.ids import CartId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.orders import Order, PaymentWindow, ShippingChoice, change_order, open_contact, order_from
from storekeeper.orders.items import as_item
from storekeeper.payments import stripe_payment
from tests.unit.orders.builders import CONTACT, EAST, EMAIL, NOW, TENANT, a_line, a_sealer, an_order, usd

KWD = Currency.of("KWD")


def stored(order: Order) -> dict[str, Any]:
    return {name: value for name, value in item_from_wire(item_to_wire(as_item(order))).items() if value is not None}


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(an_order(), id="paid_by_card"),
        pytest.param(an_order(payment=None, picks=(), test=True, metadata={"a": "b"}, tags=("x",)), id="free"),
        pytest.param(an_order(window=PaymentWindow.OPEN, due_at=NOW), id="waiting_for_payment"),
        pytest.param(an_order(put_aside=("ser_1", "ser_2")), id="with_units_put_aside"),
        pytest.param(
            an_order(lines=(a_line("itm_1", "DATE", 3, price=Money(1_234, KWD), requires_shipping=False),)), id="kwd"
        ),
        pytest.param(
            an_order(cancelled_at=NOW, delivered_at=NOW, cancel_reason="no_stock", prices_include_tax=True), id="ended"
        ),
        pytest.param(an_order(shipping_method=ShippingChoice("shm_1", "Post", 1, 3, "https://e.x/{n}")), id="shipped"),
        pytest.param(
            an_order(lines=(replace(a_line("itm_1", "MUG", 2), fulfilled=1, unit_price_shown=usd("0.00")),)), id="part"
        ),
    ],
)
def test_an_order_comes_back_as_it_was_stored(order: Order) -> None:
    assert order_from(stored(order), tenant_id=TENANT) == order


def test_nobody_reads_who_bought_but_the_tenant() -> None:
    order = an_order(contact=replace(CONTACT, cart_id=CartId("cart_secret"), gift_message="For Ben"))

    text = repr(stored(order))

    assert not [word for word in (EMAIL, "Long Street", "Ring twice", "cart_secret", "Ben") if word in text]
    assert open_contact(order, sealer=a_sealer()).email == EMAIL
    with pytest.raises(InvalidTag):
        open_contact(order, sealer=a_sealer(TenantId("ten_other")))


@pytest.mark.parametrize(
    "contact",
    [
        pytest.param(CONTACT, id="one_address_twice"),
        pytest.param(replace(CONTACT, billing_address=None), id="no_billing_address"),
        pytest.param(replace(CONTACT, billing_address=replace(CONTACT.billing_address, city="Bath")), id="two"),  # type: ignore[type-var]
        pytest.param(replace(CONTACT, shipping_address=None, billing_address=None), id="none"),
    ],
)
def test_a_contact_is_opened_as_it_was_sealed(contact: Any) -> None:
    assert open_contact(an_order(contact=contact), sealer=a_sealer()) == contact


def test_the_order_of_one_line_stays_near_two_kilobytes() -> None:
    order = an_order(
        lines=(a_line("itm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "MUG-BLUE", 2, variant_title="Blue"),),
        picks=(SkuPick("MUG-BLUE", EAST, 0, 2),),
        payment=replace(stripe_payment(usd("25.00"), capture="automatic"), intent_id="pi_3PgafyB7WZ01zgkWSjxsAJo3"),
        window=PaymentWindow.OPEN,
        due_at=NOW,
        shipping_method=ShippingChoice("shm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "Standard", 2, 4),
    )

    assert _size(stored(order)) < 2_300


def test_a_change_writes_only_what_differs() -> None:
    order = an_order(window=PaymentWindow.OPEN, due_at=NOW)

    write = change_order(order, replace(order, window=PaymentWindow.CLOSED, due_at=None, version=2))

    assert write.change == "SET #window = :window, #version = :version REMOVE #due_pk, #due_sk"


def _size(value: Any) -> int:
    """DynamoDB's count of bytes, roughly: names and values, a byte more for each member."""
    if isinstance(value, dict):
        return sum(len(name) + _size(one) + 1 for name, one in value.items())
    if isinstance(value, list):
        return sum(_size(one) + 1 for one in value)
    return len(value.encode()) if isinstance(value, str) else 3
