"""Products as shoppers see them."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from storefront.category_schemas import CategoryLink, SeoShown
from storefront.image_schemas import Picture
from storekeeper.catalog import Seo
from storekeeper.edge.fields import AmountOut, CurrencyCode, Id, Sku, Slug
from storekeeper.inventory import availability_of
from storekeeper.kernel.aws.storage import sign_read
from storekeeper.search import Card, ProductPage, SoldVariant
from storekeeper.tenancy import AtZero

AvailabilityShown: TypeAlias = Annotated[
    Literal["in_stock", "out_of_stock", "pre_order"],
    Field(description="`pre_order`: nothing is left, and the store says so. It cannot be checked out yet."),
]


class ProductCard(BaseModel):
    """A product in a list. `price` is that of its cheapest variant, `highest_price` of its dearest."""

    id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    slug: Slug
    title: Annotated[str, Field(examples=["Mug"])]
    currency: CurrencyCode
    price: AmountOut
    highest_price: AmountOut
    compare_at_price: AmountOut | None
    on_sale: bool
    in_stock: bool
    availability: AvailabilityShown
    featured: bool
    promoted: bool
    tags: list[str]
    image: Picture | None

    @classmethod
    def of(cls, card: Card, *, at_zero: AtZero, now: datetime) -> "ProductCard":
        """As it is answered."""
        image = Picture(url=sign_read(card.image_key, now=now), alt=card.image_alt) if card.image_key else None
        return cls(
            id=card.product_id,
            slug=card.slug,
            title=card.title,
            currency=card.currency,
            price=str(card.price),
            highest_price=str(card.highest_price),
            compare_at_price=str(card.compare_at) if card.compare_at else None,
            on_sale=card.compare_at is not None,
            in_stock=card.in_stock,
            availability=availability_of(int(card.in_stock), at_zero).value,
            featured=card.featured,
            promoted=card.promoted,
            tags=list(card.tags),
            image=image,
        )


class VariantShown(BaseModel):
    """A variant that can be bought. `available` is how many units there are right now."""

    id: Id
    sku: Sku
    title: Annotated[str, Field(examples=["Blue"])]
    options: Annotated[dict[str, str], Field(examples=[{"Color": "Blue"}])]
    price: AmountOut
    compare_at_price: AmountOut | None
    available: Annotated[int, Field(examples=[14])]
    in_stock: bool
    availability: AvailabilityShown
    weight_g: int | None
    barcode: str | None
    image: Picture | None

    @classmethod
    def of(cls, sold: SoldVariant, page: ProductPage, *, now: datetime) -> "VariantShown":
        """As it is answered."""
        variant, price = sold.variant, sold.price
        image = next((image for image in page.product.images if image.id == variant.image_id), None)
        return cls(
            id=variant.id,
            sku=variant.sku,
            title=variant.title,
            options=dict(variant.options),
            price=str(price.amount),
            compare_at_price=str(price.compare_at) if price.compare_at else None,
            available=sold.available,
            in_stock=sold.available > 0,
            availability=availability_of(sold.available, page.at_zero).value,
            weight_g=variant.weight_g if variant.weight_g is not None else page.product.details.weight_g,
            barcode=variant.barcode,
            image=Picture.of(image, now=now),
        )


class CategoryPath(CategoryLink):
    """A category that the product is in. `breadcrumbs` lead to it from the top, itself not included."""

    breadcrumbs: list[CategoryLink]


class ProductShown(BaseModel):
    """A product's page. `price` is that of its cheapest variant."""

    id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    slug: Slug
    title: Annotated[str, Field(examples=["Mug"])]
    short_description: str | None
    description: str | None
    currency: CurrencyCode
    price: AmountOut
    compare_at_price: AmountOut | None
    on_sale: bool
    in_stock: bool
    availability: AvailabilityShown
    featured: bool
    promoted: bool
    digital: bool
    tags: list[str]
    options: Annotated[list[str], Field(examples=[["Color"]])]
    variants: list[VariantShown]
    images: list[Picture]
    categories: list[CategoryPath]
    seo: SeoShown

    @classmethod
    def of(cls, page: ProductPage, *, now: datetime) -> "ProductShown":
        """As it is answered: what the listing says counts before what the product says."""
        listing, own = page.listing.details, page.product.details
        cheapest = min(page.variants, key=lambda sold: sold.price.amount.minor).price
        return cls(
            id=page.product.id,
            slug=own.slug,
            title=listing.title or own.title,
            short_description=listing.short_description or own.short_description,
            description=listing.description or own.description,
            currency=page.listing.currency.code,
            price=str(cheapest.amount),
            compare_at_price=str(cheapest.compare_at) if cheapest.compare_at else None,
            on_sale=cheapest.compare_at is not None,
            in_stock=any(sold.available > 0 for sold in page.variants),
            availability=availability_of(max(sold.available for sold in page.variants), page.at_zero).value,
            featured=own.featured,
            promoted=listing.promoted,
            digital=own.digital,
            tags=list(own.tags if listing.tags is None else listing.tags),
            options=list(own.options),
            variants=[VariantShown.of(sold, page, now=now) for sold in page.variants],
            images=[picture for image in page.images if (picture := Picture.of(image, now=now))],
            categories=[_path(page, at) for at in range(len(page.paths))],
            seo=SeoShown.of(_seo(listing.seo, own.seo)),
        )


def _path(page: ProductPage, at: int) -> CategoryPath:
    *above, category = page.paths[at]
    named = CategoryLink.of(category)
    return CategoryPath(**named.model_dump(), breadcrumbs=[CategoryLink.of(one) for one in above])


def _seo(listing: Seo, product: Seo) -> Seo:
    return Seo(
        listing.title or product.title,
        listing.description or product.description,
        listing.keywords or product.keywords,
    )
