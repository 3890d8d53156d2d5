"""The demo data is whole: it can be sold, it shows what it is there to show, and it is the same each time."""

from collections import Counter

import pytest
import yaml

from local.demo.__main__ import COMPANIES
from local.demo.company import FOLDER, SHELVES, Company, Good
from local.demo.drawings import DRAWINGS, draw
from local.demo.pictures import picture_of

LOADED = [Company.load(name) for name in COMPANIES]
GOODS = [good for company in LOADED for good in company.goods]


def test_there_are_about_sixty_goods_and_every_kind_of_drawing_is_used() -> None:
    assert len(GOODS) == 61
    assert {good.drawing for good in GOODS} == set(DRAWINGS)


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_codes_and_names_are_unique_in_a_company(company: Company) -> None:
    skus = Counter(sku for good in company.goods for sku, _ in good.forms())
    slugs = Counter(good.slug for good in company.goods)

    assert [name for name, count in (skus + slugs).items() if count > 1] == []


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_goods_name_what_is_there(company: Company) -> None:
    categories = {slug for slug, _, _ in company.categories}

    assert {good.category for good in company.goods} <= categories
    assert {good.shelf for good in company.goods} <= set(SHELVES)
    assert {value for good in company.goods for value in good.dearer} <= {
        value for good in company.goods for values in good.options.values() for value in values
    }


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_collections_are_of_goods_that_both_shops_sell_some_of(company: Company) -> None:
    abroad = {good.code: good.abroad is not None for good in company.goods}

    assert len(company.collections) == 2
    for picks in company.collections:
        assert set(picks.goods) <= abroad.keys()
        assert any(abroad[code] for code in picks.goods)


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_the_first_shop_is_the_one_that_clients_rely_on(company: Company) -> None:
    first = company.shops[0]
    unconditional = [
        method
        for method in first.shipping_methods
        if method["rate"]["kind"] == "flat" and {"country": "US"} in method["zones"] and "min_amount" not in method
    ]

    assert (first.body["currency"], first.settings["prices_include_tax"], first.tax_rates) == ("USD", False, [])
    assert first.settings["payment_methods"] == ["stripe", "manual"]
    assert unconditional


def test_goods_show_what_a_catalog_can_hold() -> None:
    assert {len(good.options) for good in GOODS} == {0, 1, 2, 3}
    assert any(good.digital for good in GOODS)
    assert any(good.compare_at for good in GOODS)
    assert {good.tax for good in GOODS} == {"standard", "reduced"}
    assert {good.shelf for good in GOODS} == set(SHELVES)


def test_variants_multiply_and_what_is_dearer_says_so_in_each_currency() -> None:
    good = Good(
        "TEE", "Tee", "shirt", "#000000", "20.00", "tops", "A tee.", "22.00",
        options={"Color": ["Sea Blue", "Red"], "Size": ["M", "L"]}, dearer={"L": ["24.00", "26.00"]},
    )  # fmt: skip

    listing = good.listing("prd_1", {"tops": "cat_1"}, place=3, is_abroad=True)

    assert [variant["sku"] for variant in good.body()["variants"]] == [
        "TEE-SEABLUE-M", "TEE-SEABLUE-L", "TEE-RED-M", "TEE-RED-L",
    ]  # fmt: skip
    assert [variant.get("price") for variant in good.body()["variants"]] == [None, "24.00", None, "24.00"]
    assert listing["price"] == "22.00"
    assert listing["variant_prices"] == {"TEE-SEABLUE-L": {"price": "26.00"}, "TEE-RED-L": {"price": "26.00"}}


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_kits_and_orders_of_suppliers_name_what_has_stock(company: Company) -> None:
    stocked = {sku for good in company.goods if not good.parts for sku, _ in good.forms()}

    assert {sku for good in company.goods for sku in good.parts} <= stocked
    assert {line["sku"] for supply in company.supplies for line in supply.lines} <= stocked


def test_units_with_serial_numbers_lie_at_one_location() -> None:
    for good in GOODS:
        if good.serial:
            (row,) = good.stock(["loc_1", "loc_2"])
            assert (row["sku"], row["serials"]) == (good.code, good.serials(row["quantity"]))
    assert sum(good.serial is not None for good in GOODS) == 1


def test_what_is_out_was_there_once() -> None:
    good = Good("JAM", "Jam", "jar", "#000000", "8.00", "pantry", "Jam.", shelf="out")

    assert [(row["type"], row["quantity"]) for row in good.stock(["loc_1", "loc_2"])] == [
        ("restock", 3),
        ("damage", -3),
    ]


@pytest.mark.parametrize("name", COMPANIES)
def test_amounts_are_written_as_text(name: str) -> None:
    """A number would lose digits on its way: 12.50 is read as 12.5."""

    def numbers(read: object) -> list[float]:
        if isinstance(read, dict):
            return [number for value in read.values() for number in numbers(value)]
        if isinstance(read, list):
            return [number for value in read for number in numbers(value)]
        return [read] if isinstance(read, float) else []

    assert numbers(yaml.safe_load((FOLDER / f"{name}.yaml").read_text())) == []


@pytest.mark.parametrize("company", LOADED, ids=COMPANIES)
def test_each_category_and_collection_has_goods_to_picture(company: Company) -> None:
    shown = [company.goods_in(slug) for slug, _, _ in company.categories]
    shown += [company.goods_picked(picks) for picks in company.collections]

    pictures = {picture_of(goods) for goods in shown}

    assert all(shown)
    assert len(pictures) == len(shown)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_a_picture_is_the_same_each_time() -> None:
    picture = draw("mug", "#2F6DB5")

    assert picture.startswith(b"\x89PNG")
    assert picture == draw("mug", "#2F6DB5")
    assert picture != draw("mug", "#000000")
