"""Amounts as Stripe counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.kernel.money import Currency, Money
from storekeeper.payments import AmountNotChargeable, check_chargeable
from storekeeper.payments.amounts import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("text", "code", "units"),
    [
        pytest.param("12.50", "USD", 1_250, id="two_decimals"),
        pytest.param("500", "JPY", 500, id="no_decimals"),
        pytest.param("1.250", "KWD", 1_250, id="three_decimals_the_last_is_0"),
        pytest.param("5", "ISK", 500, id="two_decimals_only_at_stripe"),
        pytest.param("5", "UGX", 500, id="two_decimals_only_at_stripe_too"),
        pytest.param("5.00", "MGA", 5, id="no_decimals_only_at_stripe"),
    ],
)
def test_an_amount_is_stated_in_stripe_s_units(text: str, code: str, units: int) -> None:
    amount = Money.parse(text, Currency.of(code))

    assert to_stripe(amount) == units
    assert from_stripe(units, amount.currency) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("5.124", "KWD", id="a_third_decimal"),
        pytest.param("5.50", "MGA", id="decimals_where_stripe_has_none"),
    ],
)
def test_an_amount_that_cards_do_not_know_is_refused_and_never_rounded(text: str, code: str) -> None:
    with pytest.raises(AmountNotChargeable) as refused:
        check_chargeable(Money.parse(text, Currency.of(code)))

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("payment_method", "amount_not_chargeable")
    ]


@given(st.integers(1, 10**9), st.sampled_from(["USD", "JPY", "KWD", "ISK", "MGA", "EUR"]))
def test_what_is_charged_is_the_amount_or_nothing(minor: int, code: str) -> None:
    amount = Money(minor, Currency.of(code))
    try:
        units = to_stripe(amount)
    except AmountNotChargeable:
        assert code in {"KWD", "MGA"}
        return

    assert from_stripe(units, amount.currency) == amount
