"""Tax by table: which rates fall on a thing, and how much that is. Pure.

Of the rates that match a destination and a tax category, one of each priority applies: the one that names the region
before the one for the whole country, then the older one. Rates of different priorities add up; a compound rate is
taken of the price with the taxes of lower priorities on it.
"""

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby

from msgspec import Struct

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.money import Money, round_ratio, split
from storekeeper.pricing.destination import Destination
from storekeeper.pricing.rows.model import StoreRow

STANDARD_TAX = "standard"
PPM = 1_000_000
MAX_RATE_PPM = PPM
MAX_PRIORITY = 9
MAX_RATES = 500  # all of a store's rates travel with the tenant's settings


class TooManyTaxRates(StorekeeperError):
    """The store has all the rates it can have."""

    code, kind = "too_many_tax_rates", "conflict"

    def __init__(self) -> None:
        super().__init__(f"A store has at most {MAX_RATES} tax rates.")


class TaxTerms(Struct, frozen=True):
    """What a merchant says of a rate. In millionths: New York City's 8.875 % is 88,750; basis points are too coarse."""

    name: str
    country: str
    rate_ppm: int
    region: str | None = None
    tax_category: str = STANDARD_TAX
    priority: int = 1
    compound: bool = False
    applies_to_shipping: bool = False


class TaxRate(StoreRow[TaxTerms], frozen=True):
    """One row of a store's tax table."""

    def falls_on(self, destination: Destination) -> bool:
        """Whether it is a rate of where the goods go."""
        return destination.is_in(self.terms.country, self.terms.region)


class Levy(Struct, frozen=True, dict=True):
    """The rates that fall on one thing together, lowest priority first."""

    rates: tuple[TaxRate, ...] = ()

    @cached_property
    def portions(self) -> tuple[int, ...]:
        """The rates' exact parts of the net price, over `PPM ** len(rates)`: compounding needs the room."""
        whole, portions = self._whole, list[int]()
        for rate in self.rates:
            base = whole + sum(portions) if rate.terms.compound else whole
            portions.append(base * rate.terms.rate_ppm // PPM)  # exact: `whole` holds one PPM for each rate
        return tuple(portions)

    def on_net(self, net: Money) -> Money:
        """The tax that comes on top of a net price."""
        return Money(round_ratio(net.minor * sum(self.portions), self._whole), net.currency)

    def in_gross(self, gross: Money) -> Money:
        """The tax that is inside a gross price: what is left of it when the rounded net price is taken off."""
        net = round_ratio(gross.minor * self._whole, self._whole + sum(self.portions))
        return Money(gross.minor - net, gross.currency)

    def shares(self, tax: Money) -> tuple[tuple[TaxRate, Money], ...]:
        """How much of `tax` each rate is, adding up to it; rates of nothing are left out."""
        if not sum(self.portions):
            return ()
        return tuple(zip(self.rates, split(tax, self.portions), strict=True))

    @property
    def _whole(self) -> int:
        return int(PPM ** len(self.rates))


class TaxTable(Struct, frozen=True):
    """A store's rates."""

    rates: tuple[TaxRate, ...] = ()

    def levy_on_goods(self, destination: Destination | None, tax_category: str) -> Levy:
        """What falls on goods of a category: nothing on one without rates, or while the destination is not known."""
        if destination is None:
            return Levy()
        matching = (rate for rate in self.rates if rate.terms.tax_category == tax_category)
        return _one_of_each_priority(rate for rate in matching if rate.falls_on(destination))

    def levy_on_shipping(self, destination: Destination | None) -> Levy:
        """What falls on shipping: the rates that say so, of any category, `standard` before others."""
        if destination is None:
            return Levy()
        matching = (rate for rate in self.rates if rate.terms.applies_to_shipping)
        return _one_of_each_priority(rate for rate in matching if rate.falls_on(destination))


def _one_of_each_priority(rates: Iterable[TaxRate]) -> Levy:
    ordered = sorted(rates, key=_precedence)
    return Levy(tuple(next(same) for _, same in groupby(ordered, key=lambda rate: rate.terms.priority)))


def _precedence(rate: TaxRate) -> tuple[int, bool, bool, str]:
    terms = rate.terms
    return terms.priority, terms.region is None, terms.tax_category != STANDARD_TAX, rate.id
