"""Costs in another currency than the tenant's: by the rate that the merchant gives, in whole numbers only. Pure."""

import re

from msgspec import Struct

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.money import Currency, Money, round_ratio

PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,8})?$"
_RATE = re.compile(PATTERN, re.ASCII)


class ExchangeRate(Struct, frozen=True):
    """What one unit of the supplier's currency costs in the tenant's: `digits` / 10 ** `decimals`."""

    digits: int
    decimals: int

    @classmethod
    def parse(cls, text: str) -> "ExchangeRate":
        """The rate of a decimal string such as `"0.9215"`.

        Raises:
            Invalid: `exchange_rate_malformed`: no decimal string, over 6 digits or 8 decimals, or zero.
        """
        whole, _, decimals = text.partition(".")
        if not _RATE.fullmatch(text) or not int(whole + decimals):
            detail = 'Give a decimal string such as "0.9215": what one unit of the supplier\'s currency costs in yours.'
            raise Invalid.field("exchange_rate", "exchange_rate_malformed", detail)
        return cls(int(whole + decimals), len(decimals))

    def __str__(self) -> str:
        """The decimal string."""
        digits = str(self.digits).rjust(self.decimals + 1, "0")
        return f"{digits[: -self.decimals]}.{digits[-self.decimals :]}" if self.decimals else digits

    def convert(self, amount: Money, currency: Currency) -> Money:
        """The amount in another currency, rounded half away from zero to its smallest unit."""
        minor = amount.minor * self.digits * 10**currency.exponent
        return Money(round_ratio(minor, 10 ** (self.decimals + amount.currency.exponent)), currency)


def check_rate(rate: ExchangeRate | None, *, supplier: Currency, tenant: Currency) -> None:
    """Whether there is a rate where one is needed, and none where it would mean nothing.

    Raises:
        Invalid: `exchange_rate_missing`, `exchange_rate_not_needed`.
    """
    if rate is None and supplier != tenant:
        detail = f"Costs are in {supplier.code}: say what one {supplier.code} costs in {tenant.code}."
        raise Invalid.field("exchange_rate", "exchange_rate_missing", detail)
    if rate is not None and supplier == tenant:
        detail = f"Costs are in {tenant.code}, as yours are: leave the rate out."
        raise Invalid.field("exchange_rate", "exchange_rate_not_needed", detail)
