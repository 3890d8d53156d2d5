"""Routes of stock: levels, adjustments, movements; of the locations where it lies, and of how it gets there."""

from inventory import (
    adjustments,
    buckets,
    bulk,
    levels,
    locations,
    movements,
    suppliers,
    suppliers_skus,
    transfers,
)
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(
    levels.router,
    buckets.router,
    adjustments.router,
    bulk.router,
    movements.router,
    locations.router,
    transfers.router,
    suppliers_skus.router,  # /v1/suppliers/skus comes before /v1/suppliers/{supplier_id}
    suppliers.router,
)
handler = lambda_handler(app)
