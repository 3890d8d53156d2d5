"""Price a basket: net amounts, discount, tax and shipping, with the reason for each. Pure.

The rounding rule and what adds up to what are in docs/pricing.md.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from storekeeper.catalog import Offer
from storekeeper.kernel.money import Currency, Money, total
from storekeeper.pricing.destination import Destination
from storekeeper.pricing.shipping.model import Parcel, Quote
from storekeeper.pricing.taxes.model import Levy, TaxTable


class BasketLine(Struct, frozen=True):
    """Units of one offer. `offer.unit_price` is gross where the store's prices include tax."""

    line_id: str
    offer: Offer
    units: int

    @property
    def value(self) -> Money:
        """At the price shown, before any discount."""
        return self.offer.unit_price * self.units


class PricedLine(Struct, frozen=True):
    """What a line costs: `total = net − discount + tax`.

    `unit_price` is net, and for show only: `net` is not always `units` times as much, because tax is rounded once per
    line. `unit_price_shown` is the gross price, where prices include tax.
    """

    line_id: str
    units: int
    unit_price: Money
    unit_price_shown: Money | None
    net: Money
    discount: Money
    tax: Money
    total: Money


class Totals(Struct, frozen=True):
    """`total = subtotal − discount + shipping + tax`, always; all but `tax` and `total` are net."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money


class Reason(Struct, frozen=True):
    """One rule that changed what is paid, and by how much; `line_id` None: on the basket's shipping."""

    kind: Literal["tax", "shipping"]
    rule_id: str
    name: str
    line_id: str | None
    amount: Money


class PricedBasket(Struct, frozen=True):
    """Lines in the order they came, their sums, and the reasons."""

    lines: tuple[PricedLine, ...]
    totals: Totals
    explanation: tuple[Reason, ...]


class PricedShipping(Struct, frozen=True):
    """What shipping costs: `net`, and the tax on it. `shown` is the gross price, where prices include tax."""

    net: Money
    tax: Money
    shown: Money | None


def price_basket(
    lines: Sequence[BasketLine],
    *,
    currency: Currency,
    taxes: TaxTable,
    destination: Destination | None,
    prices_include_tax: bool,
    shipping: Quote | None,
) -> PricedBasket:
    """What the basket costs. While the destination is not known there is no tax."""
    levies = {
        category: taxes.levy_on_goods(destination, category) for category in {line.offer.tax_category for line in lines}
    }
    priced: list[PricedLine] = []
    reasons: list[Reason] = []
    for line in lines:
        levy = levies[line.offer.tax_category]
        one = _price_line(line, levy, prices_include_tax=prices_include_tax)
        priced.append(one)
        reasons += _tax_reasons(levy, one.tax, line_id=line.line_id)
    shipping_net = shipping_tax = Money.zero(currency)
    if shipping:
        levy = taxes.levy_on_shipping(destination)
        sent = price_shipping(shipping, levy, prices_include_tax=prices_include_tax)
        shipping_net, shipping_tax = sent.net, sent.tax
        reasons.append(Reason("shipping", shipping.method.id, shipping.method.terms.name, None, sent.net))
        reasons += _tax_reasons(levy, sent.tax, line_id=None)
    totals = _sum_up(priced, shipping_net, shipping_tax, currency)
    return PricedBasket(tuple(priced), totals, tuple(reasons))


def price_shipping(quote: Quote, levy: Levy, *, prices_include_tax: bool) -> PricedShipping:
    """A quote, parted into net and tax."""
    if prices_include_tax:
        tax = levy.in_gross(quote.price)
        return PricedShipping(quote.price - tax, tax, quote.price)
    return PricedShipping(quote.price, levy.on_net(quote.price), None)


def parcel_of(lines: Iterable[BasketLine], currency: Currency) -> Parcel:
    """What must be sent of a basket."""
    lines = tuple(lines)
    sent = [line for line in lines if line.offer.requires_shipping]
    return Parcel(
        weight_g=sum(line.offer.weight_g * line.units for line in sent),
        units=sum(line.units for line in sent),
        goods_value=total((line.value for line in lines), currency),
    )


def _price_line(line: BasketLine, levy: Levy, *, prices_include_tax: bool) -> PricedLine:
    unit_shown, value, discount = line.offer.unit_price, line.value, Money.zero(line.value.currency)
    if prices_include_tax:
        tax = levy.in_gross(value)
        net, unit_price = value - tax, unit_shown - levy.in_gross(unit_shown)
    else:
        tax, net, unit_price = levy.on_net(value), value, unit_shown
    return PricedLine(
        line_id=line.line_id,
        units=line.units,
        unit_price=unit_price,
        unit_price_shown=unit_shown if prices_include_tax else None,
        net=net,
        discount=discount,
        tax=tax,
        total=net - discount + tax,
    )


def _tax_reasons(levy: Levy, tax: Money, *, line_id: str | None) -> Iterable[Reason]:
    return (Reason("tax", rate.id, rate.terms.name, line_id, share) for rate, share in levy.shares(tax))


def _sum_up(lines: Sequence[PricedLine], shipping: Money, shipping_tax: Money, currency: Currency) -> Totals:
    subtotal = total((line.net for line in lines), currency)
    discount = total((line.discount for line in lines), currency)
    tax = total((line.tax for line in lines), currency) + shipping_tax
    return Totals(subtotal, discount, shipping, tax, subtotal - discount + shipping + tax)
