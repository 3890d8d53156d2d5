"""What a cart must know of a SKU in a store: made of three items that any reader can fetch in one BatchGet."""

from collections.abc import Mapping

from msgspec import Struct

from storekeeper.catalog.listings.items import listing_from, listing_key
from storekeeper.catalog.listings.model import price_in
from storekeeper.catalog.products.items import details_from, images_from, product_key, variant_from, variant_key
from storekeeper.catalog.products.model import Component, Product, ProductStatus
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.money import Money
from storekeeper.tenancy import Store


class Offer(Struct, frozen=True):
    """A SKU as a store sells it. `sellable` is False while it is not sold, though the store has it.

    `unit_price` is as the store's prices are: with or without tax. `image_key` names a picture in object storage.
    `download_limit` and `download_days` are the terms of its downloads; None: no limit. `components`: it is a kit of
    these.
    """

    sku: str
    product_id: ProductId
    title: str
    variant_title: str
    unit_price: Money
    compare_at: Money | None
    weight_g: int
    requires_shipping: bool
    tax_category: str
    sellable: bool
    image_key: str | None = None
    download_limit: int | None = None
    download_days: int | None = None
    components: tuple[Component, ...] = ()


def offer_keys(tenant_id: TenantId, store_id: StoreId, product_id: ProductId, sku: str) -> tuple[Key, ...]:
    """The items that an offer is made of. (`sku_key` finds the product of a SKU.)"""
    return (
        product_key(tenant_id, product_id),
        variant_key(tenant_id, product_id, sku),
        listing_key(tenant_id, store_id, product_id),
    )


def offer_from(
    items: Mapping[Key, Item], *, tenant_id: TenantId, store: Store, product_id: ProductId, sku: str
) -> Offer | None:
    """The offer that the items of `offer_keys` make; None where the store does not sell the SKU at all.

    Not at all: there is no such variant, the store does not list its product, or has no price for it in its currency.
    Not now (`sellable` False): the product is not active, the listing not visible, or the variant not active.
    """
    found = [items.get(key) for key in offer_keys(tenant_id, store.id, product_id, sku)]
    product_item, variant_item, listing_item = found
    if product_item is None or variant_item is None or listing_item is None:
        return None
    details = details_from(product_item, {})
    variant, listing = variant_from(variant_item, details.currency), listing_from(listing_item)
    images = images_from(product_item)
    product = Product(
        id=product_id,
        details=details,
        variants=(variant,),
        images=images,
        version=product_item["version"],
        created_at=clock.from_text(product_item["created_at"]),
        updated_at=clock.from_text(product_item["updated_at"]),
    )
    price = price_in(listing, product, variant)
    if price is None or price.amount.currency != store.currency:
        return None
    shown = [image for image in images if image.ready]
    image = next((image for image in shown if image.id == variant.image_id), shown[0] if shown else None)
    weight_g = variant.weight_g if variant.weight_g is not None else details.weight_g
    return Offer(
        sku=sku,
        product_id=product_id,
        title=listing.details.title or details.title,
        variant_title=variant.title,
        unit_price=price.amount,
        compare_at=price.compare_at,
        weight_g=weight_g or 0,
        requires_shipping=not details.digital,
        tax_category=details.tax_category,
        sellable=details.status is ProductStatus.ACTIVE and listing.details.visible and variant.active,
        image_key=image.key if image else None,
        download_limit=details.download_limit if variant.download_limit is None else variant.download_limit,
        download_days=details.download_days if variant.download_days is None else variant.download_days,
        components=variant.components,
    )
