"""What a cart must know of a SKU, and when a store does not sell it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.catalog import (
    Listing,
    ListingDetails,
    Offer,
    Product,
    ProductDetails,
    ProductStatus,
    Variant,
    listing_key,
    offer_from,
    offer_keys,
    product_key,
)
from storekeeper.catalog.images import Image, ImageId
from storekeeper.catalog.listings.items import listing_item
from storekeeper.catalog.listings.model import listing_id
from storekeeper.catalog.products.items import product_item, variant_item, variant_key
from storekeeper.catalog.products.model import VariantId
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.tenancy import Store, StoreSettings, StoreStatus

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USD, EUR = Currency.of("USD"), Currency.of("EUR")
TENANT, STORE = TenantId("ten_1"), StoreId("sto_1")
PRODUCT = ProductId("prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
IMAGES = tuple(Image(ImageId(f"img_{n}"), f"T/ten_1/{n}", "image/png", ready=n > 0) for n in range(3))
MUG = Variant(VariantId("var_1"), "MUG", options={"Color": "Blue"}, price=Money(1250, USD), weight_g=350)


def a_store(currency: Currency = USD) -> Store:
    return Store(
        id=STORE,
        tenant_id=TENANT,
        name="Harbour",
        status=StoreStatus.ACTIVE,
        used=True,
        currency=currency,
        language="en",
        time_zone="UTC",
        domains=(),
        default_domain=None,
        settings=StoreSettings(),
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


def a_shelf(*, variant: Variant = MUG, listing: dict[str, Any] | None = None, **details: Any) -> dict[Key, Item]:
    """The items of a product with one variant and a listing."""
    told = {"title": "Mug", "slug": "mug", "currency": USD, "status": ProductStatus.ACTIVE, **details}
    product = Product(PRODUCT, ProductDetails(**told), (variant,), IMAGES, version=1, created_at=NOW, updated_at=NOW)
    listed = Listing(
        listing_id(StoreId("sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"), PRODUCT),
        STORE,
        PRODUCT,
        USD,
        ListingDetails(**(listing or {})),
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    items = {
        product_key(TENANT, PRODUCT): product_item(TENANT, product),
        variant_key(TENANT, PRODUCT, variant.sku): variant_item(product, variant),
        listing_key(TENANT, STORE, PRODUCT): listing_item(TENANT, listed),
    }
    return {key: {name: value for name, value in item.items() if value is not None} for key, item in items.items()}


def offer(items: dict[Key, Item], store: Store | None = None, sku: str = "MUG") -> Offer | None:
    return offer_from(items, tenant_id=TENANT, store=store or a_store(), product_id=PRODUCT, sku=sku)


def test_an_offer_says_what_a_cart_line_needs() -> None:
    assert offer(a_shelf(listing={"title": "Our mug"}, tax_category="reduced")) == Offer(
        sku="MUG",
        product_id=PRODUCT,
        title="Our mug",
        variant_title="Blue",
        unit_price=Money(1250, USD),
        compare_at=None,
        weight_g=350,
        requires_shipping=True,
        tax_category="reduced",
        sellable=True,
        image_key="T/ten_1/1",
    )


def test_its_keys_are_all_it_is_made_of() -> None:
    items = a_shelf()

    assert set(offer_keys(TENANT, STORE, PRODUCT, "MUG")) == set(items)
    assert all(offer({key: item for key, item in items.items() if key != gone}) is None for gone in items)


@pytest.mark.parametrize(
    ("_case", "shelf"),
    [
        ("a draft", a_shelf(status=ProductStatus.DRAFT)),
        ("archived", a_shelf(status=ProductStatus.ARCHIVED)),
        ("not visible", a_shelf(listing={"visible": False})),
        ("an inactive variant", a_shelf(variant=replace(MUG, active=False))),
    ],
)
def test_what_is_not_sold_now_says_so(_case: str, shelf: dict[Key, Item]) -> None:
    found = offer(shelf)

    assert found is not None
    assert not found.sellable


def test_nothing_is_offered_in_a_currency_without_a_price() -> None:
    assert offer(a_shelf(), a_store(EUR)) is None


@pytest.mark.parametrize(
    ("_case", "shelf", "weight_g", "ships"),
    [
        ("the product's weight", a_shelf(variant=replace(MUG, weight_g=None), weight_g=500), 500, True),
        ("no weight", a_shelf(variant=replace(MUG, weight_g=None)), 0, True),
        ("nothing, though the product weighs", a_shelf(variant=replace(MUG, weight_g=0), weight_g=5), 0, True),
        ("digital", a_shelf(digital=True), 350, False),
    ],
)
def test_weight_and_shipping(_case: str, shelf: dict[Key, Item], weight_g: int, ships: bool) -> None:
    found = offer(shelf)

    assert found is not None
    assert (found.weight_g, found.requires_shipping) == (weight_g, ships)


def test_a_variants_own_picture_goes_first_if_it_is_uploaded() -> None:
    own, pending = (offer(a_shelf(variant=replace(MUG, image_id=ImageId(name)))) for name in ("img_2", "img_0"))

    assert own is not None
    assert pending is not None
    assert (own.image_key, pending.image_key) == ("T/ten_1/2", "T/ten_1/1")
