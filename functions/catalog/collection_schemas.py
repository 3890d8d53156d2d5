"""Bodies and answers of collections."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from catalog import examples
from catalog.category_schemas import Position
from catalog.fields import SeoIn, SeoOut, seo_changes
from catalog.image_schemas import ImageOut
from catalog.product_schemas import Status
from storekeeper.catalog.collections.model import Collection, CollectionDetails
from storekeeper.catalog.collections.order import END, MAX_PRODUCTS, Spot
from storekeeper.catalog.collections.picking import MAX_ADDED
from storekeeper.catalog.collections.store import Member
from storekeeper.catalog.seo import NO_SEO
from storekeeper.edge.fields import Id, InModel, InstantOut, Name, Slug, Text, left_out
from storekeeper.kernel import clock
from storekeeper.kernel.aws.storage import sign_read
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.records import replace

Before: TypeAlias = Annotated[Id, Field(description="Right before this product of the collection.")]
After: TypeAlias = Annotated[Id, Field(description="Right after this product of the collection.")]
Place: TypeAlias = Annotated[int, Field(ge=0, le=MAX_PRODUCTS, description="0 is first; beyond the end is last.")]
WAYS = ("before", "after", "place")


class CollectionIn(InModel):
    """A collection, without products yet. Its slug is made from its title if left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COLLECTION]})

    title: Annotated[Name, Field(examples=["Gifts under 30"])]
    slug: Slug | None = None
    description: Text | None = None
    position: Position = 0
    visible: bool = True
    seo: SeoIn = Field(default_factory=SeoIn)

    def details(self) -> CollectionDetails:
        """What the merchant says, with an empty slug where one is to be made."""
        named: dict[str, Any] = self.model_dump(exclude={"seo"})
        return CollectionDetails(**{**named, "slug": self.slug or ""}, seo=self.seo.applied(NO_SEO))


class CollectionPatch(InModel):
    """Changes of a collection, as a merge patch."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COLLECTION_CHANGE]})

    title: Name = left_out()
    slug: Slug = left_out()
    description: Text | None = None
    position: Position = left_out()
    visible: bool = left_out()
    seo: SeoIn | None = left_out()

    def applied(self, details: CollectionDetails) -> CollectionDetails:
        """The details with what this body names."""
        changes = self.model_dump(exclude_unset=True, exclude={"seo"})
        return replace(details, **changes, **seo_changes(self, self.seo, details.seo))


class CollectionOut(BaseModel):
    """A collection. One `version` counts every change of it, of its products and of their order."""

    id: Annotated[Id, Field(examples=["col_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    title: Annotated[str, Field(examples=["Gifts under 30"])]
    slug: Slug
    description: str | None
    position: Position
    visible: bool
    seo: SeoOut
    image: ImageOut | None
    product_count: Annotated[int, Field(description="Those too that shoppers do not see now.", examples=[3])]
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, collection: Collection, *, now: datetime) -> "CollectionOut":
        """As it is answered."""
        details = collection.details
        return cls(
            id=collection.id,
            title=details.title,
            slug=details.slug,
            description=details.description,
            position=details.position,
            visible=details.visible,
            seo=SeoOut.of(details.seo),
            image=ImageOut.of(collection.image, now=now) if collection.image else None,
            product_count=collection.product_count,
            version=collection.version,
            created_at=clock.to_text(collection.created_at),
            updated_at=clock.to_text(collection.updated_at),
        )


class SpotIn(InModel):
    """Where products go."""

    before: Before | None = None
    after: After | None = None
    place: Place | None = None

    def spot(self) -> Spot:
        """As the domain knows it.

        Raises:
            Invalid: it names more than one.
        """
        named = [name for name in WAYS if getattr(self, name) is not None]
        if len(named) > 1:
            raise Invalid.field(named[1], "place_ambiguous", "Say before, after or place, not several of them.")
        before, after = (ProductId(beside) if beside else None for beside in (self.before, self.after))
        return Spot(before, after, self.place)


class ProductsIn(SpotIn):
    """Products to put into a collection, in this order; at its end unless it says `before`, `after` or `place`."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COLLECTION_PRODUCTS]})

    product_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_ADDED)]


class MoveIn(SpotIn):
    """Where a product of a collection goes: `before` or `after` another one, or to a `place`."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COLLECTION_MOVE]})

    def spot(self) -> Spot:
        """As the domain knows it.

        Raises:
            Invalid: it names none, or more than one.
        """
        spot = super().spot()
        if spot == END:
            raise Invalid.field("place", "place_missing", "Say before, after or place.")
        return spot


class OrderIn(InModel):
    """A collection's products in a new order. Those that are not named follow as they stood."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COLLECTION_PRODUCTS]})

    product_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_PRODUCTS)]


class CollectionProduct(BaseModel):
    """A product of a collection. Shoppers see it if its `status` is active and its listing `visible`."""

    product_id: Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    listing_id: Annotated[Id, Field(examples=["lst_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    place: Annotated[int, Field(description="From 0.", examples=[0])]
    title: Annotated[str, Field(examples=["Mug"])]
    slug: Slug
    status: Status
    visible: bool
    image_url: str | None

    @classmethod
    def of(cls, member: Member, *, now: datetime) -> "CollectionProduct":
        """As it is answered."""
        product, listing = member.product, member.listing
        return cls(
            product_id=product["id"],
            listing_id=listing["id"],
            place=member.place,
            title=listing["title"] or product["title"],
            slug=product["slug"],
            status=product["status"],
            visible=listing["visible"],
            image_url=sign_read(product["image"], now=now) if product["image"] else None,
        )
