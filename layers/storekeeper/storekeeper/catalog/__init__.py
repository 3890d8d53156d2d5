"""The catalog: what a tenant has to sell, and how each of its stores shows it.

- product: what is sold; one aggregate with its variants and images, under one version
- variant: a buyable form of a product, with a SKU of its own
- SKU: a variant's code, unique in the tenant; stock is kept under it
- slug: a product's (or category's, or collection's) name in addresses
- listing: that, and how, a store shows a product
- category: a node of a store's tree, to which listings belong
- collection: products of a store that its merchant picked by hand, in an order of their own
- offer: what a cart must know of a SKU in a store
- image: a picture, uploaded by the browser straight to object storage and shown once that is confirmed
- download: a file that comes with a product or a variant; buyers have it once they have paid
"""

from storekeeper.catalog.categories.items import category_from, tree_key
from storekeeper.catalog.categories.model import Category, CategoryTree
from storekeeper.catalog.categories.store import TreeCache, read_tree
from storekeeper.catalog.collections.order import ProductOrder, place_after, position_at
from storekeeper.catalog.downloads.model import Download, File
from storekeeper.catalog.downloads.store import Bought, downloads_bought
from storekeeper.catalog.events import events_of
from storekeeper.catalog.images import Image
from storekeeper.catalog.listings.items import listing_from, listing_key, listing_text_key
from storekeeper.catalog.listings.model import (
    Listing,
    ListingDetails,
    Price,
    is_shown,
    listed_product,
    price_in,
    sold_variants,
)
from storekeeper.catalog.listings.store import ListingFilter, list_listings, stores_listing
from storekeeper.catalog.offers import Offer, offer_from, offer_keys
from storekeeper.catalog.products.items import product_key, sku_key
from storekeeper.catalog.products.model import Component, Product, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.products.store import find_product, product_of_sku, product_of_slug
from storekeeper.catalog.products.variants import compose_writes
from storekeeper.catalog.seo import Seo, fold

__all__ = [
    "Bought",
    "Category",
    "CategoryTree",
    "Component",
    "Download",
    "File",
    "Image",
    "Listing",
    "ListingDetails",
    "ListingFilter",
    "Offer",
    "Price",
    "Product",
    "ProductDetails",
    "ProductOrder",
    "ProductStatus",
    "Seo",
    "TreeCache",
    "Variant",
    "category_from",
    "compose_writes",
    "downloads_bought",
    "events_of",
    "find_product",
    "fold",
    "is_shown",
    "list_listings",
    "listed_product",
    "listing_from",
    "listing_key",
    "listing_text_key",
    "offer_from",
    "offer_keys",
    "place_after",
    "position_at",
    "price_in",
    "product_key",
    "product_of_sku",
    "product_of_slug",
    "read_tree",
    "sku_key",
    "sold_variants",
    "stores_listing",
    "tree_key",
]
