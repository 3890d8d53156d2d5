<<<<<<< HEAD
"""Routes of stock: levels, adjustments, movements, transfers; and of the locations where it lies."""

from inventory import adjustments, buckets, bulk, levels, locations, movements, transfers
=======
"""Routes of stock: levels, adjustments, movements; of the locations where it lies, and of how it gets there."""

from inventory import adjustments, buckets, bulk, levels, locations, movements, suppliers, suppliers_skus
>>>>>>> 0b78e73 (wip)
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(
    levels.router,
    buckets.router,
    adjustments.router,
    bulk.router,
    movements.router,
    locations.router,
<<<<<<< HEAD
    transfers.router,
=======
    suppliers_skus.router,  # /v1/suppliers/skus comes before /v1/suppliers/{supplier_id}
    suppliers.router,
>>>>>>> 0b78e73 (wip)
)
handler = lambda_handler(app)
