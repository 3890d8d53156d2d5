"""Orders as tests need them: two mugs and a lamp, paid by card, unless a test says otherwise."""

from datetime import UTC, datetime
from typing import Any

from storekeeper.inventory import SkuPick
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.ids import LocationId, OrderId, ProductId, StoreId, TenantId, new_id
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.orders import (
    Contact,
    Order,
    OrderLine,
    OrderStatus,
    payment_status_of,
    seal_contact,
)
from storekeeper.payments import Payment, PaymentState, stripe_payment
from storekeeper.pricing import Totals

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USD = Currency.of("USD")
EAST, WEST = LocationId(new_id("loc", at=NOW)), LocationId(new_id("loc", at=NOW))
TENANT = TenantId(new_id("ten", at=NOW))
STORE = StoreId(new_id("sto", at=NOW))
EMAIL = "anna@example.com"
HOME = Address("US", "Anna", "Ash", line1="1 Long Street", city="Portland", region="ME", postal_code="04101")
CONTACT = Contact(EMAIL, HOME, HOME, note="Ring twice.")


def usd(text: str) -> Money:
    return Money.parse(text, USD)


def a_sealer(tenant_id: TenantId = TENANT) -> Sealer:
    return Sealer(tenant_id, b"k" * 32)


def a_line(line_id: str, sku: str, quantity: int, **given: Any) -> OrderLine:
    price = given.pop("price", usd("12.50"))
    nothing = Money.zero(price.currency)
    return OrderLine(
        id=line_id,
        sku=sku,
        product_id=ProductId(new_id("prd", at=NOW)),
        title=sku.title(),
        quantity=quantity,
        unit_price=price,
        discount=nothing,
        tax=nothing,
        total=price * quantity,
        **given,
    )


def a_pick(sku: str, units: int, location_id: LocationId = EAST) -> SkuPick:
    return SkuPick(sku, location_id, 0, units)


def paid_by_card(amount: Money, **given: Any) -> Payment:
    payment = replace(stripe_payment(amount, capture="automatic"), state=PaymentState.SUCCEEDED, captured=amount)
    return replace(payment, intent_id="pi_1", card_brand="visa", card_last4="4242", **given)


def an_order(*, sealer: Sealer | None = None, contact: Contact = CONTACT, **given: Any) -> Order:
    """A paid order of two mugs and a lamp, ready to be fulfilled; its parts by name."""
    tenant_id = given.pop("tenant_id", TENANT)
    sealer = sealer or a_sealer(tenant_id)
    lines = given.pop("lines", (a_line("itm_1", "MUG", 2), a_line("itm_2", "LAMP", 1)))
    picks = given.pop("picks", tuple(a_pick(line.sku, line.unfulfilled) for line in lines))
    total = sum((line.total for line in lines), start=Money.zero(lines[0].total.currency))
    payment = given.pop("payment", paid_by_card(total))
    nothing = Money.zero(total.currency)
    placed_at = given.pop("placed_at", NOW)
    fields: dict[str, Any] = {
        "id": OrderId(new_id("ord", at=placed_at)),
        "store_id": STORE,
        "number": "HB-1001",
        "currency": total.currency,
        "totals": Totals(total, nothing, nothing, nothing, total),
        "prices_include_tax": False,
        "sealed_contact": seal_contact(contact, sealer=sealer),
        "email_hash": sealer.blind(contact.email),
        "updated_at": placed_at,
        "status": OrderStatus.PROCESSING,
        "payment_status": payment_status_of(payment),
    }
    return Order(
        tenant_id=tenant_id, lines=lines, picks=picks, payment=payment, placed_at=placed_at, **{**fields, **given}
    )
