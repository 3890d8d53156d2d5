"""What a product is, and what makes one whole. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType, TypeAlias

from msgspec import Struct, field

from storekeeper.catalog.images import Image, ImageId
from storekeeper.catalog.seo import NO_SEO, Seo
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

VariantId = NewType("VariantId", str)
LengthUnit: TypeAlias = Literal["mm", "cm", "m", "in", "ft"]

MAX_OPTIONS = 3
MAX_VARIANTS = 100
MAX_VARIANTS_AT_ONCE = 45  # each is two items, and product, text, slug and mark go with them into one transaction
MAX_CUSTOM_FIELDS = 50
MAX_CUSTOM_BYTES = 64 * 1024  # of all together: with the descriptions they are one item, of which 400 KB is the most
STANDARD_TAX = "standard"


class ProductStatus(StrEnum):
    """Shoppers see only active products. Any status may follow any."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class SkuTaken(StorekeeperError):
    """Another variant of the tenant has this SKU."""

    code, kind = "sku_taken", "conflict"


class SkuInUse(StorekeeperError):
    """The SKU has, or had, stock: its ledger stands under this name for good. Or it is a kit, or part of one."""

    code, kind = "sku_in_use", "conflict"


class ProductInUse(StorekeeperError):
    """One of its SKUs has, or had, stock, and so may have orders; or it is a kit, or part of one."""

    code, kind = "product_in_use", "conflict"


class Dimensions(Struct, frozen=True):
    """Length, width and height as decimal strings, kept as the merchant gave them."""

    length: str
    width: str
    height: str
    unit: LengthUnit


class Component(Struct, frozen=True):
    """Units of a SKU that one unit of a kit is made of."""

    sku: str
    quantity: int


class Variant(Struct, frozen=True):
    """One buyable form. What is None is the product's: price, compare-at price, cost, weight, limits of downloads.

    Variants are shown in the order of `position`; a variant that goes leaves a gap. `options` maps some of
    the product's options to values. An inactive variant is not sold, but keeps its stock. One with `components` is a
    kit: its stock is theirs.
    """

    id: VariantId
    sku: str
    position: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    price: Money | None = None
    compare_at_price: Money | None = None
    cost: Money | None = None
    barcode: str | None = None
    weight_g: int | None = None
    image_id: ImageId | None = None
    active: bool = True
    download_limit: int | None = None
    download_days: int | None = None
    components: tuple[Component, ...] = ()

    @property
    def title(self) -> str:
        """Its options in words: `Blue / Large`; empty where it has none."""
        return " / ".join(self.options.values())


class ProductDetails(Struct, frozen=True):
    """What a merchant says about a product.

    Each unit bought may be downloaded `download_limit` times, within `download_days` of its payment; None: no limit.
    """

    title: str
    slug: str
    currency: Currency
    status: ProductStatus = ProductStatus.DRAFT
    short_description: str | None = None
    description: str | None = None
    price: Money | None = None
    compare_at_price: Money | None = None
    cost: Money | None = None
    weight_g: int | None = None
    dimensions: Dimensions | None = None
    barcode: str | None = None
    tax_category: str = STANDARD_TAX
    options: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, str] = field(default_factory=dict)
    seo: Seo = NO_SEO
    featured: bool = False
    digital: bool = False
    download_limit: int | None = None
    download_days: int | None = None
    published_at: datetime | None = None


class Product(Struct, frozen=True):
    """A product with all that belongs to it. `listings_made` counts the listings ever made of it."""

    id: ProductId
    details: ProductDetails
    variants: tuple[Variant, ...]
    images: tuple[Image, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    listings_made: int = 0

    @property
    def status(self) -> ProductStatus:
        """Whether shoppers may see it."""
        return self.details.status

    def variant(self, variant_id: str) -> Variant | None:
        """The variant with this id."""
        return next((variant for variant in self.variants if variant.id == variant_id), None)

    def price_of(self, variant: Variant) -> Money | None:
        """What a variant costs where no store says otherwise."""
        return variant.price if variant.price is not None else self.details.price


def revised(product: Product, *, now: datetime, **changes: object) -> Product:
    """The product after a change: checked, one version on, with `published_at` set once it is first active.

    Raises:
        Invalid: the change would leave it unsound; see `check_product`.
    """
    changed = replace(product, **changes, version=product.version + 1, updated_at=now)  # type: ignore[arg-type]
    changed = replace(changed, details=published(changed.details, now=now))
    check_product(changed, now=now)
    return changed


def published(details: ProductDetails, *, now: datetime) -> ProductDetails:
    """With the time of its publication, if it is active and has none."""
    if details.status is ProductStatus.ACTIVE and details.published_at is None:
        return replace(details, published_at=now)
    return details


def check_product(product: Product, *, now: datetime) -> None:
    """Whether the parts fit together.

    Raises:
        Invalid: they do not; every fault is named.
    """
    faults = [*_product_faults(product.details, now=now), *_variant_faults(product)]
    if faults:
        raise Invalid(faults[0].detail, faults=faults)


def _product_faults(details: ProductDetails, *, now: datetime) -> Iterator[Fault]:
    if len(details.options) > MAX_OPTIONS:
        yield Fault("options", "too_many_options", f"A product has at most {MAX_OPTIONS} options.")
    if len(set(details.options)) < len(details.options):
        yield Fault("options", "option_repeated", "Name each option once.")
    if sum(len(text.encode()) for text in details.custom_fields.values()) > MAX_CUSTOM_BYTES:
        yield Fault("custom_fields", "custom_fields_too_long", "All together hold at most 64 KiB of UTF-8.")
    if details.published_at is not None and details.published_at > now:
        yield Fault("published_at", "published_at_future", "Give a time that has passed; until then keep it a draft.")


def _variant_faults(product: Product) -> Iterator[Fault]:
    if len(product.variants) > MAX_VARIANTS:
        yield Fault("variants", "too_many_variants", f"A product has at most {MAX_VARIANTS} variants.")
    skus = Counter(variant.sku for variant in product.variants)
    forms = Counter(_form(variant) for variant in product.variants if variant.options)
    for number, variant in enumerate(product.variants):
        at = f"variants.{number}"
        if skus[variant.sku] > 1:
            yield Fault(f"{at}.sku", "sku_repeated", f"Two variants have the SKU {variant.sku}.")
        if forms[_form(variant)] > 1:
            yield Fault(f"{at}.options", "options_repeated", "Two variants have the same options.")
        if not set(variant.options) <= set(product.details.options):
            yield Fault(f"{at}.options", "option_unknown", "A variant may only use the product's options.")
        if product.price_of(variant) is None:
            yield Fault(f"{at}.price", "price_missing", "Give the variant a price, or the product.")


def check_image(product: Product, variant: Variant, *, field: str = "image_id") -> None:
    """Whether the product has the image that a variant names. (One that goes later is simply no longer shown.)

    Raises:
        Invalid: `image_unknown`.
    """
    if variant.image_id is not None and all(image.id != variant.image_id for image in product.images):
        raise Invalid.field(field, "image_unknown", "The product has no such image.")


def _form(variant: Variant) -> frozenset[tuple[str, str]]:
    return frozenset(variant.options.items())


def options_of(variants: tuple[Variant, ...]) -> tuple[str, ...]:
    """The option names that variants use, in the order in which they come up."""
    return tuple(dict.fromkeys(name for variant in variants for name in variant.options))
