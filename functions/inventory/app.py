"""Routes of stock: levels, adjustments, movements, transfers; and of the locations where it lies."""

from inventory import adjustments, buckets, bulk, levels, locations, movements, transfers
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(
    levels.router,
    buckets.router,
    adjustments.router,
    bulk.router,
    movements.router,
    locations.router,
    transfers.router,
)
handler = lambda_handler(app)
