"""A shopper of one store, as the function of carts sees one."""

from collections.abc import Callable
from typing import Any

from storekeeper.tenancy import Store
from tests.functions.conftest import Api, Reply

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

    def __init__(self, api: Callable[[str], Api], store: Store) -> None:
        self._api, self.base = api("checkout"), f"/v1/storefront/{store.default_domain}/carts"

    def __call__(self, method: str, path: str = "", body: Any = None, **options: Any) -> Reply:
        return self._api(method, self.base + path, body, key=None, **options)

    def a_cart(self, *items: tuple[str, int], **said: Any) -> Any:
        made = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
        return self("POST", body={"items": made, **said}).json
