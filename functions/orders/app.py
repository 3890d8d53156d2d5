"""The merchant's orders."""

from orders import downloads, fulfillment, history, money, orders, statistics
from storekeeper.edge.app import create_app, lambda_handler

# `/statistics` comes before `/{order_id}`, which would take it for an id.
app = create_app(statistics.router, orders.router, history.router, fulfillment.router, money.router, downloads.router)
handler = lambda_handler(app)
