"""Money: whole minor units of one currency. No floats, no mixed currencies, sums kept.

Exponents are ISO 4217's. The one rounding rule is half away from zero ("commercial"), in `round_ratio`.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from storekeeper.kernel.errors import Invalid

# ISO 4217: active codes whose minor unit is not 1/100, and the others.
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG
"""
_EXPONENTS = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
_AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,3}))?", re.ASCII)
BASIS_POINTS = 10_000


class Currency(Struct, frozen=True):
    """An ISO 4217 currency: its code, and how many decimals its minor unit has."""

    code: str
    exponent: int

    @classmethod
    def of(cls, code: str) -> "Currency":
        """The currency with this code.

        Raises:
            Invalid: `currency_unknown`.
        """
        if code not in _EXPONENTS:
            raise Invalid.field("currency", "currency_unknown", "Give an ISO 4217 currency code such as USD.")
        return cls(code, _EXPONENTS[code])


class Money(Struct, frozen=True):
    """An amount in whole minor units. Arithmetic refuses another currency."""

    minor: int
    currency: Currency

    @classmethod
    def zero(cls, currency: Currency) -> "Money":
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: Currency, *, field: str = "amount") -> "Money":
        """The amount of a decimal string such as `"12.50"`; fewer decimals than the currency's are fine.

        Raises:
            Invalid: `amount_malformed`: no decimal string, more decimals than the currency has, or over 12 digits.
        """
        match = _AMOUNT.fullmatch(text)
        if match is None or len(match[3] or "") > currency.exponent:
            raise Invalid.field(
                field,
                "amount_malformed",
                f'Give a decimal string with at most {currency.exponent} decimals, such as "{cls(1250, currency)}".',
            )
        sign, whole, decimals = match.groups(default="")
        minor = int(whole + decimals.ljust(currency.exponent, "0"))
        return cls(-minor if sign else minor, currency)

    def __str__(self) -> str:
        """The decimal string with the currency's digits: `12.50`, `1250` (JPY), `1.250` (KWD)."""
        sign = "-" if self.minor < 0 else ""
        digits = str(abs(self.minor)).rjust(self.currency.exponent + 1, "0")
        if not self.currency.exponent:
            return sign + digits
        return f"{sign}{digits[: -self.currency.exponent]}.{digits[-self.currency.exponent :]}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, units: int) -> "Money":
        return Money(self.minor * units, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, rate_bp: int) -> "Money":
        """`rate_bp` basis points of it (2,000 is 20 %), rounded half away from zero."""
        return Money(round_ratio(self.minor * rate_bp, BASIS_POINTS), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency.code} and {other.currency.code} do not mix")
        return other.minor


def round_ratio(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole, halves away from zero; `denominator` is positive."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """The sum; zero of the currency for none."""
    return sum(amounts, start=Money.zero(currency))


def split(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Spread `amount` in proportion to `weights` (none negative, not all zero); the shares add up to it exactly.

    Each share is the floor of its exact part; the minor units left over go to the largest remainders, the earliest
    first: 1.00 over three equal weights is 0.34, 0.33, 0.33.
    """
    whole = sum(weights)
    sign = -1 if amount.minor < 0 else 1
    exact = [abs(amount.minor) * weight for weight in weights]
    shares = [part // whole for part in exact]
    left = abs(amount.minor) - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(exact[i] % whole), i))
    for i in by_remainder[:left]:
        shares[i] += 1
    return tuple(Money(sign * share, amount.currency) for share in shares)
