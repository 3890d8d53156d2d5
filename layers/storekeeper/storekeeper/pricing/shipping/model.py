"""Shipping methods: which apply to what goes where, and at what price. Pure.

A method's amounts are in the store's currency and of the store's kind: where prices include tax, so do they.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.money import Currency, Money
from storekeeper.pricing.destination import Destination
from storekeeper.pricing.rows.model import StoreRow

MAX_METHODS = 100  # all of a store's methods travel with the tenant's settings
NUMBER_SLOT = "{tracking_number}"


class TooManyShippingMethods(StorekeeperError):
    """The store has all the methods it can have."""

    code, kind = "too_many_shipping_methods", "conflict"

    def __init__(self) -> None:
        super().__init__(f"A store has at most {MAX_METHODS} shipping methods.")


class FlatRate(Struct, frozen=True):
    """The same for every parcel."""

    amount: Money


class WeightRate(Struct, frozen=True):
    """`base`, and `per_step` for every `step_g` grams that are begun."""

    base: Money
    per_step: Money
    step_g: int


class ItemRate(Struct, frozen=True):
    """`base`, and `per_item` for every unit."""

    base: Money
    per_item: Money


class WeightBand(Struct, frozen=True):
    """Up to this weight, inclusive; None: however heavy."""

    up_to_g: int | None
    amount: Money


class WeightTable(Struct, frozen=True):
    """The first band that holds the weight; beyond the last one the method does not apply."""

    bands: tuple[WeightBand, ...]


class AmountBand(Struct, frozen=True):
    """Up to this goods value, inclusive; None: however much."""

    up_to: Money | None
    amount: Money


class AmountTable(Struct, frozen=True):
    """The first band that holds the goods value; beyond the last one the method does not apply."""

    bands: tuple[AmountBand, ...]


ShippingRate: TypeAlias = FlatRate | WeightRate | ItemRate | WeightTable | AmountTable


class Zone(Struct, frozen=True):
    """A country, or only some regions of it."""

    country: str
    regions: tuple[str, ...] = ()

    def holds(self, destination: Destination) -> bool:
        """Whether the destination lies in it."""
        return any(destination.is_in(self.country, region) for region in self.regions or (None,))


class ShippingTerms(Struct, frozen=True):
    """What a merchant says of a method. No zones: it goes everywhere. Limits are inclusive; None: no limit."""

    name: str
    rate: ShippingRate
    currency: Currency
    zones: tuple[Zone, ...] = ()
    free_from: Money | None = None
    min_weight_g: int | None = None
    max_weight_g: int | None = None
    min_amount: Money | None = None
    max_amount: Money | None = None
    min_days: int | None = None
    max_days: int | None = None
    tracking_url_template: str | None = None
    active: bool = True
    position: int = 0

    def check(self) -> None:
        """Refuse terms that contradict themselves, all faults at once.

        Raises:
            Invalid: `limits_reversed`, `bands_out_of_order`, `tracking_number_missing`.
        """
        if faults := tuple(_faults(self)):
            raise Invalid("These terms contradict themselves; see errors.", faults=faults)


class ShippingMethod(StoreRow[ShippingTerms], frozen=True):
    """One way in which a store sends goods."""

    def tracking_url(self, tracking_number: str) -> str | None:
        """Where a parcel can be followed; None if the method does not say."""
        template = self.terms.tracking_url_template
        return template.replace(NUMBER_SLOT, tracking_number) if template else None


class Parcel(Struct, frozen=True):
    """What is to be sent: weight and units of what needs shipping, and the value of all goods at the prices shown."""

    weight_g: int
    units: int
    goods_value: Money


class Quote(Struct, frozen=True):
    """A method that applies, and its price: with tax inside where the store's prices include it."""

    method: ShippingMethod
    price: Money


def applicable_methods(
    methods: Iterable[ShippingMethod], parcel: Parcel, *, destination: Destination | None
) -> tuple[Quote, ...]:
    """The methods that may be chosen, cheapest first, then by position; none when nothing needs shipping.

    While the destination is not known it rules nothing out: a method that does not go there is dropped later.
    """
    if not parcel.units:
        return ()
    quotes = (quote for method in methods if (quote := _quote(method, parcel, destination)))
    return tuple(sorted(quotes, key=lambda quote: (quote.price, quote.method.terms.position, quote.method.id)))


def _quote(method: ShippingMethod, parcel: Parcel, destination: Destination | None) -> Quote | None:
    terms = method.terms
    if not terms.active or terms.currency != parcel.goods_value.currency:
        return None
    if destination and terms.zones and not any(zone.holds(destination) for zone in terms.zones):
        return None
    if not _within(terms.min_weight_g, parcel.weight_g, terms.max_weight_g):
        return None
    if not _within(_minor(terms.min_amount), parcel.goods_value.minor, _minor(terms.max_amount)):
        return None
    price = rate_amount(terms.rate, parcel)
    if price is not None and terms.free_from is not None and terms.free_from <= parcel.goods_value:
        price = Money.zero(terms.currency)
    return None if price is None else Quote(method, price)


def rate_amount(rate: ShippingRate, parcel: Parcel) -> Money | None:
    """What a rate asks for a parcel; None if the parcel is beyond its table."""
    match rate:
        case FlatRate():
            return rate.amount
        case WeightRate():
            return rate.base + rate.per_step * -(-parcel.weight_g // rate.step_g)
        case ItemRate():
            return rate.base + rate.per_item * parcel.units
        case WeightTable():
            within_g = (band for band in rate.bands if band.up_to_g is None or parcel.weight_g <= band.up_to_g)
            return next((band.amount for band in within_g), None)
        case AmountTable():
            within = (band for band in rate.bands if band.up_to is None or parcel.goods_value <= band.up_to)
            return next((band.amount for band in within), None)


def _within(low: int | None, value: int, high: int | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _faults(terms: ShippingTerms) -> Iterable[Fault]:
    limits = (
        ("max_weight_g", terms.min_weight_g, terms.max_weight_g),
        ("max_amount", _minor(terms.min_amount), _minor(terms.max_amount)),
        ("delivery_days", terms.min_days, terms.max_days),
    )
    for field, low, high in limits:
        if low is not None and high is not None and high < low:
            yield Fault(field, "limits_reversed", "The upper limit is below the lower one.")
    template = terms.tracking_url_template
    if template is not None and NUMBER_SLOT not in template:
        yield Fault("tracking_url_template", "tracking_number_missing", f"Say where {NUMBER_SLOT} goes.")
    if not _ascend(_bounds(terms.rate)):
        yield Fault("rate.bands", "bands_out_of_order", "Bounds must rise; only the last may be left out.")


def _bounds(rate: ShippingRate) -> list[int | None]:
    match rate:
        case WeightTable():
            return [band.up_to_g for band in rate.bands]
        case AmountTable():
            return [_minor(band.up_to) for band in rate.bands]
    return []


def _ascend(bounds: Sequence[int | None]) -> bool:
    known = [bound for bound in bounds[:-1] if bound is not None]
    if len(known) < len(bounds[:-1]):
        return False
    if bounds and bounds[-1] is not None:
        known.append(bounds[-1])
    return all(low < high for low, high in pairwise(known))
