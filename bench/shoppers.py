"""What shoppers send: the calls of a sale, as API Gateway hands them to the functions."""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from bench.shop import DOMAIN, Shop

Handler: TypeAlias = Callable[[dict[str, Any], Any], Any]
Event: TypeAlias = dict[str, Any]

EMAIL = "anna@example.com"
ADDRESS = {
    "first_name": "Anna",
    "last_name": "Ash",
    "line1": "1 Long Street",
    "city": "Portland",
    "region": "ME",
    "postal_code": "04101",
    "country": "US",
    "phone": "+1 207 555 0100",
}
_STORE = f"/v1/storefront/{DOMAIN}"


@cache
def handler(function: str) -> Handler:
    """A function's handler."""
    found: Handler = importlib.import_module(f"{function}.app").handler
    return found


@dataclass(frozen=True, slots=True)
class Context:
    """Lambda's context, as far as functions look at it."""

    def get_remaining_time_in_millis(self) -> int:
        """Plenty."""
        return 15_000


def send(function: str, event: Event) -> Any:
    """The body of a function's answer.

    Raises:
        RuntimeError: it is not a good one.
    """
    return answered(handler(function)(event, Context()))


def answered(answer: Mapping[str, Any]) -> Any:
    """The body of an answer of an HTTP function, as `send` gives it."""
    if answer["statusCode"] >= 300:
        raise RuntimeError(f"{answer['statusCode']}: {answer['body']}")
    return json.loads(answer["body"])


def list_page(**query: str) -> Event:
    """The store's products, 20 of them."""
    return _event("GET", "/products", query={"limit": "20", **query})


def product_page(slug: str) -> Event:
    """One product."""
    return _event("GET", f"/products/{slug}")


def create_cart() -> Event:
    """An empty cart."""
    return _event("POST", "/carts", {})


def add_item(cart_id: str, sku: str) -> Event:
    """One unit."""
    return _event("POST", f"/carts/{cart_id}/items", {"sku": sku, "quantity": 1})


def give_address(cart_id: str) -> Event:
    """E-mail and address."""
    return _event("PATCH", f"/carts/{cart_id}", {"email": EMAIL, "shipping_address": ADDRESS})


def ask_shipping(cart_id: str) -> Event:
    """What may be chosen."""
    return _event("GET", f"/carts/{cart_id}/shipping-methods")


def choose_shipping(cart_id: str, shop: Shop) -> Event:
    """The store's one method."""
    return _event("PATCH", f"/carts/{cart_id}", {"shipping_method_id": shop.shipping_method_id})


def check_out(cart_id: str, *, method: str) -> Event:
    """The cart becomes an order."""
    return _event("POST", f"/carts/{cart_id}/checkout", {"payment_method": method})


def http_event(
    method: str, path: str, body: bytes | None, headers: Mapping[str, str], query: Mapping[str, str] | None = None
) -> Event:
    """An event of an HTTP API, payload 2.0."""
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in (query or {}).items()),
        "headers": {"host": "api.example.com", **headers},
        "requestContext": {
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "bench",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    return event if body is None else event | {"body": body.decode()}


def _event(method: str, path: str, body: Any = None, *, query: Mapping[str, str] | None = None) -> Event:
    if body is None:
        return http_event(method, _STORE + path, None, {}, query)
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content))}
    return http_event(method, _STORE + path, content, headers, query)
