"""A shopper of one store, as the function of carts sees one."""

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": None,
    "line1": "1 Pier",
    "line2": None,
    "city": "New York",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
    "phone": None,
}


class Shopper:
    """Calls the carts of one store."""

    def __init__(self, api, store):
        self._api, self.base = api("checkout"), f"/v1/storefront/{store.default_domain}/carts"

    def __call__(self, method, path="", body=None, **options):
        return self._api(method, self.base + path, body, key=None, **options)

    def a_cart(self, *items, **said):
        made = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
        return self("POST", body={"items": made, **said}).json
