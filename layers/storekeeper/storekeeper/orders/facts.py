"""What happened to an order, read off two versions of it: the events and the timeline are both made of this. Pure.

Facts name ids, counts, amounts and what a carrier needs. No shopper's words or data are among them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.money import Money
from storekeeper.orders.model import Order
from storekeeper.orders.statuses import FulfillmentStatus, OrderStatus, PaymentStatus

UPDATED = "order.updated"
BESIDE = frozenset({"grant", "note", "shipment"})  # items beside an order that are facts by themselves
_PAYMENT_FACTS = {
    PaymentStatus.AUTHORIZED: "order.authorized",
    PaymentStatus.PAID: "order.paid",
    PaymentStatus.PARTIALLY_PAID: "order.partially_paid",
    PaymentStatus.FAILED: "order.payment_failed",
}
_MONEY_BACK = frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})
# The shopper or the merchant sees these; a change of anything else is bookkeeping.
_GRANT_SHOWN = ("order_id", "line_id", "download_id", "used")
_SHIPMENT_SHOWN = ("order_id", "lines", "carrier", "tracking_number", "tracking_url", "digital")
_VISIBLE = ("lines", "shipping_method", "tags", "metadata", "sealed_contact")


class Fact(Struct, frozen=True):
    """One thing that happened: its type (`order.paid`), and what there is to say beyond the order itself."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


def facts_of(before: Order | None, after: Order) -> tuple[Fact, ...]:
    """What happened between two versions of an order, the most telling first; `before` None: it was placed."""
    return (
        *([Fact("order.created")] if before is None else []),
        *_status_facts(before, after),
        *_payment_facts(before, after),
        *_refund_facts(before, after),
        *_fulfillment_facts(before, after),
    )


def changed_visibly(before: Order, after: Order) -> bool:
    """Whether something that people see, beyond what `facts_of` says, is different."""
    return any(getattr(before, name) != getattr(after, name) for name in _VISIBLE)


class Beside(Struct, frozen=True):
    """A fact that is an item beside the order, and the instant it happened, as text. `version` is the item's."""

    fact: Fact
    at: str
    version: int = 1


def fact_beside(kind: str, old: Item | None, item: Item) -> Beside | None:
    """What an item beside an order says by being new, or by a new version; None for what says nothing by itself."""
    if old is not None and old.get("version") == item.get("version"):
        return None
    if kind == "note":
        data = {"order_id": item["order_id"], "note_id": item["id"], "visibility": item["visibility"]}
        return Beside(Fact("order.note_added", data), item["created_at"])
    if kind == "shipment":
        shown = {name: item[name] for name in _SHIPMENT_SHOWN if name in item}
        return Beside(Fact("shipment.created", {"shipment_id": item["id"], **shown}), item["shipped_at"])
    if kind == "grant":  # a renewal sets what counts back to nothing, a use counts one more
        name = "download.used" if item["used"] > item["renewed_from"] else "download.renewed"
        shown = {"grant_id": item["id"], **{name: item[name] for name in _GRANT_SHOWN}}
        return Beside(Fact(name, shown), item["changed_at"], item["version"])
    return None


def _status_facts(before: Order | None, after: Order) -> Iterator[Fact]:
    if before is not None and before.status is not after.status:
        reinstated = before.status is OrderStatus.CANCELLED
        yield Fact("order.reinstated" if reinstated else f"order.{after.status.value}")


def _payment_facts(before: Order | None, after: Order) -> Iterator[Fact]:
    was = before.payment_status if before else PaymentStatus.PENDING
    name = _PAYMENT_FACTS.get(after.payment_status)
    if name and was is not after.payment_status and was not in _MONEY_BACK:
        failure = after.payment.failure_code if after.payment else None
        failed = after.payment_status is PaymentStatus.FAILED and failure is not None
        yield Fact(name, {"failure_code": failure} if failed else {})


def _refund_facts(before: Order | None, after: Order) -> Iterator[Fact]:
    """Refunded when it is asked for; should the bank refuse it later, that is said too."""
    if after.payment is None:
        return
    was = before.payment.refunded if before and before.payment else Money.zero(after.currency)
    if was < after.payment.refunded:
        yield Fact("order.refunded", {"amount": str(after.payment.refunded - was)})
    elif after.payment.refunded < was:
        yield Fact("order.refund_failed", {"amount": str(was - after.payment.refunded)})


def _fulfillment_facts(before: Order | None, after: Order) -> Iterator[Fact]:
    was = {line.id: line.fulfilled for line in before.lines} if before else {}
    left = [
        {"line_id": line.id, "sku": line.sku, "quantity": line.fulfilled - was.get(line.id, 0)}
        for line in after.lines
        if line.fulfilled > was.get(line.id, 0)
    ]
    whole = after.fulfillment_status is FulfillmentStatus.FULFILLED
    if left or (whole and before is not None and before.fulfillment_status is not after.fulfillment_status):
        yield Fact("order.fulfilled" if whole else "order.partially_fulfilled", {"left": left})
