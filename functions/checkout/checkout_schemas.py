"""Checkout and tracking as shoppers send and see them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from checkout.download_schemas import TrackedDownloadOut
from storekeeper.checkout import SECRET_PURPOSE, Tracked
from storekeeper.edge.bought import BoughtLineOut, TotalsOut
from storekeeper.edge.fields import AddressOut, CurrencyCode, InModel, InstantOut
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.sealing import Sealer
from storekeeper.orders import (
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentStatus,
    Shipment,
    expected_delivery,
    open_contact,
)
from storekeeper.payments import Payment, PaymentState


class CheckoutIn(InModel):
    """How the shopper means to pay."""

    payment_method: Annotated[Literal["stripe", "manual"], Field(examples=["stripe"])]


class BoughtOut(BaseModel):
    """The order as its shopper sees it at checkout."""

    id: str
    number: Annotated[str, Field(examples=["HB-1001"])]
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    currency: CurrencyCode
    lines: list[BoughtLineOut]
    totals: TotalsOut
    prices_include_tax: bool
    email: str
    shipping_address: AddressOut | None
    billing_address: AddressOut | None
    shipping_method: str | None
    note: str | None
    placed_at: InstantOut

    @classmethod
    def of(cls, order: Order, *, sealer: Sealer) -> Self:
        """The order as it is answered."""
        contact = open_contact(order, sealer=sealer)
        return cls(
            id=order.id,
            number=order.number,
            status=order.status,
            payment_status=order.payment_status,
            fulfillment_status=order.fulfillment_status,
            currency=order.currency.code,
            lines=[BoughtLineOut.of(line) for line in order.lines],
            totals=TotalsOut.of(order.totals),
            prices_include_tax=order.prices_include_tax,
            email=contact.email,
            shipping_address=_address(contact.shipping_address),
            billing_address=_address(contact.billing_address),
            shipping_method=order.shipping_method.name if order.shipping_method else None,
            note=contact.note,
            placed_at=clock.to_text(order.placed_at),
        )


class CardPaymentOut(BaseModel):
    """What a browser needs to pay by card. `failure_code`: why the last try failed; the same intent takes another."""

    provider: Literal["stripe"]
    status: PaymentState
    intent_id: str | None
    client_secret: str | None
    publishable_key: str
    failure_code: str | None

    @classmethod
    def of(cls, payment: Payment, *, sealer: Sealer, publishable_key: str) -> Self:
        """The payment as it is answered."""
        sealed = payment.sealed_secret
        return cls(
            provider="stripe",
            status=payment.state,
            intent_id=payment.intent_id,
            client_secret=sealer.open(sealed, purpose=SECRET_PURPOSE) if sealed else None,
            publishable_key=publishable_key,
            failure_code=payment.failure_code,
        )


class ManualPaymentOut(BaseModel):
    """A payment that the merchant confirms when it has come."""

    provider: Literal["manual"]
    status: PaymentState


class CheckoutOut(BaseModel):
    """The order of a cart, and how it is paid; `payment` is null where there is nothing to pay."""

    order: BoughtOut
    payment: Annotated[CardPaymentOut | ManualPaymentOut, Field(discriminator="provider")] | None


class DeliveryOut(BaseModel):
    """Between when and when it should arrive."""

    earliest: InstantOut
    latest: InstantOut


class TrackedLineOut(BaseModel):
    """Units of one thing on their way."""

    sku: str
    title: str
    variant_title: str | None
    quantity: int


class TrackedShipmentOut(BaseModel):
    """What left together, and where to follow it."""

    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: InstantOut
    expected_delivery: DeliveryOut | None
    lines: list[TrackedLineOut]

    @classmethod
    def of(cls, shipment: Shipment, order: Order) -> Self:
        """The shipment as it is answered."""
        by_id = {line.id: line for line in order.lines}
        expected = expected_delivery(order, shipment)
        return cls(
            carrier=shipment.carrier,
            tracking_number=shipment.tracking_number,
            tracking_url=shipment.tracking_url,
            shipped_at=clock.to_text(shipment.shipped_at),
            expected_delivery=DeliveryOut(earliest=clock.to_text(expected[0]), latest=clock.to_text(expected[1]))
            if expected
            else None,
            lines=[
                TrackedLineOut(
                    sku=line.sku,
                    title=by_id[line.line_id].title,
                    variant_title=by_id[line.line_id].variant_title or None,
                    quantity=line.quantity,
                )
                for line in shipment.lines
            ],
        )


class TrackedOut(BaseModel):
    """How far an order has come; nothing about who ordered it."""

    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    shipping_method: str | None
    placed_at: InstantOut
    delivered_at: InstantOut | None
    cancelled_at: InstantOut | None
    shipments: list[TrackedShipmentOut]
    downloads: list[TrackedDownloadOut]

    @classmethod
    def of(cls, tracked: Tracked, *, now: datetime) -> Self:
        """The order as it is answered."""
        order = tracked.order
        return cls(
            number=order.number,
            status=order.status,
            payment_status=order.payment_status,
            fulfillment_status=order.fulfillment_status,
            shipping_method=order.shipping_method.name if order.shipping_method else None,
            placed_at=clock.to_text(order.placed_at),
            delivered_at=clock.to_text(order.delivered_at) if order.delivered_at else None,
            cancelled_at=clock.to_text(order.cancelled_at) if order.cancelled_at else None,
            shipments=[TrackedShipmentOut.of(one, order) for one in tracked.shipments if not one.digital],
            downloads=[TrackedDownloadOut.of(grant, order, now=now) for grant in tracked.grants],
        )


def _address(address: Address | None) -> AddressOut | None:
    return AddressOut.of(address) if address else None
