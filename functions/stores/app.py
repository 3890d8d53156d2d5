"""Routes of tenancy; the one HTTP function that may write look-ups."""

from storekeeper.edge.app import create_app, lambda_handler
from stores import api_keys, domains, payment_methods, shipping_methods, stores, tax_rates, tenant

app = create_app(
    tenant.router,
    api_keys.router,
    stores.router,
    domains.router,
    shipping_methods.router,
    payment_methods.router,
    tax_rates.router,
)
handler = lambda_handler(app)
