"""Orders as merchants see them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from orders.refund_schemas import RefundOut
from orders.shipment_schemas import AllocationOut, ShipmentOut
from storekeeper.checkout import Refund
from storekeeper.edge.bought import BoughtLineOut, TotalsOut
from storekeeper.edge.fields import AddressOut, AmountOut, CurrencyCode, Id, InstantOut
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.sealing import Sealer
from storekeeper.orders import (
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentStatus,
    Shipped,
    ShippingChoice,
    open_contact,
)
from storekeeper.payments import Payment, PaymentState

ORDER_ID = "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
STORE_ID = "sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"


class OrderRowOut(BaseModel):
    """An order as lists show it; nothing personal. `units` counts all units of all lines."""

    id: Annotated[Id, Field(examples=[ORDER_ID])]
    store_id: Annotated[Id, Field(examples=[STORE_ID])]
    number: Annotated[str, Field(examples=["HB-1001"])]
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    currency: CurrencyCode
    total: AmountOut
    units: int
    tags: list[str] = []
    test: bool = False
    source: Annotated[str, Field(examples=["storefront"])]
    placed_at: InstantOut

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The row as it is answered."""
        return cls.model_validate(row)


class LineComponentOut(BaseModel):
    """Units of a SKU in one kit, as it was bought."""

    sku: str
    quantity: int


class OrderLineOut(BoughtLineOut):
    """Units of one SKU at the prices of the sale. `unit_price_shown` is the gross price, where prices include tax.

    `components` are those of one unit, where it is a kit: they are what is picked and sent.
    """

    requires_shipping: bool
    weight_g: int
    fulfilled: int
    refunded: int
    returned: int
    cancelled: int
    components: list[LineComponentOut]


class OrderPaymentOut(BaseModel):
    """The money for the order. Of a card, brand and last four digits are all that is known."""

    provider: Literal["stripe", "manual"]
    status: PaymentState
    capture: Literal["automatic", "manual"]
    intent_id: str | None
    amount: AmountOut
    captured: AmountOut
    refunded: AmountOut
    card_brand: str | None
    card_last4: str | None
    failure_code: str | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """The payment as it is answered."""
        return cls(
            provider=payment.provider,
            status=payment.state,
            capture=payment.capture,
            intent_id=payment.intent_id,
            amount=str(payment.amount),
            captured=str(payment.captured),
            refunded=str(payment.refunded),
            card_brand=payment.card_brand,
            card_last4=payment.card_last4,
            failure_code=payment.failure_code,
        )


class OrderShippingOut(BaseModel):
    """The shipping method as it was chosen."""

    id: str
    name: str

    @classmethod
    def of(cls, choice: ShippingChoice) -> Self:
        """The choice as it is answered."""
        return cls(id=choice.id, name=choice.name)


class OrderOut(BaseModel):
    """An order. `allocations` are the units that are reserved for it and have not left."""

    id: Annotated[Id, Field(examples=[ORDER_ID])]
    store_id: Annotated[Id, Field(examples=[STORE_ID])]
    number: Annotated[str, Field(examples=["HB-1001"])]
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    currency: CurrencyCode
    lines: list[OrderLineOut]
    totals: TotalsOut
    prices_include_tax: bool
    email: str
    shipping_address: AddressOut | None
    billing_address: AddressOut | None
    shipping_method: OrderShippingOut | None
    note: str | None
    gift_message: str | None
    tags: list[str]
    metadata: dict[str, str]
    test: bool
    source: str
    payment: OrderPaymentOut | None
    allocations: list[AllocationOut]
    shipments: list[ShipmentOut]
    refunds: list[RefundOut]
    cancel_reason: str | None
    placed_at: InstantOut
    updated_at: InstantOut
    cancelled_at: InstantOut | None
    delivered_at: InstantOut | None
    version: int

    @classmethod
    def of(cls, shipped: Shipped, *, refunds: Iterable[Refund], sealer: Sealer) -> Self:
        """The order as it is answered."""
        order, contact = shipped.order, open_contact(shipped.order, sealer=sealer)
        return cls(
            id=order.id,
            store_id=order.store_id,
            number=order.number,
            status=order.status,
            payment_status=order.payment_status,
            fulfillment_status=order.fulfillment_status,
            currency=order.currency.code,
            lines=[OrderLineOut.of(line) for line in order.lines],
            totals=TotalsOut.of(order.totals),
            prices_include_tax=order.prices_include_tax,
            email=contact.email,
            shipping_address=_address(contact.shipping_address),
            billing_address=_address(contact.billing_address),
            shipping_method=OrderShippingOut.of(order.shipping_method) if order.shipping_method else None,
            note=contact.note,
            gift_message=contact.gift_message,
            tags=list(order.tags),
            metadata=dict(order.metadata),
            test=order.test,
            source=order.source,
            payment=OrderPaymentOut.of(order.payment) if order.payment else None,
            allocations=[AllocationOut.of(pick) for pick in order.picks],
            shipments=[ShipmentOut.of(shipment) for shipment in shipped.shipments],
            refunds=[RefundOut.of(refund) for refund in refunds],
            cancel_reason=order.cancel_reason,
            version=order.version,
            **_instants(order),
        )


def _address(address: Address | None) -> AddressOut | None:
    return AddressOut.of(address) if address else None


def _instants(order: Order) -> dict[str, Any]:
    names = ("placed_at", "updated_at", "cancelled_at", "delivered_at")
    instants = {name: getattr(order, name) for name in names}
    return {name: clock.to_text(at) if at else None for name, at in instants.items()}
