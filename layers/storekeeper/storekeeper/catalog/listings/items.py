"""Listings in the table: keys, items, guarded writes. A listing is kept in its product's partition."""

import json
import zlib
from typing import Any

from storekeeper.catalog.listings.model import Listing, ListingDetails, ListingExists, OwnPrice
from storekeeper.catalog.products.items import product_pk
from storekeeper.catalog.seo import Seo
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import ListingId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import GSI1, Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.writes import ABSENT, Delete, Put

SCHEMA = 1
LIST_SHARDS = 4
LISTING_PREFIX = "LISTING#"

ENTITIES = (
    Entity(
        name="listing",
        pk="T#<tenant>#P#<product>",
        sk="LISTING#<store>",
        holds="That, and how, a store shows a product: visibility, order, prices, categories.",
        found_by="Product and store (its id says which product); the merchant's list of a store.",
        written_by="create_listing, change_listing",
        indexes={"gsi1": ("T#<tenant>#S#<store>#LISTINGS#<n>", "<listing>")},
    ),
    Entity(
        name="listing_text",
        pk="T#<tenant>#P#<product>",
        sk="LISTING#<store>#TEXT",
        holds="The store's own descriptions and SEO of a product.",
        found_by="Product and store.",
        written_by="create_listing, change_listing",
    ),
)


def listing_key(tenant_id: TenantId, store_id: StoreId, product_id: str) -> Key:
    """A product's listing in a store."""
    return Key(product_pk(tenant_id, product_id), joined("LISTING", store_id))


def listing_text_key(tenant_id: TenantId, store_id: StoreId, product_id: str) -> Key:
    """What only the product's page in the store shows."""
    return Key(product_pk(tenant_id, product_id), joined("LISTING", store_id, "TEXT"))


def list_pks(tenant_id: TenantId, store_id: StoreId) -> tuple[str, ...]:
    """The partitions of gsi1 over which a store's listings are spread; sorted by listing id."""
    return tuple(tenant_pk(tenant_id, "S", store_id, "LISTINGS", str(shard)) for shard in range(LIST_SHARDS))


def listing_item(tenant_id: TenantId, listing: Listing) -> Item:
    """The lean item."""
    details = listing.details
    shard = zlib.crc32(listing.id.encode()) % LIST_SHARDS
    return {
        "type": "listing",
        "schema": SCHEMA,
        "version": listing.version,
        "id": listing.id,
        "store_id": listing.store_id,
        "product_id": listing.product_id,
        "currency": listing.currency.code,
        "visible": details.visible,
        "promoted": details.promoted,
        "sort_order": details.sort_order,
        "title": details.title,
        "image_ids": details.image_ids,
        "tags": details.tags,
        "category_ids": details.category_ids,
        "markup_bp": details.markup_bp,
        "price": _minor(details.price),
        "compare_at_price": _minor(details.compare_at_price),
        "variant_prices": [
            [sku, own.price.minor, _minor(own.compare_at_price)] for sku, own in details.variant_prices.items()
        ],
        "created_at": clock.to_text(listing.created_at),
        "updated_at": clock.to_text(listing.updated_at),
        GSI1.pk: list_pks(tenant_id, listing.store_id)[shard],
        GSI1.sk: listing.id,
        "card": _card(listing),
    }


def _card(listing: Listing) -> str:
    """What a row of the merchant's list shows."""
    details = listing.details
    return json.dumps(
        {
            "id": listing.id,
            "product_id": listing.product_id,
            "currency": listing.currency.code,
            "visible": details.visible,
            "promoted": details.promoted,
            "sort_order": details.sort_order,
            "title": details.title,
            "tags": details.tags,
            "category_ids": details.category_ids,
            "markup_bp": details.markup_bp,
            "price": _minor(details.price),
            "version": listing.version,
            "created_at": clock.to_text(listing.created_at),
            "updated_at": clock.to_text(listing.updated_at),
        }
    )


def _minor(amount: Money | None) -> int | None:
    return amount.minor if amount is not None else None


def text_item(listing: Listing) -> Item:
    """What only the page shows."""
    return {
        "type": "listing_text",
        "schema": SCHEMA,
        "version": listing.version,
        "short_description": listing.details.short_description,
        "description": listing.details.description,
        "seo": listing.details.seo.as_item(),
    }


def listing_from(item: Item, text: Item | None = None) -> Listing:
    """The listing; without its own descriptions and SEO where `text` is not given."""
    currency, text = Currency.of(item["currency"]), text or {}

    def money(minor: int | None) -> Any:
        return None if minor is None else Money(minor, currency)

    details = ListingDetails(
        visible=item["visible"],
        promoted=item["promoted"],
        sort_order=item["sort_order"],
        title=item.get("title"),
        short_description=text.get("short_description"),
        description=text.get("description"),
        seo=Seo.from_item(text.get("seo")),
        image_ids=tuple(item["image_ids"]),
        tags=tuple(item["tags"]) if "tags" in item else None,
        category_ids=tuple(item["category_ids"]),
        markup_bp=item["markup_bp"],
        price=money(item.get("price")),
        compare_at_price=money(item.get("compare_at_price")),
        variant_prices={
            sku: OwnPrice(money(price), money(compare_at)) for sku, price, compare_at in item["variant_prices"]
        },
    )
    return Listing(
        id=ListingId(item["id"]),
        store_id=StoreId(item["store_id"]),
        product_id=ProductId(item["product_id"]),
        currency=currency,
        details=details,
        version=item["version"],
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )


def create_listing_item(tenant_id: TenantId, listing: Listing) -> Put:
    """A store lists a product once."""
    return Put(
        listing_key(tenant_id, listing.store_id, listing.product_id),
        listing_item(tenant_id, listing),
        only_if=ABSENT,
        otherwise=ListingExists("The store lists this product already; change that listing."),
    )


def put_listing(tenant_id: TenantId, listing: Listing) -> Put:
    """The next version of it."""
    return Put(
        listing_key(tenant_id, listing.store_id, listing.product_id),
        listing_item(tenant_id, listing),
        only_if="version = :version",
        values={":version": listing.version - 1},
    )


def delete_listing_item(tenant_id: TenantId, listing: Listing) -> Delete:
    """Refused if it changed since it was read."""
    return Delete(
        listing_key(tenant_id, listing.store_id, listing.product_id),
        only_if="version = :version",
        values={":version": listing.version},
    )
