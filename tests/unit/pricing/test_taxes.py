"""Which tax rates fall on what."""

import pytest

from storekeeper.pricing import Destination, TaxTable
from tests.unit.pricing.builders import BERLIN, NEW_YORK, a_line, a_rate, money, priced


def names(table: TaxTable, destination: Destination | None, category: str = "standard") -> list[str]:
    return [rate.id for rate in table.levy_on_goods(destination, category).rates]


def test_a_rate_for_the_region_goes_before_one_for_the_country() -> None:
    table = TaxTable((a_rate(10_000, id="tax_country"), a_rate(20_000, id="tax_state", region="NY")))

    assert names(table, NEW_YORK) == ["tax_state"]
    assert names(table, Destination("US", "CA")) == ["tax_country"]
    assert names(table, Destination("US")) == ["tax_country"]


def test_of_two_equal_rates_the_older_applies() -> None:
    table = TaxTable((a_rate(20_000, id="tax_2"), a_rate(10_000, id="tax_1")))

    assert names(table, NEW_YORK) == ["tax_1"]


def test_rates_of_different_priorities_add_up_in_their_order() -> None:
    table = TaxTable((a_rate(20_000, id="tax_city", priority=2), a_rate(10_000, id="tax_state")))

    levy = table.levy_on_goods(NEW_YORK, "standard")

    assert [rate.id for rate in levy.rates] == ["tax_state", "tax_city"]
    assert levy.on_net(money("100.00")) == money("3.00")


def test_a_compound_rate_is_taken_of_the_taxed_price() -> None:
    gst, qst = a_rate(50_000, id="tax_gst"), a_rate(99_750, id="tax_qst", priority=2, compound=True)

    levy = TaxTable((gst, qst)).levy_on_goods(NEW_YORK, "standard")

    assert levy.on_net(money("100.00")) == money("15.47")  # 5 + 9.975 % of 105
    assert [str(share) for _, share in levy.shares(money("15.47"))] == ["5.00", "10.47"]


def test_compound_tax_inside_a_price_is_found_again() -> None:
    gst, qst = a_rate(50_000, id="tax_gst"), a_rate(99_750, id="tax_qst", priority=2, compound=True)

    (line,) = priced(a_line("115.47"), rates=(gst, qst), gross=True).lines

    assert (line.net, line.tax) == (money("100.00"), money("15.47"))


@pytest.mark.parametrize(
    ("_case", "destination", "category", "found"),
    [
        ("region in any case", Destination("US", " ny "), "standard", ["tax_1"]),
        ("country in any case", Destination("us", "NY"), "standard", ["tax_1"]),
        ("another region", Destination("US", "CA"), "standard", []),
        ("another country", BERLIN, "standard", []),
        ("another category", NEW_YORK, "reduced", []),
        ("no destination", None, "standard", []),
    ],
)
def test_a_rate_falls_on_its_place_and_category_only(
    _case: str, destination: Destination | None, category: str, found: list[str]
) -> None:
    table = TaxTable((a_rate(10_000, region="NY"),))

    assert names(table, destination, category) == found


def test_shipping_prefers_the_standard_category() -> None:
    reduced = a_rate(70_000, id="tax_1", tax_category="reduced", applies_to_shipping=True)
    standard = a_rate(190_000, id="tax_2", applies_to_shipping=True)

    levy = TaxTable((reduced, standard)).levy_on_shipping(NEW_YORK)

    assert [rate.id for rate in levy.rates] == ["tax_2"]


def test_a_zero_rate_gives_no_share() -> None:
    levy = TaxTable((a_rate(0),)).levy_on_goods(NEW_YORK, "standard")

    assert levy.shares(money("0.00")) == ()
