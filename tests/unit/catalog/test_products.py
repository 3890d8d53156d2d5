"""What makes a product whole."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storekeeper.catalog import Product, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.products.model import (
    MAX_CUSTOM_BYTES,
    VariantId,
    check_image,
    check_product,
    options_of,
    revised,
)
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USD = Currency.of("USD")


def a_variant(sku: str = "MUG", **fields: Any) -> Variant:
    return Variant(**{"id": VariantId(f"var_{sku}"), "sku": sku, "price": Money(1250, USD), **fields})


def a_product(*variants: Variant, **details: Any) -> Product:
    told = ProductDetails(**{"title": "Mug", "slug": "mug", "currency": USD, **details})
    return Product(ProductId("prd_1"), told, variants, (), version=1, created_at=NOW, updated_at=NOW)


@pytest.mark.parametrize(
    ("code", "field", "product"),
    [
        ("sku_repeated", "variants.0.sku", a_product(a_variant("A"), a_variant("A"))),
        (
            "custom_fields_too_long",
            "custom_fields",
            a_product(custom_fields={"a": "é" * (MAX_CUSTOM_BYTES // 2), "b": "x"}),
        ),
        (
            "options_repeated",
            "variants.0.options",
            a_product(a_variant("A", options={"C": "x"}), a_variant("B", options={"C": "x"}), options=("C",)),
        ),
        ("option_unknown", "variants.0.options", a_product(a_variant(options={"Colour": "x"}), options=("Color",))),
        ("price_missing", "variants.1.price", a_product(a_variant("A"), a_variant("B", price=None))),
        ("option_repeated", "options", a_product(options=("C", "C"))),
        ("too_many_options", "options", a_product(options=("A", "B", "C", "D"))),
        ("too_many_variants", "variants", a_product(*[a_variant(f"S-{n}") for n in range(101)])),
        ("published_at_future", "published_at", a_product(published_at=NOW + timedelta(seconds=1))),
    ],
)
def test_a_product_whose_parts_do_not_fit_is_refused(code: str, field: str, product: Product) -> None:
    with pytest.raises(Invalid) as refused:
        check_product(product, now=NOW)

    assert (refused.value.faults[0].code, refused.value.faults[0].field) == (code, field)


def test_every_fault_is_named() -> None:
    product = a_product(a_variant("A", price=None), a_variant("A", price=None))

    with pytest.raises(Invalid) as refused:
        check_product(product, now=NOW)

    assert [fault.code for fault in refused.value.faults] == [
        "sku_repeated",
        "price_missing",
        "sku_repeated",
        "price_missing",
    ]


@pytest.mark.parametrize(
    ("_case", "product"),
    [
        ("without variants", a_product()),
        ("variants without options", a_product(a_variant("A"), a_variant("B"))),
        ("some of the options", a_product(a_variant(options={"B": "x"}), options=("A", "B"))),
        ("the product's price", a_product(a_variant(price=None), price=Money(0, USD))),
        ("a hundred variants", a_product(*[a_variant(f"S-{n}") for n in range(100)])),
        ("published just now", a_product(published_at=NOW)),
    ],
)
def test_a_product_whose_parts_fit_is_fine(_case: str, product: Product) -> None:
    check_product(product, now=NOW)


def test_a_change_counts_one_version() -> None:
    changed = revised(a_product(), now=NOW + timedelta(hours=1), images=())

    assert (changed.version, changed.updated_at) == (2, NOW + timedelta(hours=1))


def test_publication_is_dated_once() -> None:
    draft = a_product()
    active = revised(draft, now=NOW, details=replace(draft.details, status=ProductStatus.ACTIVE))
    again = revised(active, now=NOW + timedelta(days=1), details=replace(active.details, title="Cup"))

    assert draft.details.published_at is None
    assert active.details.published_at == again.details.published_at == NOW


def test_options_are_those_that_variants_use_in_the_order_they_come_up() -> None:
    assert options_of((a_variant(options={"B": "1"}), a_variant(options={"A": "1", "B": "2"}))) == ("B", "A")


def test_a_variant_is_called_by_its_options() -> None:
    assert a_variant(options={"Color": "Blue", "Size": "L"}).title == "Blue / L"
    assert a_variant().title == ""


def test_a_variant_names_no_image_that_its_product_lacks() -> None:
    with pytest.raises(Invalid) as refused:
        check_image(a_product(), a_variant(image_id="img_1"), field="variants.0.image_id")

    assert (refused.value.faults[0].code, refused.value.faults[0].field) == ("image_unknown", "variants.0.image_id")
