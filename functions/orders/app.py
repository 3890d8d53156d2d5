"""The merchant's orders."""

from orders import fulfillment, orders
from storekeeper.edge.app import create_app, lambda_handler

app = create_app(orders.router, fulfillment.router)
handler = lambda_handler(app)
