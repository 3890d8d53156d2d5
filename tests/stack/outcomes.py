"""What everybody must agree upon once a payment has come to rest: merchant, shopper, shelf and provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.stack.provider import Provider
from tests.stack.shop import Json, Purchase, Shop, eventually

SETTLED_S = 10.0


@dataclass(frozen=True)
class Outcome:
    """The status of an order, of its payment, of its intent, and how many units it has reserved."""

    status: str
    payment_status: str
    intent: str
    reserved: int


WAITING = Outcome("pending", "pending", "requires_payment_method", 1)
DECLINED = Outcome("pending", "failed", "requires_payment_method", 1)
PAID = Outcome("processing", "paid", "succeeded", 1)
AUTHORIZED = Outcome("processing", "authorized", "requires_capture", 1)
GIVEN_UP = Outcome("cancelled", "failed", "canceled", 0)
SENT_BACK = Outcome("cancelled", "refunded", "succeeded", 0)


def outcome(shop: Shop, provider: Provider, purchase: Purchase) -> Outcome:
    """How things stand now; shopper and merchant are told the same."""
    before = shop.merchant.order(purchase.order_id)
    while True:  # several reads are of one moment if the order is the same before and after them
        seen = shop.track(purchase)
        reserved = shop.merchant.units(before["lines"][0]["sku"], "reserved")
        intent = provider.intent(purchase)["status"]
        order = shop.merchant.order(purchase.order_id)
        if order["version"] == before["version"]:
            break
        before = order
    assert (seen["status"], seen["payment_status"]) == (order["status"], order["payment_status"])
    assert reserved == sum(one["quantity"] for one in order["allocations"])
    return Outcome(order["status"], order["payment_status"], intent, reserved)


def comes_to(expected: Outcome, shop: Shop, provider: Provider, purchase: Purchase) -> None:
    """The purchase comes to rest there."""
    eventually(lambda: outcome(shop, provider, purchase), until=lambda seen: seen == expected, within_s=SETTLED_S)


def stays(expected: Outcome, shop: Shop, provider: Provider, purchase: Purchase) -> None:
    """The purchase is there, whatever just happened."""
    assert outcome(shop, provider, purchase) == expected


def timeline(shop: Shop, purchase: Purchase, *, ends_with: str = "") -> list[str]:
    """The kinds of entry in the order's timeline, oldest first, once it has the last one."""

    def read() -> Sequence[Json]:
        return list(shop.merchant.rows(f"/v1/orders/{purchase.order_id}/timeline"))

    def is_whole(entries: Sequence[dict[str, Any]]) -> bool:
        return any(entry["type"] == ends_with for entry in entries) if ends_with else bool(entries)

    return [entry["type"] for entry in eventually(read, until=is_whole)]
