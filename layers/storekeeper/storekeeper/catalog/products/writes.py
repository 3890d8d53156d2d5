"""Guarded writes of products, as values.

Every change of any part of a product writes `PRODUCT` too, under its version: that guard makes the whole change
happen once, and the SKU and slug pointers beside it keep both unique in the tenant.
"""

from collections.abc import Iterator, Mapping

from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.parts import drop_part, put_part
from storekeeper.catalog.products.items import (
    SCHEMA,
    product_item,
    product_key,
    sku_key,
    slug_key,
    text_item,
    text_key,
    variant_item,
    variant_key,
)
from storekeeper.catalog.products.model import Product, ProductInUse, SkuInUse, SkuTaken, Variant
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import ProductId, TenantId
from storekeeper.kernel.writes import ABSENT, PRESENT, Delete, Put, Update, Write


def creation_writes(tenant_id: TenantId, product: Product) -> Iterator[Write]:
    """A new product with its text, slug, variants and SKUs."""
    yield create_product_item(tenant_id, product)
    yield put_part(text_key(tenant_id, product.id), text_item(product))
    yield claim_slug(tenant_id, product)
    yield from _new_variant_writes(tenant_id, product, {})


def change_writes(tenant_id: TenantId, old: Product, new: Product) -> Iterator[Write]:
    """What differs between two states of a product; the first write carries the guard of them all."""
    yield put_product(tenant_id, new, was=old)
    if text_item(old) != {**text_item(new), "version": old.version}:
        yield put_part(text_key(tenant_id, new.id), text_item(new))
    if new.details.slug != old.details.slug:
        yield claim_slug(tenant_id, new)
        yield release_slug(tenant_id, old)
    before = {variant.sku: variant for variant in old.variants}
    yield from _new_variant_writes(tenant_id, new, before)
    for sku in before.keys() - {variant.sku for variant in new.variants}:
        yield drop_part(variant_key(tenant_id, old.id, sku))
        yield release_sku(tenant_id, sku)


def _new_variant_writes(tenant_id: TenantId, product: Product, before: Mapping[str, Variant]) -> Iterator[Write]:
    for variant in product.variants:
        stood = before.get(variant.sku)
        if stood is None:
            yield claim_sku(tenant_id, product.id, variant.sku)
        if stood != variant:
            yield put_part(variant_key(tenant_id, product.id, variant.sku), variant_item(product, variant))


def deletion_writes(tenant_id: TenantId, product: Product) -> Iterator[Write]:
    """All of a product, but for its listings."""
    yield delete_product_item(tenant_id, product)
    yield drop_part(text_key(tenant_id, product.id))
    yield release_slug(tenant_id, product)
    for variant in product.variants:
        yield drop_part(variant_key(tenant_id, product.id, variant.sku))
        yield release_sku(tenant_id, variant.sku, otherwise=_in_use(variant.sku))


def _in_use(sku: str) -> ProductInUse:
    return ProductInUse(
        f"{sku} has, or had, stock, or is (in) a kit, so there may be orders. Archive the product instead."
    )


def create_product_item(tenant_id: TenantId, product: Product) -> Put:
    """Product ids are made once; the guard is against a lost answer."""
    return Put(product_key(tenant_id, product.id), product_item(tenant_id, product), only_if=ABSENT)


def put_product(tenant_id: TenantId, product: Product, *, was: Product) -> Put:
    """The whole item again: refused if it changed, or a listing was counted, since `was` was read."""
    return Put(
        product_key(tenant_id, product.id),
        product_item(tenant_id, product),
        only_if="version = :version AND listings_made = :listings_made",
        values={":version": was.version, ":listings_made": was.listings_made},
    )


def delete_product_item(tenant_id: TenantId, product: Product) -> Delete:
    """Refused if it changed, or was listed anywhere, since it was read: no listing is left without its product."""
    return Delete(
        product_key(tenant_id, product.id),
        only_if="version = :version AND listings_made = :listings_made",
        values={":version": product.version, ":listings_made": product.listings_made},
    )


def count_listing(tenant_id: TenantId, product_id: str, *, otherwise: StorekeeperError) -> Update:
    """One more listing was made: goes with its Put, so that a product that is being deleted takes no new ones."""
    return Update(
        product_key(tenant_id, product_id),
        "SET listings_made = if_not_exists(listings_made, :none) + :one",
        only_if=PRESENT,
        values={":none": 0, ":one": 1},
        otherwise=otherwise,
    )


def claim_sku(tenant_id: TenantId, product_id: ProductId, sku: str) -> Put:
    """Make a SKU this product's."""
    return Put(
        sku_key(tenant_id, sku),
        {"type": "sku", "schema": SCHEMA, "sku": sku, "product_id": product_id},
        only_if=ABSENT,
        otherwise=SkuTaken(f"The SKU {sku} is taken."),
    )


def release_sku(tenant_id: TenantId, sku: str, *, otherwise: SkuInUse | ProductInUse | None = None) -> Delete:
    """Free a SKU: only one under which stock was never kept, and that is neither a kit nor part of one."""
    refusal = SkuInUse(
        f"{sku} has, or had, stock, or is (in) a kit: it can be neither renamed nor deleted. Set it inactive instead."
    )
    return Delete(
        sku_key(tenant_id, sku),
        only_if="attribute_not_exists(stocked) AND attribute_not_exists(kit)"
        " AND (attribute_not_exists(in_kits) OR in_kits = :none)",
        values={":none": 0},
        otherwise=otherwise or refusal,
    )


def claim_slug(tenant_id: TenantId, product: Product) -> Put:
    """Make a slug this product's."""
    return Put(
        slug_key(tenant_id, product.details.slug),
        {"type": "product_slug", "schema": SCHEMA, "product_id": product.id},
        only_if=ABSENT,
        otherwise=SlugTaken(f"The slug {product.details.slug} is taken."),
    )


def release_slug(tenant_id: TenantId, product: Product) -> Delete:
    """Free a slug, if it is still this product's."""
    return Delete(
        slug_key(tenant_id, product.details.slug),
        only_if="product_id = :product_id",
        values={":product_id": product.id},
    )
