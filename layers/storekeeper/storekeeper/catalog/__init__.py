"""The catalog: what a tenant has to sell, and how each of its stores shows it.

- product: what is sold; one aggregate with its variants and images, under one version
- variant: a buyable form of a product, with a SKU of its own
- SKU: a variant's code, unique in the tenant; stock is kept under it
- slug: a product's (or category's) name in addresses
- listing: that, and how, a store shows a product
- category: a node of a store's tree, to which listings belong
- offer: what a cart must know of a SKU in a store
- image: a picture, uploaded by the browser straight to object storage and shown once that is confirmed
"""

from storekeeper.catalog.listings.model import Listing, ListingDetails
from storekeeper.catalog.offers import Offer, offer_from, offer_keys
from storekeeper.catalog.products.items import product_key, sku_key
from storekeeper.catalog.products.model import Product, ProductDetails, ProductStatus, Variant

__all__ = [
    "Listing",
    "ListingDetails",
    "Offer",
    "Product",
    "ProductDetails",
    "ProductStatus",
    "Variant",
    "offer_from",
    "offer_keys",
    "product_key",
    "sku_key",
]
