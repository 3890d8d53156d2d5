"""Money: sums kept, one rounding rule, every currency's digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.money import Currency, Money, round_ratio, split, total

USD, EUR, JPY, KWD = (Currency.of(code) for code in ("USD", "EUR", "JPY", "KWD"))
currencies = st.sampled_from([USD, EUR, JPY, KWD])
minors = st.integers(-(10**12) + 1, 10**12 - 1)  # what can be parsed again in every currency


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250, USD, "12.50"),
        (5, EUR, "0.05"),
        (-5, EUR, "-0.05"),
        (0, USD, "0.00"),
        (1250, JPY, "1250"),
        (0, JPY, "0"),
        (1250, KWD, "1.250"),
        (-1, KWD, "-0.001"),
        (99_999_999_999_900, USD, "999999999999.00"),
    ],
)
def test_an_amount_is_shown_with_its_currency_s_digits(minor: int, currency: Currency, text: str) -> None:
    assert str(Money(minor, currency)) == text
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", USD),
        ("12.505", USD),
        ("1.5", JPY),
        ("1.2505", KWD),
        ("1,50", EUR),
        ("1e3", USD),
        ("+1", USD),
        (" 1", USD),
        ("1.", USD),
        (".5", USD),
        ("--1", USD),
        ("1" * 13, USD),
        ("NaN", USD),
        ("١٢", USD),
        ("1\n", USD),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: Currency) -> None:
    with pytest.raises(Invalid) as refused:
        Money.parse(text, currency, field="price")

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("price", "amount_malformed")]


def test_fewer_digits_are_fine() -> None:
    assert Money.parse("12.5", USD) == Money.parse("12.50", USD) == Money(1250, USD)


@given(minors, currencies)
def test_text_and_amount_are_the_same_thing(minor: int, currency: Currency) -> None:
    money = Money(minor, currency)

    assert Money.parse(str(money), currency) == money


@pytest.mark.parametrize("code", ["usd", "XXX", "", "DOLLAR", "US"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Currency.of(code)

    assert refused.value.faults[0].code == "currency_unknown"


def test_currencies_do_not_mix() -> None:
    for mixed in (
        lambda: Money(1, USD) + Money(1, EUR),
        lambda: Money(1, USD) - Money(1, EUR),
        lambda: Money(1, USD) < Money(1, EUR),
        lambda: total([Money(1, USD)], EUR),
    ):
        with pytest.raises(ValueError, match="do not mix"):
            mixed()


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (25, 10, 3), (-25, 10, -3), (0, 7, 0), (1, 3, 0)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_ratio(numerator, denominator) == rounded


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_rounding_is_off_by_half_at_most_and_symmetric(numerator: int, denominator: int) -> None:
    rounded = round_ratio(numerator, denominator)

    assert 2 * abs(rounded * denominator - numerator) <= denominator
    assert round_ratio(-numerator, denominator) == -rounded


@pytest.mark.parametrize(
    ("minor", "currency", "rate_bp", "tax"),
    [(1999, EUR, 1900, "3.80"), (1000, JPY, 1000, "100"), (1005, KWD, 500, "0.050"), (10, USD, 2500, "0.03")],
)
def test_a_share_is_rounded_once(minor: int, currency: Currency, rate_bp: int, tax: str) -> None:
    assert str(Money(minor, currency).share(rate_bp)) == tax


def test_a_split_gives_leftovers_to_the_earliest() -> None:
    assert [str(share) for share in split(Money(100, USD), [1, 1, 1])] == ["0.34", "0.33", "0.33"]
    assert [str(share) for share in split(Money(-100, JPY), [1, 1, 1])] == ["-34", "-33", "-33"]


def test_a_split_gives_leftovers_to_the_largest_remainders_first() -> None:
    assert [share.minor for share in split(Money(10, KWD), [1, 5, 0])] == [2, 8, 0]


@given(minors, currencies, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_a_split_keeps_its_sum_and_its_proportions(minor: int, currency: Currency, weights: list[int]) -> None:
    amount = Money(minor, currency)

    shares = split(amount, weights)

    assert total(shares, currency) == amount
    assert all((share.minor >= 0) == (minor >= 0) or share.minor == 0 for share in shares)
    for share, weight in zip(shares, weights, strict=True):
        exact = abs(minor) * weight
        assert abs(abs(share.minor) * sum(weights) - exact) < sum(weights)


@given(st.lists(minors), currencies)
def test_a_total_is_the_sum(parts: list[int], currency: Currency) -> None:
    assert total([Money(part, currency) for part in parts], currency) == Money(sum(parts), currency)
