"""Products in the table: keys, and how a product becomes items and is made of them again.

A product's partition holds `PRODUCT` (lean: a cart reads it for each line), `TEXT` (what only its page shows), one
`VARIANT#<sku>` each, and its listings.
"""

import json
import zlib
from collections.abc import Iterator, Mapping

from msgspec.structs import asdict

from storekeeper.catalog.images import Image
from storekeeper.catalog.products.model import (
    Component,
    Dimensions,
    Product,
    ProductDetails,
    ProductStatus,
    Variant,
)
from storekeeper.catalog.seo import Seo
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import ProductId, TenantId
from storekeeper.kernel.keys import GSI1, Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money

SCHEMA = 1
LIST_SHARDS = 4
VARIANT_PREFIX = "VARIANT#"

ENTITIES = (
    Entity(
        name="product",
        pk="T#<tenant>#P#<product>",
        sk="PRODUCT",
        holds="A product: what a cart line and a list row need of it.",
        found_by="Its id; with its text and variants in one query. The merchant's list, newest first.",
        written_by="create_product, change_product, and every change of its variants and images",
        indexes={"gsi1": ("T#<tenant>#PRODUCTS#<n>", "<product>")},
    ),
    Entity(
        name="product_text",
        pk="T#<tenant>#P#<product>",
        sk="TEXT",
        holds="What only a product's page shows: descriptions, SEO, custom fields.",
        found_by="The query of the product's partition.",
        written_by="create_product, change_product",
    ),
    Entity(
        name="variant",
        pk="T#<tenant>#P#<product>",
        sk="VARIANT#<sku>",
        holds="A variant: its options, prices, weight; the components of a kit.",
        found_by="The query of the product's partition; a cart line by SKU.",
        written_by="create_product, add_variant, change_variant; inventory's kits",
    ),
    Entity(
        name="sku",
        pk="T#<tenant>#SKU#<sku>",
        sk="SKU",
        holds="Which product a SKU belongs to (unique in the tenant); whether it has, or had, stock, or is (in) a kit.",
        found_by="The SKU.",
        written_by="create_product, add_variant, change_variant; inventory marks it as stocked, as a kit, as in kits",
    ),
    Entity(
        name="product_slug",
        pk="T#<tenant>#SLUG#<slug>",
        sk="SLUG",
        holds="Which product a slug belongs to (so that it is unique in the tenant).",
        found_by="The slug.",
        written_by="create_product, change_product",
    ),
)


def product_pk(tenant_id: TenantId, product_id: str) -> str:
    """Partition of a product and all that belongs to it."""
    return tenant_pk(tenant_id, "P", product_id)


def product_key(tenant_id: TenantId, product_id: str) -> Key:
    """The product itself."""
    return Key(product_pk(tenant_id, product_id), "PRODUCT")


def text_key(tenant_id: TenantId, product_id: str) -> Key:
    """What only its page shows."""
    return Key(product_pk(tenant_id, product_id), "TEXT")


def variant_key(tenant_id: TenantId, product_id: str, sku: str) -> Key:
    """One variant."""
    return Key(product_pk(tenant_id, product_id), joined("VARIANT", sku))


def sku_key(tenant_id: TenantId, sku: str) -> Key:
    """A SKU: `product_id`; `stocked` once a level was made for it; which `kit` it is; `in_kits`: in how many."""
    return Key(tenant_pk(tenant_id, "SKU", sku), "SKU")


def slug_key(tenant_id: TenantId, slug: str) -> Key:
    """A product's slug: `product_id`."""
    return Key(tenant_pk(tenant_id, "SLUG", slug), "SLUG")


def list_pks(tenant_id: TenantId) -> tuple[str, ...]:
    """The partitions of gsi1 over which the list of products is spread; sorted by product id."""
    return tuple(tenant_pk(tenant_id, "PRODUCTS", str(shard)) for shard in range(LIST_SHARDS))


def product_item(tenant_id: TenantId, product: Product) -> Item:
    """The lean item."""
    details = product.details
    shard = zlib.crc32(product.id.encode()) % LIST_SHARDS
    return {
        "type": "product",
        "schema": SCHEMA,
        "version": product.version,
        "id": product.id,
        "title": details.title,
        "slug": details.slug,
        "currency": details.currency.code,
        "status": details.status.value,
        **_prices_item(details),
        "weight_g": details.weight_g,
        "dimensions": asdict(details.dimensions) if details.dimensions else None,
        "barcode": details.barcode,
        "tax_category": details.tax_category,
        "options": details.options,
        "tags": details.tags,
        "featured": details.featured,
        "digital": details.digital,
        "download_limit": details.download_limit,
        "download_days": details.download_days,
        "published_at": clock.to_text(details.published_at) if details.published_at else None,
        "images": [asdict(image) for image in product.images],
        "listings_made": product.listings_made,
        "created_at": clock.to_text(product.created_at),
        "updated_at": clock.to_text(product.updated_at),
        GSI1.pk: list_pks(tenant_id)[shard],
        GSI1.sk: product.id,
        "card": _card(product),
    }


def _card(product: Product) -> str:
    """What a row of the merchant's list shows."""
    details = product.details
    image = next((image.key for image in product.images if image.ready), None)
    return json.dumps(
        {
            "id": product.id,
            "title": details.title,
            "slug": details.slug,
            "status": details.status.value,
            "currency": details.currency.code,
            "price": min((price.minor for price in _prices(product)), default=None),
            "tags": details.tags,
            "featured": details.featured,
            "variant_count": len(product.variants),
            "image": image,
            "version": product.version,
            "created_at": clock.to_text(product.created_at),
            "updated_at": clock.to_text(product.updated_at),
        }
    )


def _prices(product: Product) -> Iterator[Money]:
    priced = [product.price_of(variant) for variant in product.variants] or [product.details.price]
    return (price for price in priced if price is not None)


def text_item(product: Product) -> Item:
    """What only the page shows."""
    details = product.details
    return {
        "type": "product_text",
        "schema": SCHEMA,
        "version": product.version,
        "short_description": details.short_description,
        "description": details.description,
        "seo": details.seo.as_item(),
        "custom_fields": details.custom_fields,
    }


def variant_item(product: Product, variant: Variant) -> Item:
    """One variant; `version` is the product's when it was written."""
    return {
        "type": "variant",
        "schema": SCHEMA,
        "version": product.version,
        "id": variant.id,
        "sku": variant.sku,
        "position": variant.position,
        "options": [[name, value] for name, value in variant.options.items()],
        **_prices_item(variant),
        "barcode": variant.barcode,
        "weight_g": variant.weight_g,
        "image_id": variant.image_id,
        "active": variant.active,
        "download_limit": variant.download_limit,
        "download_days": variant.download_days,
        "components": [[one.sku, one.quantity] for one in variant.components] or None,
    }


def _prices_item(priced: ProductDetails | Variant) -> Item:
    amounts = {"price": priced.price, "compare_at_price": priced.compare_at_price, "cost": priced.cost}
    return {name: amount.minor if amount is not None else None for name, amount in amounts.items()}


def product_from(items: Mapping[str, Item]) -> Product | None:
    """The product of its partition's items, by sort key; None if it is not there."""
    item = items.get("PRODUCT")
    if item is None:
        return None
    details = details_from(item, items.get("TEXT", {}))
    variants = [variant_from(one, details.currency) for sk, one in items.items() if sk.startswith(VARIANT_PREFIX)]
    return Product(
        id=ProductId(item["id"]),
        details=details,
        variants=tuple(sorted(variants, key=lambda variant: variant.position)),
        images=images_from(item),
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        listings_made=item["listings_made"],
    )


def images_from(item: Item) -> tuple[Image, ...]:
    """A product's images, in their order."""
    return tuple(Image(**stored) for stored in item["images"])


def details_from(item: Item, text: Item) -> ProductDetails:
    """What the merchant said; without the text's part where `text` is empty."""
    currency = Currency.of(item["currency"])
    return ProductDetails(
        title=item["title"],
        slug=item["slug"],
        currency=currency,
        status=ProductStatus(item["status"]),
        short_description=text.get("short_description"),
        description=text.get("description"),
        **_prices_from(item, currency),
        weight_g=item.get("weight_g"),
        dimensions=Dimensions(**item["dimensions"]) if "dimensions" in item else None,
        barcode=item.get("barcode"),
        tax_category=item["tax_category"],
        options=tuple(item["options"]),
        tags=tuple(item["tags"]),
        custom_fields=text.get("custom_fields", {}),
        seo=Seo.from_item(text.get("seo")),
        featured=item["featured"],
        digital=item["digital"],
        download_limit=item.get("download_limit"),
        download_days=item.get("download_days"),
        published_at=clock.from_text(item["published_at"]) if "published_at" in item else None,
    )


def variant_from(item: Item, currency: Currency) -> Variant:
    """One variant."""
    return Variant(
        id=item["id"],
        sku=item["sku"],
        position=item["position"],
        options=dict(item["options"]),
        **_prices_from(item, currency),
        barcode=item.get("barcode"),
        weight_g=item.get("weight_g"),
        image_id=item.get("image_id"),
        active=item["active"],
        download_limit=item.get("download_limit"),
        download_days=item.get("download_days"),
        components=tuple(Component(sku, quantity) for sku, quantity in item.get("components", ())),
    )


def _prices_from(item: Item, currency: Currency) -> dict[str, Money | None]:
    names = ("price", "compare_at_price", "cost")
    return {name: Money(item[name], currency) if name in item else None for name in names}
