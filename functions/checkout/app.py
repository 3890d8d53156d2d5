"""Routes of shoppers' carts and checkouts."""

from checkout import carts, checkout, downloads, tracking
from storekeeper.edge.app import create_app, lambda_handler
from storekeeper.edge.shopper import preflight

app = create_app(carts.router, checkout.router, tracking.router, downloads.router, preflight)
handler = lambda_handler(app)
