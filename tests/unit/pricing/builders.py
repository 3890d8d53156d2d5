"""Baskets, rates and methods with the one field that matters."""

from datetime import UTC, datetime
from typing import Any

from storekeeper.catalog import Offer
from storekeeper.kernel.ids import ProductId, StoreId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.pricing import (
    BasketLine,
    Destination,
    FlatRate,
    PricedBasket,
    Quote,
    ShippingMethod,
    ShippingTerms,
    TaxRate,
    TaxTable,
    TaxTerms,
    price_basket,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, STORE = TenantId("ten_1"), StoreId("sto_1")
USD, EUR, JPY, KWD = (Currency.of(code) for code in ("USD", "EUR", "JPY", "KWD"))
NEW_YORK = Destination("US", "NY")
BERLIN = Destination("DE")


def money(text: str, currency: Currency = USD) -> Money:
    return Money.parse(text, currency)


def an_offer(price: Money, **given: Any) -> Offer:
    standard: dict[str, Any] = {
        "sku": "MUG",
        "product_id": ProductId("prd_1"),
        "title": "Mug",
        "variant_title": "",
        "compare_at": None,
        "weight_g": 350,
        "requires_shipping": True,
        "tax_category": "standard",
        "image_key": None,
        "sellable": True,
    }
    return Offer(unit_price=price, **{**standard, **given})


def a_line(price: str | Money, units: int = 1, *, line_id: str = "itm_1", **offer: Any) -> BasketLine:
    return BasketLine(line_id, an_offer(money(price) if isinstance(price, str) else price, **offer), units)


def a_rate(rate_ppm: int, *, id: str = "tax_1", country: str = "US", **terms: Any) -> TaxRate:  # noqa: A002
    named = TaxTerms(name=terms.pop("name", id), country=country, rate_ppm=rate_ppm, **terms)
    return TaxRate(TENANT, id, STORE, named, created_at=NOW, updated_at=NOW)


def a_method(rate: Any = None, *, id: str = "shm_1", **terms: Any) -> ShippingMethod:  # noqa: A002
    rate = rate or FlatRate(money("5.00"))
    named = ShippingTerms(**{"name": id, "rate": rate, "currency": USD, **terms})
    return ShippingMethod(TENANT, id, STORE, named, created_at=NOW, updated_at=NOW)


def priced(
    *lines: BasketLine,
    rates: tuple[TaxRate, ...] = (),
    destination: Destination | None = NEW_YORK,
    gross: bool = False,
    shipping: Money | None = None,
) -> PricedBasket:
    currency = lines[0].offer.unit_price.currency if lines else USD
    quote = Quote(a_method(currency=currency), shipping) if shipping is not None else None
    return price_basket(
        lines,
        currency=currency,
        taxes=TaxTable(rates),
        destination=destination,
        prices_include_tax=gross,
        shipping=quote,
    )
