"""Routes of the catalog."""

from catalog import (
    categories,
    category_images,
    collection_images,
    collection_products,
    collections,
    downloads,
    images,
    listings,
    products,
    variants,
)
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(
    products.router,
    variants.router,
    images.router,
    downloads.router,
    listings.router,
    categories.router,
    category_images.router,
    collections.router,
    collection_products.router,
    collection_images.router,
)
handler = lambda_handler(app)
