"""Routes of tenancy; the one HTTP function that may write look-ups."""

from storekeeper.edge.app import create_app, lambda_handler
from stores import api_keys, domains, payment_methods, stores, tenant

app = create_app(tenant.router, api_keys.router, stores.router, domains.router, payment_methods.router)
handler = lambda_handler(app)
