"""What must hold of an order and what lies beside it, after every write: its money and its goods add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.orders.statuses import OrderStatus
from tests.simulation.dynamo.memory import Wired
from tests.simulation.scheduler import Violation

FAILED_REFUNDS = frozenset({"failed", "cancelled"})
_OF_ORDER = ("lines", "totals", "payment", "picks", "status", "window")


def broken(rule: str, **facts: Any) -> Violation:
    """A rule was broken; the facts say by what."""
    told = ", ".join(f"{name}={value}" for name, value in facts.items())
    return Violation(f"safety: {rule} ({told})")


def check_order(pk: str, partition: Mapping[str, Wired]) -> None:
    """Look at the order of a partition.

    Raises:
        Violation: something does not add up.
    """
    image = partition["ORDER"]
    order = item_from_wire({name: image[name] for name in _OF_ORDER if name in image})
    beside = [item_from_wire(item) for sk, item in partition.items() if sk.startswith(("REFUND#", "SHIPMENT#"))]
    _check_money(pk, order, [item for item in beside if item["type"] == "refund"])
    for line in order["lines"]:
        _check_line(pk, line)
    _check_sent(pk, order, [item for item in beside if item["type"] == "shipment"])
    _check_owned(pk, order)


def on_shelves(line: Item, units: int) -> Counter[str]:
    """So many units of an order's line as they lie on shelves: of a kit, its components, as many as it has of each."""
    parts = line.get("components") or [(line["sku"], 1)]
    return Counter({sku: quantity * units for sku, quantity in parts})


def _check_money(pk: str, order: Item, refunds: Iterable[Item]) -> None:
    payment = order.get("payment", {})
    captured, refunded = payment.get("captured", 0), payment.get("refunded", 0)
    going = sum(refund["amount"] for refund in refunds if refund["state"] not in FAILED_REFUNDS)
    figures = {"order": pk, "total": order["totals"]["total"], "captured": captured, "refunded": refunded}
    if not 0 <= refunded <= captured <= order["totals"]["total"]:
        raise broken("refunded is within captured, and captured within the total", **figures)
    if going != refunded:
        raise broken("an order's refunded money is its refunds", refunds=going, **figures)


def _check_line(pk: str, line: Item) -> None:
    counts = {name: line.get(name, 0) for name in ("fulfilled", "cancelled", "returned", "refunded")}
    if counts["fulfilled"] + counts["cancelled"] > line["quantity"] or counts["returned"] > counts["fulfilled"]:
        raise broken("every unit is sold once", order=pk, line=line)
    if counts["refunded"] > line["quantity"] or min(counts.values()) < 0:
        raise broken("a line's units are refunded once", order=pk, line=line)


def _check_sent(pk: str, order: Item, shipments: Iterable[Item]) -> None:
    left: Counter[str] = Counter()
    for line in order["lines"]:
        left.update(on_shelves(line, line.get("fulfilled", 0)))
    for shipment in shipments:
        for pick in shipment["picks"]:
            left[pick["sku"]] -= pick["units"]
    if any(left.values()):
        raise broken("what left is what was fulfilled", order=pk, difference=dict(left))


def _check_owned(pk: str, order: Item) -> None:
    picks = order.get("picks", ())
    if order["status"] == OrderStatus.CANCELLED:
        if order["window"] == "closed" and picks:
            raise broken("an order that is over owns nothing", order=pk)
        return
    due: Counter[str] = Counter()
    for line in order["lines"]:
        due.update(on_shelves(line, line["quantity"] - line.get("fulfilled", 0) - line.get("cancelled", 0)))
    for pick in picks:
        due[pick["sku"]] -= pick["units"]
    if any(due.values()):
        raise broken("an order owns the units that it has yet to send", order=pk, difference=dict(due))
