"""Categories as shoppers see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from storefront.image_schemas import Picture
from storekeeper.catalog import Category, CategoryTree, Seo
from storekeeper.edge.fields import Id, Slug


class SeoShown(BaseModel):
    """What search engines are told; null: the thing's own title and description."""

    title: str | None
    description: str | None
    keywords: list[str]

    @classmethod
    def of(cls, seo: Seo) -> "SeoShown":
        """As it is answered."""
        return cls(title=seo.title, description=seo.description, keywords=list(seo.keywords))


class CategoryLink(BaseModel):
    """A category, as something else names it."""

    id: Id
    name: Annotated[str, Field(examples=["Kitchen"])]
    slug: Slug

    @classmethod
    def of(cls, category: Category) -> "CategoryLink":
        """As it is answered."""
        return cls(id=category.id, name=category.details.name, slug=category.details.slug)


class CategoryNode(CategoryLink):
    """A category with those below it."""

    image: Picture | None
    children: Annotated[list["CategoryNode"], Field(examples=[[]])]

    @classmethod
    def below(cls, tree: CategoryTree, category: Category, *, now: datetime) -> "CategoryNode":
        """As it is answered; what is not visible is left out, with all below it."""
        children = [child for child in tree.children(category.id) if child.details.visible]
        return cls(
            id=category.id,
            name=category.details.name,
            slug=category.details.slug,
            image=Picture.of(category.image, now=now),
            children=[cls.below(tree, child, now=now) for child in children],
        )


class CategoryPage(CategoryLink):
    """A category's page. `breadcrumbs` lead to it from the top, itself not included."""

    description: str | None
    image: Picture | None
    seo: SeoShown
    breadcrumbs: list[CategoryLink]
    children: list[CategoryLink]

    @classmethod
    def page(cls, tree: CategoryTree, category: Category, *, now: datetime) -> "CategoryPage":
        """As it is answered."""
        details = category.details
        return cls(
            id=category.id,
            name=details.name,
            slug=details.slug,
            description=details.description,
            image=Picture.of(category.image, now=now),
            seo=SeoShown.of(details.seo),
            breadcrumbs=[CategoryLink.of(above) for above in tree.path(category.id)[:-1]],
            children=[CategoryLink.of(child) for child in tree.children(category.id) if child.details.visible],
        )
