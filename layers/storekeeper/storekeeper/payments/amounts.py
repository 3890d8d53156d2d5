"""Which amounts Stripe charges, and in which units it wants them.

Stripe counts in minor units of its own: mostly ISO 4217's, but ISK and UGX keep two decimals there that are always
zero, and MGA has none. Of three-decimal currencies it takes only amounts whose last digit is 0, because the card
networks know two decimals. Storekeeper never rounds a price to fit: such an amount is refused at checkout, and the
merchant sets prices, or a tax rate, that end in 0. Source: docs.stripe.com/currencies.
"""

from storekeeper.kernel.errors import Fault, StorekeeperError
from storekeeper.kernel.money import Currency, Money

_TWO_DECIMALS_THERE = frozenset({"ISK", "UGX"})
_NO_DECIMALS_THERE = frozenset({"MGA"})
_LAST_DIGIT = 10


class AmountNotChargeable(StorekeeperError):
    """The amount cannot be paid by card as it stands; another way to pay takes it."""

    code, kind = "amount_not_chargeable", "invalid"

    def __init__(self, amount: Money) -> None:
        detail = f"A card cannot be charged {amount} {amount.currency.code}: the last digit must be 0."
        super().__init__(detail, faults=(Fault("payment_method", self.code, detail),))


def check_chargeable(amount: Money) -> None:
    """Refuse what Stripe would refuse for its digits. Its least and greatest amounts are left to Stripe to say.

    Raises:
        AmountNotChargeable: it has more decimals than cards know.
    """
    to_stripe(amount)


def to_stripe(amount: Money) -> int:
    """The amount in Stripe's units.

    Raises:
        AmountNotChargeable: it has more decimals than cards know.
    """
    multiplier, divisor = _ratio(amount.currency)
    fits = amount.minor % (_LAST_DIGIT if amount.currency.exponent == 3 else divisor) == 0
    if not fits:
        raise AmountNotChargeable(amount)
    return amount.minor * multiplier // divisor


def from_stripe(units: int, currency: Currency) -> Money:
    """An amount that Stripe states."""
    multiplier, divisor = _ratio(currency)
    return Money(units * divisor // multiplier, currency)


def _ratio(currency: Currency) -> tuple[int, int]:
    if currency.code in _TWO_DECIMALS_THERE:
        return 100, 1
    if currency.code in _NO_DECIMALS_THERE:
        return 1, 100
    return 1, 1
