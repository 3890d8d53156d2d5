"""The page of one product in a store, read live.

Where the environment has seen the page before, one round of reads is enough: it remembers which product and SKUs a slug
stood for, reads all of that side by side, and believes what it remembered only if what it has read says the same. That
round may be a moment old, at half the price: carts and checkout look again. Whatever does not fit is read for certain.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from storekeeper.catalog import (
    Category,
    CategoryTree,
    Image,
    Listing,
    Price,
    Product,
    TreeCache,
    Variant,
    find_product,
    is_shown,
    listing_from,
    listing_key,
    listing_text_key,
    product_of_slug,
    sold_variants,
    tree_key,
)
from storekeeper.inventory import is_hidden
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, together
from storekeeper.search.stock import keys_of, shelved_skus, units_of
from storekeeper.tenancy import AtZero, Settings, SettingsCache, settings_key

MAX_SLUGS = 5_000  # remembered per environment


class SoldVariant(Struct, frozen=True):
    """A variant as the store sells it, with the units of it that can be bought now."""

    variant: Variant
    price: Price
    available: int


class ProductPage(Struct, frozen=True):
    """What a product's page shows. `paths`: the way from a root to each shown category that the listing names.

    `at_zero`: what the store makes of what is sold out.
    """

    product: Product
    listing: Listing
    images: tuple[Image, ...]
    variants: tuple[SoldVariant, ...]
    paths: tuple[tuple[Category, ...], ...]
    at_zero: AtZero


class _Seen(Struct, frozen=True):
    """What a slug stood for when its page was last read."""

    product_id: ProductId
    skus: tuple[str, ...]
    locations: tuple[LocationId, ...]


class PageReader:
    """One environment's way to pages, with what it remembers of them."""

    def __init__(self, settings: SettingsCache, trees: TreeCache) -> None:
        self._settings, self._trees = settings, trees
        self._seen: OrderedDict[tuple[TenantId, StoreId, str], _Seen] = OrderedDict()

    def read(self, table: Table, store_id: StoreId, slug: str) -> ProductPage:
        """The page of the product that has this slug now.

        Raises:
            NotFound: no product that the store shows has it.
            StoreUnavailable: the store is not open.
        """
        name = (table.tenant_id, store_id, slug)
        seen = self._seen.get(name)
        page = self._read(table, store_id, slug, seen, consistent=False) if seen else None
        if page is None and (product_id := product_of_slug(table, slug)):
            page = self._read(table, store_id, slug, _Seen(product_id, (), ()), consistent=True)
        if page is None:
            self._seen.pop(name, None)
            raise NotFound("There is no such product.")
        return page

    def _read(self, table: Table, store_id: StoreId, slug: str, seen: _Seen, *, consistent: bool) -> ProductPage | None:
        """The page, if `seen` names the product that has the slug, and the store shows it, also at what is left."""
        product, read = self._read_together(table, store_id, seen, consistent=consistent)
        settings = self._settings.at(table, version=read[settings_key(table.tenant_id)]["settings_version"])
        at_zero = settings.open_store(store_id).settings.at_zero
        listing_item = read.get(listing_key(table.tenant_id, store_id, seen.product_id))
        if product is None or listing_item is None or product.details.slug != slug:
            return None
        listing = listing_from(listing_item, read.get(listing_text_key(table.tenant_id, store_id, seen.product_id)))
        if not is_shown(product, listing):
            return None
        units = self._units(table, product, listing, read, seen, settings=settings, slug=slug)
        if is_hidden(units.values(), at_zero):
            return None
        return ProductPage(
            product=product,
            listing=listing,
            images=listing.images_of(product),
            variants=tuple(
                SoldVariant(variant, price, units[variant.sku]) for variant, price in sold_variants(product, listing)
            ),
            paths=_paths(listing, self._tree(table, store_id, read)),
            at_zero=at_zero,
        )

    def _read_together(
        self, table: Table, store_id: StoreId, seen: _Seen, *, consistent: bool
    ) -> tuple[Product | None, Mapping[Key, Item]]:
        keys = (
            listing_key(table.tenant_id, store_id, seen.product_id),
            listing_text_key(table.tenant_id, store_id, seen.product_id),
            settings_key(table.tenant_id),
            tree_key(table.tenant_id, store_id),
            *keys_of(table.tenant_id, seen.skus, seen.locations),
        )
        items, product = together(
            lambda: table.get_many(keys, consistent=consistent),
            lambda: find_product(table, seen.product_id, consistent=consistent),
        )
        return cast("Product | None", product), cast("Mapping[Key, Item]", items)

    def _units(
        self,
        table: Table,
        product: Product,
        listing: Listing,
        read: Mapping[Key, Item],
        seen: _Seen,
        *,
        settings: Settings,
        slug: str,
    ) -> dict[str, int]:
        variants = tuple(variant for variant, _ in sold_variants(product, listing))
        skus = shelved_skus(variants)
        locations = tuple(location.id for location in settings.locations_for(listing.store_id))
        if not (set(skus) <= set(seen.skus) and set(locations) <= set(seen.locations)):
            read = table.get_many(keys_of(table.tenant_id, skus, locations))
        self._remember((table.tenant_id, listing.store_id, slug), _Seen(product.id, skus, locations))
        return units_of(table, read, variants, locations)

    def _tree(self, table: Table, store_id: StoreId, read: Mapping[Key, Item]) -> CategoryTree:
        item = read.get(tree_key(table.tenant_id, store_id))
        return self._trees.at(table, store_id, version=item["version"] if item else 0)

    def _remember(self, name: tuple[TenantId, StoreId, str], seen: _Seen) -> None:
        self._seen[name] = seen
        self._seen.move_to_end(name)
        while len(self._seen) > MAX_SLUGS:
            self._seen.popitem(last=False)


def _paths(listing: Listing, tree: CategoryTree) -> tuple[tuple[Category, ...], ...]:
    shown = (category_id for category_id in listing.details.category_ids if tree.is_shown(category_id))
    return tuple(tree.path(category_id) for category_id in shown)
