"""What a category is, and what keeps a store's categories a tree. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.images import Image
from storekeeper.catalog.seo import NO_SEO, Seo
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.ids import CategoryId, StoreId
from storekeeper.kernel.records import replace

MAX_CATEGORIES = 500  # of a store: the tree is read whole, in one page
MAX_DEPTH = 6


class CategoryHasChildren(StorekeeperError):
    """Categories stand below it."""

    code, kind = "category_has_children", "conflict"


class CategoryDetails(Struct, frozen=True):
    """What a merchant says about a category. A category is shown if it and all above it are `visible`."""

    name: str
    slug: str
    parent_id: CategoryId | None = None
    description: str | None = None
    position: int = 0
    visible: bool = True
    seo: Seo = NO_SEO


class Category(Struct, frozen=True):
    """A node of a store's tree."""

    id: CategoryId
    store_id: StoreId
    details: CategoryDetails
    image: Image | None
    version: int
    created_at: datetime
    updated_at: datetime


class CategoryTree(Struct, frozen=True, dict=True):
    """All categories of a store, at one `version` (0: it never had any)."""

    version: int
    categories: Mapping[CategoryId, Category]

    @cached_property
    def _children(self) -> Mapping[CategoryId | None, tuple[Category, ...]]:
        by_parent: defaultdict[CategoryId | None, list[Category]] = defaultdict(list)
        for category in sorted(self.categories.values(), key=_place):
            by_parent[category.details.parent_id].append(category)
        return {parent: tuple(children) for parent, children in by_parent.items()}

    @cached_property
    def _by_slug(self) -> Mapping[str, Category]:
        return {category.details.slug: category for category in self.categories.values()}

    def children(self, category_id: CategoryId | None) -> tuple[Category, ...]:
        """Those right below a category (None: the roots), by position, then name."""
        return self._children.get(category_id, ())

    def by_slug(self, slug: str) -> Category | None:
        """The category with this slug."""
        return self._by_slug.get(slug)

    def path(self, category_id: CategoryId | None) -> tuple[Category, ...]:
        """A category and those above it, from the root; empty where there is no such category."""
        found: list[Category] = []
        category = self.categories.get(category_id) if category_id else None
        while category is not None and len(found) <= MAX_DEPTH:
            found.append(category)
            parent_id = category.details.parent_id
            category = self.categories.get(parent_id) if parent_id else None
        return tuple(reversed(found))

    def is_shown(self, category_id: CategoryId) -> bool:
        """Whether shoppers see it."""
        path = self.path(category_id)
        return bool(path) and all(category.details.visible for category in path)

    def below(self, category_id: CategoryId) -> Iterator[Category]:
        """All that stand below a category, at any depth."""
        for child in self.children(category_id):
            yield child
            yield from self.below(child.id)

    def height(self, category_id: CategoryId) -> int:
        """How many levels a category and those below it make."""
        return 1 + max((self.height(child.id) for child in self.children(category_id)), default=0)


def _place(category: Category) -> tuple[int, str, str]:
    return category.details.position, category.details.name, category.id


def with_category(tree: CategoryTree, category: Category) -> CategoryTree:
    """The tree with a category that is new or changed, one version on.

    Raises:
        SlugTaken: another category of the store has its slug.
        Invalid: its parent is not there or stands below it; the tree would be too deep or too large.
    """
    details = category.details
    other = tree.by_slug(details.slug)
    if other is not None and other.id != category.id:
        raise SlugTaken(f"The store has another category with the slug {details.slug}.")
    if category.id not in tree.categories and len(tree.categories) >= MAX_CATEGORIES:
        raise Invalid.field("parent_id", "too_many_categories", f"A store has at most {MAX_CATEGORIES} categories.")
    _check_parent(tree, category)
    return CategoryTree(tree.version + 1, {**tree.categories, category.id: category})


def _check_parent(tree: CategoryTree, category: Category) -> None:
    parent_id = category.details.parent_id
    if parent_id is None:
        return
    above = tree.path(parent_id)
    if not above:
        raise Invalid.field("parent_id", "category_unknown", "The store has no such category.")
    if any(one.id == category.id for one in above):
        raise Invalid.field("parent_id", "category_cycle", "A category cannot stand below itself.")
    if len(above) + tree.height(category.id) > MAX_DEPTH:
        raise Invalid.field("parent_id", "category_too_deep", f"Categories go at most {MAX_DEPTH} levels deep.")


def without_category(tree: CategoryTree, category_id: CategoryId) -> CategoryTree:
    """The tree without a category, one version on. Listings that name it are simply no longer in it.

    Raises:
        CategoryHasChildren: it has children.
    """
    if tree.children(category_id):
        raise CategoryHasChildren("Move or delete the categories below it first.")
    left = {one: category for one, category in tree.categories.items() if one != category_id}
    return CategoryTree(tree.version + 1, left)


def revised(category: Category, *, now: datetime, **changes: object) -> Category:
    """The category after a change, one version on."""
    return replace(category, **changes, version=category.version + 1, updated_at=now)  # type: ignore[arg-type]
