"""Bodies and answers of products."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from catalog import examples
from catalog.fields import LongText, SeoIn, SeoOut, Tags, prices, seo_changes, shown, unique
from catalog.image_schemas import ImageOut
from catalog.variant_schemas import DownloadDays, DownloadLimit, VariantIn, VariantOut, WeightG
from storekeeper.catalog import Product, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.lists import Card
from storekeeper.catalog.products.model import MAX_CUSTOM_FIELDS, MAX_OPTIONS, STANDARD_TAX, Dimensions, LengthUnit
from storekeeper.edge.fields import (
    Amount,
    AmountOut,
    CurrencyCode,
    Handle,
    Id,
    InModel,
    Instant,
    InstantOut,
    Name,
    Slug,
    Text,
    left_out,
)
from storekeeper.kernel import clock
from storekeeper.kernel.aws.storage import sign_read
from storekeeper.kernel.merging import merged
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

Status: TypeAlias = Literal["draft", "active", "archived"]
Length: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?$", examples=["12.5"])]
OptionNames: TypeAlias = Annotated[list[Name], Field(max_length=MAX_OPTIONS, examples=[["Color"]])]
CustomText: TypeAlias = Annotated[Text, Field(max_length=2_000)]


class DimensionsIn(InModel):
    """Length, width and height, as decimal strings in one unit."""

    length: Length
    width: Length
    height: Length
    unit: Annotated[LengthUnit, Field(examples=["cm"])]


class _ProductFields(InModel):
    short_description: Annotated[Text, Field(max_length=1_000)] | None = None
    description: LongText | None = None
    price: Amount | None = None
    compare_at_price: Amount | None = None
    cost: Amount | None = None
    weight_g: WeightG | None = None
    dimensions: DimensionsIn | None = None
    barcode: Handle | None = None
    download_limit: DownloadLimit | None = None
    download_days: DownloadDays | None = None
    published_at: Annotated[Instant, Field(description="Set when it is first active, unless given.")] | None = None


class ProductIn(_ProductFields):
    """A product with up to 45 variants. Its slug is made from its title, its options from its variants, if left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PRODUCT]})

    title: Annotated[Name, Field(examples=["Mug"])]
    slug: Slug | None = None
    currency: Annotated[CurrencyCode, Field(description="The tenant's, if left out.")] | None = None
    status: Annotated[Status, Field(examples=["active"])] = "draft"
    tax_category: Handle = STANDARD_TAX
    options: OptionNames = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    custom_fields: Annotated[dict[Handle, CustomText], Field(max_length=MAX_CUSTOM_FIELDS)] = Field(
        default_factory=dict
    )
    seo: SeoIn = Field(default_factory=SeoIn)
    featured: bool = False
    digital: Annotated[bool, Field(description="Needs no shipping.")] = False
    variants: Annotated[list[VariantIn], Field(max_length=100)] = Field(default_factory=list)

    def details(self, currency: Currency) -> ProductDetails:
        """What the merchant says, with an empty slug where one is to be made."""
        named = self.model_dump(exclude={"currency", "variants", "seo"})
        base = ProductDetails(title=self.title, slug="", currency=currency)
        return replace(base, **_changes(named, currency), seo=self.seo.applied(base.seo))

    def new_variants(self, currency: Currency, *, now: datetime) -> list[Variant]:
        """Its variants, in the order given."""
        return [one.variant(currency, now=now, at=f"variants.{place}.") for place, one in enumerate(self.variants)]


class ProductPatch(_ProductFields):
    """Changes of a product, as a merge patch; `dimensions` are replaced as a whole.

    Variants have routes of their own; the currency is fixed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PRODUCT_CHANGE]})

    title: Name = left_out()
    slug: Slug = left_out()
    status: Status = left_out()
    tax_category: Handle = left_out()
    options: OptionNames = left_out()
    tags: Tags = left_out()
    custom_fields: Annotated[dict[Handle, CustomText | None], Field(max_length=MAX_CUSTOM_FIELDS)] | None = left_out()
    seo: SeoIn | None = left_out()
    featured: bool = left_out()
    digital: bool = left_out()

    def applied(self, details: ProductDetails) -> ProductDetails:
        """The details with what this body names.

        Raises:
            Invalid: an amount has more decimals than the product's currency.
        """
        named = self.model_dump(exclude_unset=True, exclude={"seo"})
        if "custom_fields" in named:
            patch = named["custom_fields"]
            named["custom_fields"] = merged(details.custom_fields, patch, field="custom_fields", most=MAX_CUSTOM_FIELDS)
        changes = _changes(named, details.currency)
        return replace(details, **changes, **seo_changes(self, self.seo, details.seo))


def _changes(named: dict[str, Any], currency: Currency) -> dict[str, Any]:
    """Named members of a body as fields of ProductDetails."""
    changes = {**named, **prices(named, currency)}
    if "status" in changes:
        changes["status"] = ProductStatus(changes["status"])
    if changes.get("dimensions"):
        changes["dimensions"] = Dimensions(**changes["dimensions"])
    if "options" in changes:
        changes["options"] = tuple(changes["options"])
    if "tags" in changes:
        changes["tags"] = unique(changes["tags"])
    if changes.get("slug", "") is None:
        changes["slug"] = ""
    return changes


class ProductOut(BaseModel):
    """A product. One `version` counts every change of it, its variants and its images."""

    id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    title: Annotated[str, Field(examples=["Mug"])]
    slug: Slug
    status: Status
    currency: CurrencyCode
    short_description: str | None
    description: str | None
    price: AmountOut | None
    compare_at_price: AmountOut | None
    cost: AmountOut | None
    weight_g: WeightG | None
    dimensions: DimensionsIn | None
    barcode: str | None
    tax_category: Handle
    options: OptionNames
    tags: Tags
    custom_fields: dict[str, str]
    seo: SeoOut
    featured: bool
    digital: bool
    download_limit: DownloadLimit | None
    download_days: DownloadDays | None
    published_at: InstantOut | None
    images: list[ImageOut]
    variants: list[VariantOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, product: Product, *, now: datetime) -> "ProductOut":
        """As it is answered."""
        details = product.details
        return cls(
            id=product.id,
            title=details.title,
            slug=details.slug,
            status=details.status.value,
            currency=details.currency.code,
            short_description=details.short_description,
            description=details.description,
            price=shown(details.price),
            compare_at_price=shown(details.compare_at_price),
            cost=shown(details.cost),
            weight_g=details.weight_g,
            dimensions=_dimensions_out(details.dimensions),
            barcode=details.barcode,
            tax_category=details.tax_category,
            options=list(details.options),
            tags=list(details.tags),
            custom_fields=dict(details.custom_fields),
            seo=SeoOut.of(details.seo),
            featured=details.featured,
            digital=details.digital,
            download_limit=details.download_limit,
            download_days=details.download_days,
            published_at=clock.to_text(details.published_at) if details.published_at else None,
            images=[ImageOut.of(image, now=now) for image in product.images],
            variants=[VariantOut.of(product, variant) for variant in product.variants],
            version=product.version,
            created_at=clock.to_text(product.created_at),
            updated_at=clock.to_text(product.updated_at),
        )


def _dimensions_out(dimensions: Dimensions | None) -> DimensionsIn | None:
    return DimensionsIn.model_validate(dimensions, from_attributes=True) if dimensions else None


class ProductRow(BaseModel):
    """A product as the list shows it. `price` is that of its cheapest variant."""

    id: Id
    title: str
    slug: Slug
    status: Status
    currency: CurrencyCode
    price: AmountOut | None
    tags: list[str]
    featured: bool
    variant_count: int
    image_url: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, card: Card, *, now: datetime) -> "ProductRow":
        """As it is answered."""
        price, image = card["price"], card["image"]
        shown_price = None if price is None else str(Money(price, Currency.of(card["currency"])))
        return cls.model_validate(
            {**card, "price": shown_price, "image_url": sign_read(image, now=now) if image else None}
        )
