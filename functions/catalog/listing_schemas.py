"""Bodies and answers of listings."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from catalog import examples
from catalog.fields import LongText, SeoIn, SeoOut, Tags, money, seo_changes, shown, unique
from storekeeper.catalog import Listing, ListingDetails
from storekeeper.catalog.images import MAX_IMAGES
from storekeeper.catalog.listings.model import MAX_CATEGORIES, OwnPrice
from storekeeper.catalog.lists import Card
from storekeeper.catalog.products.model import MAX_VARIANTS
from storekeeper.catalog.seo import NO_SEO
from storekeeper.edge.fields import Amount, AmountOut, CurrencyCode, Id, InModel, InstantOut, Name, Sku, Text, left_out
from storekeeper.kernel import clock
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

MAX_SORT_ORDER = 1_000_000_000

SortOrder: TypeAlias = Annotated[int, Field(ge=0, le=MAX_SORT_ORDER, description="Lower is first.", examples=[10])]
MarkupBp: TypeAlias = Annotated[
    int, Field(ge=-10_000, le=1_000_000, description="Basis points on the product's prices.", examples=[500])
]
ImageIds: TypeAlias = Annotated[
    list[Id], Field(max_length=MAX_IMAGES, description="The product's images to show; none: all.", examples=[[]])
]
CategoryIds: TypeAlias = Annotated[list[Id], Field(max_length=MAX_CATEGORIES, examples=[[]])]


class OwnPriceIn(InModel):
    """What one variant costs in this store."""

    price: Amount
    compare_at_price: Amount | None = None


VariantPrices: TypeAlias = Annotated[
    dict[Sku, OwnPriceIn], Field(max_length=MAX_VARIANTS, description="Own prices by SKU.", examples=[{}])
]


class _ListingFields(InModel):
    title: Name | None = None
    short_description: Annotated[Text, Field(max_length=1_000)] | None = None
    description: LongText | None = None
    tags: Tags | None = None
    price: Annotated[Amount, Field(description="Own price, for every variant.")] | None = None
    compare_at_price: Amount | None = None


class ListingIn(_ListingFields):
    """How the store shows a product. What is left out or null is as the product has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LISTING]})

    product_id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    visible: bool = True
    promoted: bool = False
    sort_order: SortOrder = 0
    seo: SeoIn = Field(default_factory=SeoIn)
    image_ids: ImageIds = Field(default_factory=list)
    category_ids: CategoryIds = Field(default_factory=list)
    markup_bp: MarkupBp = 0
    variant_prices: VariantPrices = Field(default_factory=dict)

    def details(self, currency: Currency) -> ListingDetails:
        """What the merchant says.

        Raises:
            Invalid: an amount has more decimals than the store's currency.
        """
        named = self.model_dump(exclude={"product_id", "seo"})
        return replace(ListingDetails(), **_changes(named, currency), seo=self.seo.applied(NO_SEO))


class ListingPatch(_ListingFields):
    """Changes of a listing, as a merge patch. `variant_prices` are merged by SKU, each of them as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LISTING_CHANGE]})

    visible: bool = left_out()
    promoted: bool = left_out()
    sort_order: SortOrder = left_out()
    seo: SeoIn | None = left_out()
    image_ids: ImageIds = left_out()
    category_ids: CategoryIds = left_out()
    markup_bp: MarkupBp = left_out()
    variant_prices: Annotated[dict[Sku, OwnPriceIn | None], Field(max_length=MAX_VARIANTS)] | None = left_out()

    def applied(self, details: ListingDetails, currency: Currency) -> ListingDetails:
        """The details with what this body names.

        Raises:
            Invalid: an amount has more decimals than the store's currency.
        """
        named = self.model_dump(exclude_unset=True, exclude={"seo"})
        changes = _changes(named, currency)
        if "variant_prices" in named:
            gone = {sku for sku, own in (named["variant_prices"] or {}).items() if own is None}
            kept = {} if named["variant_prices"] is None else dict(details.variant_prices)
            own_prices = {**kept, **changes["variant_prices"]}
            changes["variant_prices"] = {sku: own for sku, own in own_prices.items() if sku not in gone}
        return replace(details, **changes, **seo_changes(self, self.seo, details.seo))


def _changes(named: Mapping[str, Any], currency: Currency) -> dict[str, Any]:
    """Named members of a body as fields of ListingDetails."""
    changes = dict(named)
    for name in ("price", "compare_at_price"):
        if name in changes:
            changes[name] = money(changes[name], currency, field=name)
    if "variant_prices" in changes:
        changes["variant_prices"] = {
            sku: _own_price(own, currency) for sku, own in (named["variant_prices"] or {}).items() if own is not None
        }
    for name in ("image_ids", "category_ids", "tags"):
        if changes.get(name) is not None:
            changes[name] = unique(changes[name])
    return changes


def _own_price(own: Mapping[str, str | None], currency: Currency) -> OwnPrice:
    price, compare_at = own["price"], own.get("compare_at_price")
    return OwnPrice(
        Money.parse(price or "", currency, field="variant_prices"), money(compare_at, currency, field="variant_prices")
    )


class OwnPriceOut(BaseModel):
    """What one variant costs in this store."""

    price: AmountOut
    compare_at_price: AmountOut | None


class ListingRow(BaseModel):
    """A listing as the list shows it."""

    id: Annotated[Id, Field(examples=["lst_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    product_id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    currency: CurrencyCode
    visible: bool
    promoted: bool
    sort_order: SortOrder
    title: str | None
    tags: Tags | None
    category_ids: CategoryIds
    markup_bp: MarkupBp
    price: AmountOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of_card(cls, card: Card) -> "ListingRow":
        """As it is answered."""
        minor = card["price"]
        price = None if minor is None else str(Money(minor, Currency.of(card["currency"])))
        return cls.model_validate({**card, "price": price})


class ListingOut(ListingRow):
    """A listing."""

    store_id: Id
    short_description: str | None
    description: str | None
    seo: SeoOut
    image_ids: ImageIds
    compare_at_price: AmountOut | None
    variant_prices: dict[str, OwnPriceOut]

    @classmethod
    def of(cls, listing: Listing) -> "ListingOut":
        """As it is answered."""
        details = listing.details
        return cls(
            id=listing.id,
            store_id=listing.store_id,
            product_id=listing.product_id,
            currency=listing.currency.code,
            visible=details.visible,
            promoted=details.promoted,
            sort_order=details.sort_order,
            title=details.title,
            short_description=details.short_description,
            description=details.description,
            seo=SeoOut.of(details.seo),
            image_ids=list(details.image_ids),
            tags=None if details.tags is None else list(details.tags),
            category_ids=list(details.category_ids),
            markup_bp=details.markup_bp,
            price=shown(details.price),
            compare_at_price=shown(details.compare_at_price),
            variant_prices={
                sku: OwnPriceOut(price=str(own.price), compare_at_price=shown(own.compare_at_price))
                for sku, own in details.variant_prices.items()
            },
            version=listing.version,
            created_at=clock.to_text(listing.created_at),
            updated_at=clock.to_text(listing.updated_at),
        )
