"""Routes of stock, from levels to reconciliations, and of the locations where it lies."""

from inventory import (
    adjustments,
    alert_rules,
    alerts,
    batches,
    buckets,
    bulk,
    kits,
    levels,
    locations,
    movements,
    purchase_orders,
    purchase_orders_receipts,
    reconciliations,
    reports,
    serials,
    stock,
    stock_live,
    suppliers,
    suppliers_skus,
    tracking,
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
    reports.router,
    kits.router,
    locations.router,
    transfers.router,
    alerts.router,
    alerts.store_router,
    alert_rules.router,
    stock_live.router,
    stock.router,
    suppliers_skus.router,  # /v1/suppliers/skus comes before /v1/suppliers/{supplier_id}
    suppliers.router,
    purchase_orders.router,
    purchase_orders_receipts.router,
    tracking.router,
    serials.router,
    batches.router,
)
handler = lambda_handler(app)
