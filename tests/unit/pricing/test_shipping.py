"""Which shipping methods apply, and what they ask."""

from typing import Any

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.pricing import (
    SHIPPING_METHODS,
    AmountBand,
    AmountTable,
    Destination,
    FlatRate,
    ItemRate,
    Parcel,
    ShippingMethod,
    WeightBand,
    WeightRate,
    WeightTable,
    Zone,
    applicable_methods,
    parcel_of,
)
from storekeeper.pricing.shipping.model import ShippingRate
from tests.unit.pricing.builders import BERLIN, EUR, NEW_YORK, TENANT, USD, a_line, a_method, money

PARCEL = Parcel(weight_g=2_500, units=3, goods_value=money("60.00"))
RATES = [
    FlatRate(money("5.00")),
    WeightRate(money("4.00"), money("1.50"), step_g=1_000),
    ItemRate(money("2.00"), money("0.75")),
    WeightTable((WeightBand(1_000, money("3.00")), WeightBand(5_000, money("7.00")))),
    AmountTable((AmountBand(money("50.00"), money("9.00")), AmountBand(None, money("4.00")))),
]


def asked(method: ShippingMethod, parcel: Parcel = PARCEL, destination: Destination | None = NEW_YORK) -> list[str]:
    return [str(quote.price) for quote in applicable_methods([method], parcel, destination=destination)]


@pytest.mark.parametrize(("rate", "price"), list(zip(RATES, ["5.00", "8.50", "4.25", "7.00", "4.00"], strict=True)))
def test_each_kind_of_rate_asks_its_price(rate: ShippingRate, price: str) -> None:
    assert asked(a_method(rate)) == [price]


@pytest.mark.parametrize(
    ("_case", "weight_g", "prices"),
    [("on the bound", 1_000, ["3.00"]), ("over it", 1_001, ["7.00"]), ("beyond the table", 5_001, [])],
)
def test_a_band_holds_its_upper_bound(_case: str, weight_g: int, prices: list[str]) -> None:
    assert asked(a_method(RATES[3]), Parcel(weight_g, 1, money("1.00"))) == prices


def test_weightless_goods_begin_no_step() -> None:
    assert asked(a_method(RATES[1]), Parcel(0, 1, money("1.00"))) == ["4.00"]


@pytest.mark.parametrize(
    ("_case", "terms", "applies"),
    [
        ("inactive", {"active": False}, False),
        ("another currency", {"currency": EUR, "rate": FlatRate(money("5.00", EUR))}, False),
        ("too light", {"min_weight_g": 2_501}, False),
        ("just heavy enough", {"min_weight_g": 2_500}, True),
        ("too heavy", {"max_weight_g": 2_499}, False),
        ("just light enough", {"max_weight_g": 2_500}, True),
        ("too cheap", {"min_amount": money("60.01")}, False),
        ("just dear enough", {"min_amount": money("60.00")}, True),
        ("too dear", {"max_amount": money("59.99")}, False),
        ("just cheap enough", {"max_amount": money("60.00")}, True),
        ("its country", {"zones": (Zone("DE"), Zone("US"))}, True),
        ("its region", {"zones": (Zone("US", ("CA", "NY")),)}, True),
        ("another region", {"zones": (Zone("US", ("CA",)),)}, False),
        ("another country", {"zones": (Zone("DE"),)}, False),
    ],
)
def test_a_method_applies_within_its_limits(_case: str, terms: dict[str, Any], applies: bool) -> None:
    assert bool(asked(a_method(**terms))) is applies


@pytest.mark.parametrize(("free_from", "price"), [("60.00", "0.00"), ("60.01", "5.00")])
def test_shipping_is_free_from_an_amount_on(free_from: str, price: str) -> None:
    assert asked(a_method(free_from=money(free_from))) == [price]


def test_a_free_method_still_has_its_limits() -> None:
    assert asked(a_method(free_from=money("1.00"), max_weight_g=100)) == []


def test_before_there_is_an_address_zones_rule_nothing_out() -> None:
    assert asked(a_method(zones=(Zone("DE"),)), destination=None) == ["5.00"]


def test_the_cheapest_comes_first_then_the_merchants_order() -> None:
    dear = a_method(id="shm_1")
    second, first = (a_method(FlatRate(money("1.00")), id=f"shm_{n}", position=n) for n in (3, 2))

    quotes = applicable_methods([dear, second, first], PARCEL, destination=BERLIN)

    assert [quote.method.id for quote in quotes] == ["shm_2", "shm_3", "shm_1"]


def test_what_needs_no_shipping_has_no_method() -> None:
    parcel = parcel_of([a_line("10.00", requires_shipping=False)], USD)

    assert applicable_methods([a_method()], parcel, destination=NEW_YORK) == ()


def test_a_parcel_weighs_only_what_is_sent_but_is_worth_all() -> None:
    parcel = parcel_of([a_line("10.00", 2, weight_g=300), a_line("5.00", requires_shipping=False)], USD)

    assert parcel == Parcel(weight_g=600, units=2, goods_value=money("25.00"))


@pytest.mark.parametrize(
    ("code", "field", "terms"),
    [
        ("limits_reversed", "max_weight_g", {"min_weight_g": 2, "max_weight_g": 1}),
        ("limits_reversed", "max_amount", {"min_amount": money("2.00"), "max_amount": money("1.00")}),
        ("limits_reversed", "delivery_days", {"min_days": 3, "max_days": 2}),
        ("tracking_number_missing", "tracking_url_template", {"tracking_url_template": "https://track.example"}),
        (
            "bands_out_of_order",
            "rate.bands",
            {"rate": WeightTable((WeightBand(5, money("1.00")), WeightBand(5, money("2.00"))))},
        ),
        (
            "bands_out_of_order",
            "rate.bands",
            {"rate": AmountTable((AmountBand(None, money("1.00")), AmountBand(money("9.00"), money("2.00"))))},
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused(code: str, field: str, terms: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        a_method(**terms).terms.check()

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [(code, field)]


def test_sound_terms_are_taken() -> None:
    a_method(RATES[4], min_weight_g=1, max_weight_g=1, min_days=2, max_days=2).terms.check()


def test_a_parcel_is_followed_at_the_carriers_address() -> None:
    method = a_method(tracking_url_template="https://track.example/{tracking_number}/x")

    assert method.tracking_url("1Z9") == "https://track.example/1Z9/x"
    assert a_method().tracking_url("1Z9") is None


@pytest.mark.parametrize("rate", RATES)
def test_a_method_is_read_back_as_it_was_written(rate: ShippingRate) -> None:
    method = a_method(
        rate,
        zones=(Zone("US", ("NY", "CA")), Zone("DE")),
        free_from=money("100.00"),
        min_weight_g=1,
        max_amount=money("500.00"),
        min_days=2,
        max_days=4,
        tracking_url_template="https://track.example/{tracking_number}",
        position=3,
    )

    assert SHIPPING_METHODS.from_item(SHIPPING_METHODS.as_item(method), TENANT) == method


def test_a_destination_knows_its_country_and_region() -> None:
    assert Destination("US", "NY").is_in("US", None)
    assert not Destination("US").is_in("US", "NY")
