"""Which amounts Stripe charges: currencies, their minor units, and their limits.

Amounts are integers in the currency's minor unit. Three-decimal currencies take amounts whose last
digit is 0, because the card networks behind them know two decimals (docs.stripe.com/currencies,
"Three-decimal currencies"). The documentation promises the rule but not the error's code: it is
answered here with the documented general code for an amount that cannot be charged.
"""

from __future__ import annotations

from local.stripe.errors import ApiError, invalid

MAX_AMOUNT = 99_999_999
_TWO_DECIMALS = (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop "
    "crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs "
    "khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen "
    "pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx "
    "uyu uzs wst xcd yer zar zmw"
)
_NO_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMALS = "bhd jod kwd omr tnd"
DECIMALS = {
    code: decimals
    for decimals, codes in ((2, _TWO_DECIMALS), (0, _NO_DECIMALS), (3, _THREE_DECIMALS))
    for code in codes.split()
}
# docs.stripe.com/currencies, "Minimum and maximum charge amounts". Where Stripe names no
# minimum it converts to the settlement currency; a floor of one minor unit stands for that.
MINIMUMS = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "cad": "CA$"}


def check_currency(currency: str) -> str:
    """The currency as Stripe stores it, in lower case.

    Raises:
        ApiError: 400, not a currency that can be charged.
    """
    lower = currency.lower()
    if lower not in DECIMALS:
        raise invalid(
            f"Invalid currency: {lower}. Stripe currently supports these currencies: {', '.join(DECIMALS)}",
            param="currency",
        )
    return lower


def check_charge(amount: int, *, currency: str) -> None:
    """Refuse an amount that cannot be charged in `currency`.

    Raises:
        ApiError: 400; below 1, below the minimum, above the maximum, or with a third decimal.
    """
    check_positive(amount, param="amount")
    check_last_digit(amount, currency=currency, param="amount")
    least = MINIMUMS.get(currency, 1)
    if amount < least:
        raise invalid(
            f"Amount must be at least {money_text(least, currency)} {currency}", param="amount", code="amount_too_small"
        )
    if amount > MAX_AMOUNT:
        raise invalid(
            f"Amount must be no more than {money_text(MAX_AMOUNT, currency)}", param="amount", code="amount_too_large"
        )


def check_positive(amount: int, *, param: str) -> None:
    """Refuse zero and less."""
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param=param, code="parameter_invalid_integer")


def check_last_digit(amount: int, *, currency: str, param: str) -> None:
    """Refuse a third decimal: 5.124 KWD must be sent as 5120 or 5130."""
    if DECIMALS[currency] == 3 and amount % 10:
        raise _third_decimal(currency, param=param)


def _third_decimal(currency: str, *, param: str) -> ApiError:
    return invalid(
        f"Invalid amount. Amounts in {currency.upper()} must be evenly divisible by 10: the least-significant digit "
        "must be 0. See https://stripe.com/docs/currencies#three-decimal for more information.",
        param=param,
        code="invalid_charge_amount",
    )


def money_text(amount: int, currency: str) -> str:
    """The amount for people, as Stripe's messages write it: `$1,234.50`, `¥50`."""
    decimals = DECIMALS[currency]
    whole, rest = divmod(amount, 10**decimals)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{_SIGNS.get(currency, '')}{whole:,}{fraction}"
