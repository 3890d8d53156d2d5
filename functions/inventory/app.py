"""Routes of stock, from levels to reconciliations, and of the locations where it lies."""

from inventory import (
    adjustments,
    alert_rules,
    alerts,
    buckets,
    bulk,
    levels,
    locations,
    movements,
    reconciliations,
    transfers,
)
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(
    levels.router,
    buckets.router,
    adjustments.router,
    bulk.router,
    movements.router,
    reconciliations.router,
    locations.router,
    transfers.router,
    alerts.router,
    alerts.store_router,
    alert_rules.router,
)
handler = lambda_handler(app)
