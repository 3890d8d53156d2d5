"""Routes of public reads."""

from storefront import categories, collections, products, settings
from storekeeper.edge.app import create_app, lambda_handler
from storekeeper.edge.shopper import preflight

app = create_app(settings.router, products.router, categories.router, collections.router, preflight)
handler = lambda_handler(app)
