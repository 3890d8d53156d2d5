"""Collections as shoppers see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from storefront.category_schemas import SeoShown
from storefront.image_schemas import Picture
from storekeeper.catalog.collections.model import Collection
from storekeeper.edge.fields import Id, Slug


class CollectionCard(BaseModel):
    """A collection in the list."""

    id: Annotated[Id, Field(examples=["col_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    title: Annotated[str, Field(examples=["Gifts under 30"])]
    slug: Slug
    description: str | None
    image: Picture | None

    @classmethod
    def of(cls, collection: Collection, *, now: datetime) -> "CollectionCard":
        """As it is answered."""
        details = collection.details
        return cls(
            id=collection.id,
            title=details.title,
            slug=details.slug,
            description=details.description,
            image=Picture.of(collection.image, now=now),
        )


class CollectionPage(CollectionCard):
    """A collection's page."""

    seo: SeoShown

    @classmethod
    def page(cls, collection: Collection, *, now: datetime) -> "CollectionPage":
        """As it is answered."""
        card = CollectionCard.of(collection, now=now)
        return cls(**card.model_dump(), seo=SeoShown.of(collection.details.seo))
