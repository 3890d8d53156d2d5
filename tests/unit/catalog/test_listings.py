"""What a listing costs, shows and is called."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from storekeeper.catalog import Listing, ListingDetails, Product, ProductDetails, Variant, listed_product, price_in
from storekeeper.catalog.images import Image, ImageId
from storekeeper.catalog.listings.model import OwnPrice, PriceMissing, check_listing, listing_id, marked_up
from storekeeper.catalog.products.model import VariantId
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import CategoryId, ProductId, StoreId
from storekeeper.kernel.money import Currency, Money, round_ratio

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USD, EUR = Currency.of("USD"), Currency.of("EUR")
STORE = StoreId("sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
OTHER = StoreId("sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RE")
MUG = Variant(VariantId("var_1"), "MUG", price=Money(1250, USD), compare_at_price=Money(1500, USD))

ulids = st.binary(min_size=16, max_size=16).map(ULID.from_bytes).map(str)
minors = st.integers(min_value=0, max_value=10**12)


def a_product(*variants: Variant, images: tuple[Image, ...] = (), **details: Any) -> Product:
    told = ProductDetails(**{"title": "Mug", "slug": "mug", "currency": USD, **details})
    given_variants = variants or (MUG,)
    return Product(ProductId("prd_1"), told, given_variants, images, version=1, created_at=NOW, updated_at=NOW)


def a_listing(*, currency: Currency = USD, **details: Any) -> Listing:
    told = ListingDetails(**details)
    identifier = listing_id(STORE, ProductId("prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"))
    return Listing(identifier, STORE, ProductId("prd_1"), currency, told, version=1, created_at=NOW, updated_at=NOW)


def prices(listing: Listing, product: Product, variant: Variant = MUG) -> tuple[int, int | None] | None:
    found = price_in(listing, product, variant)
    return None if found is None else (found.amount.minor, found.compare_at.minor if found.compare_at else None)


@given(product=ulids, store=ulids, other=ulids)
def test_a_listing_id_says_its_product_to_its_own_store_only(product: str, store: str, other: str) -> None:
    identifier = listing_id(StoreId(f"sto_{store}"), ProductId(f"prd_{product}"))

    assert identifier.startswith("lst_")
    assert listed_product(identifier, StoreId(f"sto_{store}")) == f"prd_{product}"
    if other != store:
        assert listed_product(identifier, StoreId(f"sto_{other}")) != f"prd_{product}"


@pytest.mark.parametrize(
    "text", ["lst_", "lst_mug", "lst_ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "lst_01KAGC3M5Q8V6ZB1X7Y2N4T9Ré"]
)
def test_what_no_listing_is_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        listed_product(text, STORE)


@pytest.mark.parametrize(
    ("_case", "details", "expected"),
    [
        ("the variant's own price", {}, (1250, 1500)),
        ("with markup, rounded half away from zero", {"markup_bp": 1234}, (1404, 1685)),
        ("with a discount", {"markup_bp": -2000}, (1000, 1200)),
        ("the listing's price, without markup", {"price": Money(900, USD), "markup_bp": 5000}, (900, None)),
        (
            "the listing's price for the SKU before that for all",
            {"price": Money(900, USD), "variant_prices": {"MUG": OwnPrice(Money(800, USD), Money(1000, USD))}},
            (800, 1000),
        ),
        (
            "a compare-at price that is not higher says nothing",
            {"price": Money(900, USD), "compare_at_price": Money(900, USD)},
            (900, None),
        ),
    ],
)
def test_the_nearest_price_counts(_case: str, details: dict[str, Any], expected: tuple[int, int | None]) -> None:
    assert prices(a_listing(**details), a_product()) == expected


def test_a_variant_without_a_price_has_its_products() -> None:
    plain = Variant(VariantId("var_2"), "PLAIN")
    product = a_product(plain, price=Money(700, USD), compare_at_price=Money(900, USD))

    assert prices(a_listing(), product, plain) == (700, 900)


def test_a_products_compare_at_price_is_not_a_variants_with_its_own_price() -> None:
    variant = Variant(VariantId("var_2"), "OWN", price=Money(700, USD))

    assert prices(a_listing(), a_product(variant, compare_at_price=Money(900, USD)), variant) == (700, None)


def test_no_price_is_taken_from_another_currency() -> None:
    assert prices(a_listing(currency=EUR, markup_bp=1000), a_product()) is None
    assert prices(a_listing(currency=EUR, price=Money(1100, EUR)), a_product()) == (1100, None)


@given(minor=minors, markup_bp=st.integers(min_value=-10_000, max_value=1_000_000))
def test_markup_is_exact_to_half_a_minor_unit_and_never_negative(minor: int, markup_bp: int) -> None:
    marked = marked_up(Money(minor, USD), markup_bp).minor

    assert marked == minor + round_ratio(minor * markup_bp, 10_000)
    assert marked >= 0
    assert abs(marked * 10_000 - minor * (10_000 + markup_bp)) <= 5_000


@pytest.mark.parametrize(
    ("_case", "details", "product"),
    [
        ("no price at all", {}, a_product()),
        ("no variant, and no price", {}, a_product(price=Money(1, USD))),
        (
            "a price for one variant of two",
            {"variant_prices": {"MUG": OwnPrice(Money(1, EUR))}},
            a_product(MUG, Variant(VariantId("var_2"), "CUP", price=Money(1, USD))),
        ),
    ],
)
def test_a_store_of_another_currency_must_price_every_variant(
    _case: str, details: dict[str, Any], product: Product
) -> None:
    with pytest.raises(PriceMissing) as refused:
        check_listing(a_listing(currency=EUR, **details), product, categories=())

    assert refused.value.faults[0].code == "price_missing"


def test_what_a_listing_names_must_be_there() -> None:
    details: dict[str, Any] = {
        "image_ids": (ImageId("img_1"),),
        "category_ids": (CategoryId("cat_1"),),
        "variant_prices": {"CUP": OwnPrice(Money(1, USD))},
    }

    with pytest.raises(Invalid) as refused:
        check_listing(a_listing(**details), a_product(), categories=())

    assert [fault.code for fault in refused.value.faults] == ["image_unknown", "category_unknown", "sku_unknown"]
    check_listing(a_listing(**details), a_product(), categories=(), was=a_listing(**details))


def test_only_uploaded_images_are_shown_in_the_stores_order_or_else_the_products() -> None:
    images = tuple(
        Image(ImageId(name), f"T/t/{name}", "image/png", name, ready=name != "c") for name in ("a", "b", "c")
    )
    product = a_product(images=images)

    def shown(*ids: str) -> str:
        listing = a_listing(image_ids=tuple(map(ImageId, ids)))
        return "".join(image.alt for image in listing.images_of(product))

    assert [shown(), shown("b"), shown("c", "b", "a"), shown("gone"), shown("c")] == ["ab", "b", "ba", "ab", "ab"]
