"""A cart of a hundred lines under a hundred rules. The rules there are today: tax rates and shipping methods."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from storekeeper.catalog import Offer
from storekeeper.kernel.ids import ProductId, StoreId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.pricing import (
    BasketLine,
    Destination,
    FlatRate,
    ShippingMethod,
    ShippingTerms,
    TaxRate,
    TaxTable,
    TaxTerms,
    applicable_methods,
    parcel_of,
    price_basket,
)

LINES = 100
TAX_RATES = 50  # five of them apply to each line
SHIPPING_METHODS = 50
REGIONS = ("NY", "CA", "TX", "WA", "ME", "OR", "FL", "NV", "OH", "PA")
USD = Currency.of("USD")
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_TENANT, _STORE = TenantId("ten_1"), StoreId("sto_1")


def price_large_cart(*, runs: int) -> Iterator[float]:
    """Milliseconds of processor time of each of several pricings, quotes of all shipping methods included."""
    lines = [_line(number) for number in range(LINES)]
    rates = tuple(_rate(number) for number in range(TAX_RATES))
    methods = [_method(number) for number in range(SHIPPING_METHODS)]
    destination = Destination("US", REGIONS[0])
    for _ in range(runs):
        started = time.process_time()
        quotes = applicable_methods(methods, parcel_of(lines, USD), destination=destination)
        priced = price_basket(
            lines,
            currency=USD,
            taxes=TaxTable(rates),
            destination=destination,
            prices_include_tax=False,
            shipping=quotes[0],
        )
        yield (time.process_time() - started) * 1000
        if len(quotes) != SHIPPING_METHODS or not priced.totals.tax:
            raise RuntimeError("the rules did not apply")


def _line(number: int) -> BasketLine:
    offer = Offer(
        sku=f"MUG-{number}",
        product_id=ProductId(f"prd_{number}"),
        title="Mug",
        variant_title="Blue",
        unit_price=Money(999 + number, USD),
        compare_at=None,
        weight_g=350,
        requires_shipping=True,
        tax_category="standard",
        image_key=None,
        sellable=True,
    )
    return BasketLine(f"itm_{number}", offer, 1 + number % 7)


def _rate(number: int) -> TaxRate:
    terms = TaxTerms(
        name=f"Tax {number}",
        country="US",
        region=REGIONS[number % len(REGIONS)],
        rate_ppm=10_000 + number,
        priority=number // len(REGIONS),
    )
    return TaxRate(_TENANT, f"tax_{number}", _STORE, terms, created_at=_NOW, updated_at=_NOW)


def _method(number: int) -> ShippingMethod:
    terms = ShippingTerms(name=f"Way {number}", rate=FlatRate(Money(500 + number, USD)), currency=USD)
    return ShippingMethod(_TENANT, f"shp_{number}", _STORE, terms, created_at=_NOW, updated_at=_NOW)
