"""Bodies and answers of categories."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from catalog import examples
from catalog.fields import SeoIn, SeoOut, seo_changes
from catalog.image_schemas import ImageOut
from storekeeper.catalog import Category
from storekeeper.catalog.categories.model import CategoryDetails
from storekeeper.catalog.seo import NO_SEO
from storekeeper.edge.fields import Id, InModel, InstantOut, Name, Slug, Text, left_out
from storekeeper.kernel import clock
from storekeeper.kernel.records import replace

MAX_POSITION = 1_000_000

Position: TypeAlias = Annotated[int, Field(ge=0, le=MAX_POSITION, description="Lower is first.", examples=[0])]


class CategoryIn(InModel):
    """A category. Its slug is made from its name if left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CATEGORY]})

    name: Annotated[Name, Field(examples=["Kitchen"])]
    slug: Slug | None = None
    parent_id: Annotated[Id, Field(description="Null: at the top.")] | None = None
    description: Text | None = None
    position: Position = 0
    visible: bool = True
    seo: SeoIn = Field(default_factory=SeoIn)

    def details(self) -> CategoryDetails:
        """What the merchant says, with an empty slug where one is to be made."""
        named: dict[str, Any] = self.model_dump(exclude={"seo"})
        return CategoryDetails(**{**named, "slug": self.slug or ""}, seo=self.seo.applied(NO_SEO))


class CategoryPatch(InModel):
    """Changes of a category, as a merge patch."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CATEGORY_CHANGE]})

    name: Name = left_out()
    slug: Slug = left_out()
    parent_id: Id | None = None
    description: Text | None = None
    position: Position = left_out()
    visible: bool = left_out()
    seo: SeoIn | None = left_out()

    def applied(self, details: CategoryDetails) -> CategoryDetails:
        """The details with what this body names."""
        changes = self.model_dump(exclude_unset=True, exclude={"seo"})
        return replace(details, **changes, **seo_changes(self, self.seo, details.seo))


class CategoryOut(BaseModel):
    """A category."""

    id: Annotated[Id, Field(examples=["cat_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["Kitchen"])]
    slug: Slug
    parent_id: Id | None
    description: str | None
    position: Position
    visible: bool
    seo: SeoOut
    image: ImageOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, category: Category, *, now: datetime) -> "CategoryOut":
        """As it is answered."""
        details = category.details
        return cls(
            id=category.id,
            name=details.name,
            slug=details.slug,
            parent_id=details.parent_id,
            description=details.description,
            position=details.position,
            visible=details.visible,
            seo=SeoOut.of(details.seo),
            image=ImageOut.of(category.image, now=now) if category.image else None,
            version=category.version,
            created_at=clock.to_text(category.created_at),
            updated_at=clock.to_text(category.updated_at),
        )
