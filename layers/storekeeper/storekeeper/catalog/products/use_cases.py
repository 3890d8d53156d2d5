"""What a merchant does with products."""

from collections.abc import Callable, Sequence
from datetime import datetime

from storekeeper.catalog.downloads.items import drop_no_downloads
from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.listings import items as listing_items
from storekeeper.catalog.parts import drop_part
from storekeeper.catalog.products import items, store, writes
from storekeeper.catalog.products.model import (
    MAX_VARIANTS_AT_ONCE,
    Product,
    ProductDetails,
    ProductInUse,
    Variant,
    check_image,
    check_product,
    options_of,
    published,
    revised,
)
from storekeeper.catalog.seo import slug_candidates
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Contended, Invalid
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import ProductId, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import MAX_TRANSACTION, Table
from storekeeper.kernel.writes import Write


def create_product(
    details: ProductDetails,
    variants: Sequence[Variant],
    *,
    table: Table,
    now: datetime,
    remember: Remember[Product] = forget,
) -> Product:
    """Make a product with up to MAX_VARIANTS_AT_ONCE variants, in one transaction.

    Without a slug it gets one made from its title; without options, those that its variants use.

    Raises:
        Invalid: too many variants, or the parts do not fit together.
        SlugTaken: another product has the slug that was given.
        SkuTaken: another variant of the tenant has one of the SKUs.
    """
    if len(variants) > MAX_VARIANTS_AT_ONCE:
        detail = f"At most {MAX_VARIANTS_AT_ONCE} variants at once; add the others one by one."
        raise Invalid.field("variants", "too_many_variants", detail)
    placed = tuple(replace(variant, position=place) for place, variant in enumerate(variants))
    details = replace(published(details, now=now), options=details.options or options_of(placed))
    product = Product(
        id=ProductId(new_id("prd", at=now)),
        details=details,
        variants=placed,
        images=(),
        version=1,
        created_at=now,
        updated_at=now,
    )
    check_product(product, now=now)
    for place, variant in enumerate(placed):
        check_image(product, variant, field=f"variants.{place}.image_id")
    if details.slug:
        return _create(product, table=table, remember=remember)
    return _create_with_free_slug(product, table=table, remember=remember)


def _create(product: Product, *, table: Table, remember: Remember[Product]) -> Product:
    table.write(*writes.creation_writes(table.tenant_id, product), *remember(product))
    return product


def _create_with_free_slug(product: Product, *, table: Table, remember: Remember[Product]) -> Product:
    candidates = list(slug_candidates(product.details.title, unique=product.id))
    taken = store.taken_slugs(table, candidates)
    for slug in candidates:
        if slug in taken:
            continue
        try:
            return _create(
                replace(product, details=replace(product.details, slug=slug)), table=table, remember=remember
            )
        except SlugTaken:
            continue  # somebody took it just now
    raise Contended("Others are making products of this name; try again.")


def change_product(
    product_id: str,
    revise: Callable[[ProductDetails], ProductDetails],
    *,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Product:
    """Change what the merchant says about a product.

    Raises:
        NotFound: there is no such product.
        Invalid: the parts would no longer fit together.
        SlugTaken: another product has the new slug.
    """

    def decide(product: Product) -> Product:
        return revised(product, now=now, details=revise(product.details))

    return store.change(table, product_id, decide, expects=expects)


def delete_product(product_id: str, *, table: Table, expects: Callable[[int], None] = any_version) -> None:
    """Delete a product that nobody can have bought, with its variants and listings.

    Raises:
        NotFound: there is no such product.
        ProductInUse: one of its SKUs has, or had, stock; it has downloads; or it is too large for one transaction.
    """

    def attempt() -> None:
        product = store.read_product(table, product_id)
        expects(product.version)
        if stocked := store.stocked_skus(table, product):
            raise ProductInUse(
                f"{stocked[0]} has, or had, stock, so there may be orders of it. Archive the product instead."
            )
        drops = [*writes.deletion_writes(table.tenant_id, product), *_listing_drops(table, product)]
        drops.append(drop_no_downloads(table.tenant_id, product.id))
        if len(drops) > MAX_TRANSACTION:
            raise ProductInUse("It has too many variants and listings to be deleted at once; delete some first.")
        table.write(*drops)

    until_written(attempt)


def _listing_drops(table: Table, product: Product) -> list[Write]:
    pk = items.product_pk(table.tenant_id, product.id)
    found = table.query(pk, prefix=listing_items.LISTING_PREFIX, consistent=True)
    return [
        listing_items.delete_listing_item(table.tenant_id, listing_items.listing_from(item))
        if item["type"] == "listing"
        else drop_part(Key(item["pk"], item["sk"]))
        for item in found
    ]
