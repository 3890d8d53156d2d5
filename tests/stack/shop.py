"""A merchant and a shop as clients of the running stack: plain HTTP, nothing of the product's own code."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import httpx

from local.testing import RunningStack

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")

SOON_S = 5.0  # within which lists, search and movements follow a write
ADDRESS: Json = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "12 Quay Street",
    "city": "Portland",
    "region": "ME",
    "postal_code": "04101",
    "country": "US",
}


def unique(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{uuid.uuid4().hex[:10]}"


def eventually(read: Callable[[], T], *, until: Callable[[T], object], within_s: float = SOON_S) -> T:
    """What `read` gives once `until` holds for it.

    Raises:
        AssertionError: it does not within `within_s`; the message is what was read last.
    """
    deadline = time.monotonic() + within_s
    while not until(found := read()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s; last seen: {found!r}"
        time.sleep(0.05)
    return found


class Merchant:
    """A tenant's owner, with a key of every scope."""

    def __init__(self, http: httpx.Client, tenant_id: str, api_key: str) -> None:
        self.http, self.tenant_id, self.api_key = http, tenant_id, api_key

    @property
    def base_url(self) -> str:
        """Where the stack answers."""
        return str(self.http.base_url)

    @property
    def authorization(self) -> dict[str, str]:
        """The header with the key."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        """Any call, whatever it answers."""
        sent = {**self.authorization, **(headers or {})}
        return self.http.request(method, path, json=body, headers=sent, params=query or None)

    def get(self, path: str, **query: Any) -> Any:
        """What a read answers."""
        return self._made(self.call("GET", path, **query))

    def post(self, path: str, body: Any = None) -> Any:
        """What a successful POST answers."""
        return self._made(self.call("POST", path, body))

    def patch(self, path: str, body: Any) -> Any:
        """What a successful PATCH answers."""
        return self._made(self.call("PATCH", path, body))

    def rows(self, path: str, **query: Any) -> Iterator[Json]:
        """All rows of a list."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["data"]
            cursor = page["next_cursor"]

    @cached_property
    def locations(self) -> list[str]:
        """Two locations, the default one first."""
        default = next(one["id"] for one in self.rows("/v1/locations") if one["is_default"])
        return [default, self.post("/v1/locations", {"name": unique("Second")})["id"]]

    def restock(self, sku: str, units: int, *, location: int = 0) -> Json:
        """Put units on the shelf of the first or the second location."""
        body = {"sku": sku, "type": "restock", "quantity": units, "location_id": self.locations[location]}
        return dict(self.post("/v1/inventory/adjustments", body))

    def levels(self, sku: str) -> list[Json]:
        """The levels of a SKU, one for each location."""
        return list(self.rows("/v1/inventory/levels", sku=sku))

    def units(self, sku: str, what: str = "available") -> int:
        """`on_hand`, `reserved` or `available` of a SKU in all locations together."""
        return sum(level[what] for level in self.levels(sku))

    def order(self, order_id: str) -> Json:
        """An order as the merchant sees it."""
        return dict(self.get(f"/v1/orders/{order_id}"))

    def _made(self, answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def invoke(stack: RunningStack, function: str, event: Any) -> Any:
    """What a function answers that is invoked directly, as its operator or its schedule does."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.description["functions"][function], Payload=json.dumps(event)
    )
    payload = json.loads(answer["Payload"].read() or b"null")
    assert "FunctionError" not in answer, payload
    return payload


def found(stack: RunningStack, http: httpx.Client, name: str) -> Merchant:
    """A new tenant, founded as the operator founds one."""
    order = {"action": "create_tenant", "request_id": unique(f"founding-{name}"), "name": name, "plan": "premium"}
    made = invoke(stack, "OperatorFunction", order)
    return Merchant(http, made["tenant_id"], made["api_key"])


@dataclass(frozen=True)
class Shop:
    """A store that sells in USD, prices without tax, shipping to the US for a flat rate."""

    merchant: Merchant
    store_id: str
    domain: str
    shipping_method_id: str

    @property
    def http(self) -> httpx.Client:
        """A shopper's client: it sends no key."""
        return self.merchant.http

    @property
    def path(self) -> str:
        """Where shoppers of this store call."""
        return f"/v1/storefront/{self.domain}"

    def put_on_sale(self, *units: int, price: str = "12.50") -> str:
        """A new SKU with so many units in the first location, and in the second."""
        sku = unique("SKU").upper()
        body = {
            "title": f"Thing {sku}",
            "slug": sku.lower(),
            "status": "active",
            "variants": [{"sku": sku, "price": price, "weight_g": 200}],
        }
        product = self.merchant.post("/v1/products", body)
        self.merchant.post(f"/v1/stores/{self.store_id}/listings", {"product_id": product["id"], "visible": True})
        for location, count in enumerate(units):
            if count:
                self.merchant.restock(sku, count, location=location)
        return sku

    def cart_body(self, sku: str, quantity: int = 1, *, email: str = "ada@shop.example") -> Json:
        """A cart with all that checkout asks for."""
        return {
            "items": [{"sku": sku, "quantity": quantity}],
            "email": email,
            "shipping_address": ADDRESS,
            "shipping_method_id": self.shipping_method_id,
        }

    def ready_cart(self, sku: str, quantity: int = 1, *, email: str = "ada@shop.example") -> str:
        """The id of a cart that can be checked out."""
        answer = self.http.post(f"{self.path}/carts", json=self.cart_body(sku, quantity, email=email))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def check_out(self, cart_id: str, method: str = "stripe") -> httpx.Response:
        """Make an order of a cart."""
        return self.http.post(f"{self.path}/carts/{cart_id}/checkout", json={"payment_method": method})

    def bought(
        self, sku: str, quantity: int = 1, *, method: str = "stripe", email: str = "ada@shop.example"
    ) -> "Purchase":
        """A new cart, checked out."""
        cart_id = self.ready_cart(sku, quantity, email=email)
        answer = self.check_out(cart_id, method)
        assert answer.status_code == 201, answer.text
        return Purchase(cart_id, answer.json()["order"], answer.json()["payment"], email)

    def track(self, purchase: "Purchase") -> Json:
        """What the shopper is told of an order."""
        answer = self.http.get(f"{self.path}/orders/{purchase.number}/track", params={"email": purchase.email})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@dataclass(frozen=True)
class Purchase:
    """What checkout answered."""

    cart_id: str
    order: Json
    payment: Json
    email: str

    @property
    def order_id(self) -> str:
        return str(self.order["id"])

    @property
    def number(self) -> str:
        return str(self.order["number"])

    @property
    def intent_id(self) -> str:
        return str(self.payment["intent_id"])


def open_shop(merchant: Merchant, *, capture: str = "automatic") -> Shop:
    """A new store of a tenant."""
    domain = f"{unique('shop')}.localhost"
    settings = {
        "order_prefix": "HB-",
        "payment_methods": ["stripe", "manual"],
        "capture": capture,
        "location_priority": merchant.locations,
    }
    body = {"name": domain, "status": "active", "currency": "USD", "domains": [domain], "settings": settings}
    store = merchant.post("/v1/stores", body)
    method = {"name": "Standard", "rate": {"kind": "flat", "amount": "4.90"}, "zones": [{"country": "US"}]}
    shipping = merchant.post(f"/v1/stores/{store['id']}/shipping-methods", method)
    return Shop(merchant, store["id"], domain, shipping["id"])
