"""Carts as shoppers send and see them."""

from datetime import datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from checkout import cart_examples
from storekeeper.carts import MAX_LINES, Addition, Basket, CartItem, CartStatus, Details
from storekeeper.edge.bought import TotalsOut
from storekeeper.edge.fields import (
    AddressIn,
    AddressOut,
    AmountOut,
    CurrencyCode,
    Email,
    Id,
    InModel,
    InstantOut,
    Line,
    Quantity,
    Sku,
    Text,
)
from storekeeper.inventory import availability_of
from storekeeper.kernel import clock
from storekeeper.kernel.money import Money
from storekeeper.pricing import Quote, Reason, price_shipping

MAX_CODES = 20

Code: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Codes: TypeAlias = Annotated[list[Code], Field(max_length=MAX_CODES)]


class UtmIn(InModel):
    """Where the shopper came from."""

    source: Line | None = None
    medium: Line | None = None
    campaign: Line | None = None
    term: Line | None = None
    content: Line | None = None


class CartPatch(InModel):
    """What may be said of a cart besides its items. Null clears; an address is replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [cart_examples.CHANGE]})

    email: Email | None = None
    shipping_address: AddressIn | None = None
    billing_address: AddressIn | None = None
    shipping_method_id: Id | None = None
    coupon_codes: Codes | None = None
    gift_card_codes: Codes | None = None
    note: Text | None = None
    utm: UtmIn | None = None

    def details(self) -> Details:
        """What was sent, and only that."""
        sent = self.model_fields_set
        details: Details = {}
        if "email" in sent:
            details["email"] = self.email
        if "shipping_address" in sent:
            details["shipping_address"] = self.shipping_address.address() if self.shipping_address else None
        if "billing_address" in sent:
            details["billing_address"] = self.billing_address.address() if self.billing_address else None
        if "shipping_method_id" in sent:
            details["shipping_method_id"] = self.shipping_method_id
        if "note" in sent:
            details["note"] = self.note or None
        if "utm" in sent:
            details["utm"] = self.utm.model_dump(exclude_unset=True) if self.utm else None
        details["coupon_codes"] = tuple(self.coupon_codes or ())
        details["gift_card_codes"] = tuple(self.gift_card_codes or ())
        return details


class CartItemIn(InModel):
    """Units of a SKU; added to those that the cart has."""

    sku: Sku
    quantity: Quantity

    def addition(self, path: str = "") -> Addition:
        """As the domain knows it; `path` is where it stands in the body."""
        return Addition(self.sku, self.quantity, path)


class CartIn(CartPatch):
    """A new cart; everything may be left out, the body too."""

    model_config = ConfigDict(json_schema_extra={"examples": [cart_examples.NEW_CART]})

    items: list[CartItemIn] = Field(default_factory=list, max_length=MAX_LINES)

    def additions(self) -> list[Addition]:
        """What is put into it, in order."""
        return [item.addition(f"items.{at}.") for at, item in enumerate(self.items)]


class CartItemPatch(InModel):
    """How many units the item is to have."""

    quantity: Quantity


class CartItemOut(BaseModel):
    """An item. `total` = units at the net price − `discount` + `tax`.

    `unit_price_shown` is the gross price, where prices include tax.
    `available` is what this cart could have; where that is nothing, checkout refuses it, `pre_order` or not. An item
    that is not `sellable` costs nothing and bars the checkout.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [cart_examples.ITEM]})

    id: str
    sku: str
    product_id: str
    title: str
    variant_title: str | None
    quantity: int
    unit_price: AmountOut
    unit_price_shown: AmountOut | None
    discount: AmountOut
    tax: AmountOut
    total: AmountOut
    available: int
    availability: Literal["in_stock", "out_of_stock", "pre_order"]
    sellable: bool

    @classmethod
    def of(cls, item: CartItem, basket: Basket) -> Self:
        """The item as the basket has it."""
        offer, line = basket.offer(item), basket.priced_lines().get(item.id)
        nothing = str(Money.zero(basket.store.currency))
        return cls(
            id=item.id,
            sku=item.sku,
            product_id=item.product_id,
            title=offer.title if offer else item.sku,
            variant_title=(offer.variant_title or None) if offer else None,
            quantity=item.units,
            unit_price=str(line.unit_price) if line else nothing,
            unit_price_shown=str(line.unit_price_shown) if line and line.unit_price_shown is not None else None,
            discount=str(line.discount) if line else nothing,
            tax=str(line.tax) if line else nothing,
            total=str(line.total) if line else nothing,
            available=basket.available[item.sku],
            availability=availability_of(basket.available[item.sku], basket.store.settings.at_zero).value,
            sellable=offer is not None,
        )


class ReasonOut(BaseModel):
    """A rule that changed what is paid, and by how much; without `item_id`: on the shipping."""

    kind: Literal["tax", "shipping"]
    rule_id: str
    name: str
    item_id: str | None = None
    amount: AmountOut

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """The reason as it is answered."""
        return cls(
            kind=reason.kind,
            rule_id=reason.rule_id,
            name=reason.name,
            item_id=reason.line_id,
            amount=str(reason.amount),
        )


class CartOut(BaseModel):
    """A cart, priced anew each time it is shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [cart_examples.CART]})

    id: str
    status: CartStatus
    currency: CurrencyCode
    email: str | None
    items: list[CartItemOut]
    shipping_address: AddressOut | None
    billing_address: AddressOut | None
    shipping_method_id: str | None
    note: str | None
    utm: dict[str, str]
    hold_expires_at: InstantOut | None
    prices_include_tax: bool
    totals: TotalsOut
    explanation: list[ReasonOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, basket: Basket, *, now: datetime) -> Self:
        """The cart as it is answered."""
        cart, contact, held_until = basket.cart, basket.cart.contact, basket.hold_expires_at(now)
        return cls(
            id=cart.id,
            status=cart.status_at(now),
            currency=basket.store.currency.code,
            email=contact.email,
            items=[CartItemOut.of(item, basket) for item in cart.items],
            shipping_address=AddressOut.of(contact.shipping_address) if contact.shipping_address else None,
            billing_address=AddressOut.of(contact.billing_address) if contact.billing_address else None,
            shipping_method_id=cart.shipping_method_id,
            note=contact.note,
            utm=dict(cart.utm),
            hold_expires_at=clock.to_text(held_until) if held_until else None,
            prices_include_tax=basket.store.settings.prices_include_tax,
            totals=TotalsOut.of(basket.priced.totals),
            explanation=[ReasonOut.of(reason) for reason in basket.priced.explanation],
            version=cart.version,
            created_at=clock.to_text(cart.created_at),
            updated_at=clock.to_text(cart.updated_at),
        )


class DeliveryDaysOut(BaseModel):
    """How many days the delivery takes; null: not said."""

    min: int | None
    max: int | None


class ShippingQuoteOut(BaseModel):
    """A shipping method that applies. `amount` is net; `amount_shown` is the gross price, where prices include tax."""

    model_config = ConfigDict(json_schema_extra={"examples": [cart_examples.QUOTE]})

    id: str
    name: str
    amount: AmountOut
    amount_shown: AmountOut | None
    currency: CurrencyCode
    delivery_days: DeliveryDaysOut

    @classmethod
    def of(cls, quote: Quote, basket: Basket) -> Self:
        """The quote as it is answered."""
        terms, levy = quote.method.terms, basket.taxes.levy_on_shipping(basket.destination)
        priced = price_shipping(quote, levy, prices_include_tax=basket.store.settings.prices_include_tax)
        return cls(
            id=quote.method.id,
            name=terms.name,
            amount=str(priced.net),
            amount_shown=str(priced.shown) if priced.shown is not None else None,
            currency=terms.currency.code,
            delivery_days=DeliveryDaysOut(min=terms.min_days, max=terms.max_days),
        )
