"""What must hold in the end, when faults have stopped and nothing is left to do: all has settled, and all is told."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from storekeeper.inventory import StockState
from storekeeper.inventory.movements.items import movement_from
from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table
from storekeeper.orders import Order
from storekeeper.orders.items import order_from
from storekeeper.orders.statistics import Figures, figures_of
from storekeeper.orders.statuses import OrderStatus, PaymentWindow
from storekeeper.orders.timeline import row_of
from storekeeper.payments import FINAL_STATES, Payment
from storekeeper.search.projections import _derive
from storekeeper.streams import publish_batch
from tests.simulation.cost_rules import wrong_costs
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory, Wired
from tests.simulation.kit_rules import kits_left
from tests.simulation.order_rules import FAILED_REFUNDS
from tests.simulation.provider import Held
from tests.simulation.records import lambda_record
from tests.simulation.safety import Audit
from tests.simulation.scheduler import Violation
from tests.simulation.streaming import Streams
from tests.simulation.sweeping import first_due
from tests.simulation.traces import broken_traces
from tests.simulation.world import FOUNDED, TABLE, Shop

# Types of items that are derived, or tell nothing: their changes are left out, to save time.
SILENT = frozenset(
    {"movement", "order_event", "order_counted", "sales_day", "hold", "hold_reference", "card", "numbers", "limit"}
)


@dataclass
class Ending:
    """Everything that a history leaves behind."""

    memory: Memory
    shops: Sequence[Shop]
    intents: Mapping[str, Held]
    streams: Streams
    audit: Audit

    @cached_property
    def told_of(self) -> tuple[dict[str, Any], ...]:
        """Every record of something that facts may be told of, in order."""
        told = (record for record in self.memory.records if _kind(record.new or record.old or {}) not in SILENT)
        return tuple(lambda_record(record) for record in told)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes of these records."""
        return tuple(Change.from_record(record) for record in self.told_of)

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """All orders as they are."""
        return tuple(order_from(item, tenant_id=_tenant(pk)) for pk, item in self.items("order"))

    def items(self, kind: str) -> Iterator[tuple[str, Item]]:
        """All items of a type, with their partitions."""
        for pk, items in self.memory.partitions.items():
            for item in items.values():
                if _kind(item) == kind:
                    yield pk, item_from_wire(item)


def check_settled(ending: Ending) -> None:
    """Look at the whole.

    Raises:
        Violation: something is still open, or was not told.
    """
    of_orders = (_orders, _holds, _provider, _timeline, _figures)
    of_stock = (_ledger, _costs, _repairs, _states, _cards, _goods)
    for check in (*of_orders, *of_stock, _events):
        for fault in check(ending):
            raise Violation(f"liveness: {fault}")


def _kind(item: Wired) -> str | None:
    kind: str | None = item.get("type", {}).get("S")
    return kind


def _tenant(pk: str) -> TenantId:
    return TenantId(pk.split("#")[1])


def _orders(ending: Ending) -> Iterator[str]:
    for order in ending.orders:
        if order.status is OrderStatus.PENDING:
            yield f"{order.id} is pending for ever"
        if order.window is not PaymentWindow.CLOSED:
            yield f"the window of {order.id} is {order.window} for ever"
    for _, refund in ending.items("refund"):
        if refund["state"] in {"pending", "requires_action"}:
            yield f"refund {refund['id']} is {refund['state']} for ever"


def _holds(ending: Ending) -> Iterator[str]:
    for pk, _ in ending.items("hold"):
        yield f"the hold of {pk} never ends"
    if first_due(ending.memory) is not None:
        yield "something stays due for ever"
    if ending.memory.locks:
        yield "a transaction never ends"


def _provider(ending: Ending) -> Iterator[str]:
    """Ours is a copy of what the provider has, and nothing there is open that nobody looks after."""
    by_order: dict[str, list[Held]] = {}
    for held in ending.intents.values():
        by_order.setdefault(str(held.shown.order_id), []).append(held)
    for order in ending.orders:
        if order.payment is not None and order.payment.provider == "stripe":
            known = by_order.get(order.id, [])
            if len(known) > 1:
                yield f"{order.id} has {len(known)} intents"
            for held in known:
                yield from _compared(order, order.payment, held)
            if order.status is OrderStatus.CANCELLED and order.payment.refundable and not _may_keep(ending, order):
                yield f"{order.id} was never accepted, and its money was kept"


def _compared(order: Order, payment: Payment, held: Held) -> Iterator[str]:
    theirs = (held.shown.state, held.shown.captured, held.refunded)
    ours = (payment.state, payment.captured, payment.refunded.minor)
    if theirs != ours:
        yield f"{order.id}: the provider has {theirs}, we have {ours}"
    if held.shown.state not in FINAL_STATES:
        yield f"{order.id}: its intent is open for ever"


def _may_keep(ending: Ending, order: Order) -> bool:
    """A merchant cancels and refunds in two acts; and a refund may fail for good."""
    refunds = (refund for _, refund in ending.items("refund") if refund["order_id"] == order.id)
    return order.id in ending.audit.accepted or any(refund["state"] in FAILED_REFUNDS for refund in refunds)


def _ledger(ending: Ending) -> Iterator[str]:
    for pk, level in ending.items("level"):
        beside = ending.memory.partitions[pk]
        rows = [movement_from(item_from_wire(beside[sk])) for sk in sorted(beside) if sk.startswith("MOVE#")]
        if [row.version for row in rows] != list(range(1, level["version"] + 1)):
            yield f"the ledger of {pk} has a gap: {[row.version for row in rows]} of {level['version']}"
        elif rows and (rows[-1].on_hand_after, rows[-1].reserved_after) != (level["on_hand"], level["reserved"]):
            yield f"the ledger of {pk} does not come to its level"
        if any(one.occurred_at > other.occurred_at for one, other in pairwise(rows)):
            yield f"the ledger of {pk} goes back in time"
        deltas = sum(row.quantity for row in rows if row.type not in {"hold", "release"})
        if deltas != level["on_hand"]:
            yield f"the ledger of {pk} does not replay to its level"


def _costs(ending: Ending) -> Iterator[str]:
    yield from wrong_costs(ending.memory)


def _repairs(ending: Ending) -> Iterator[str]:
    yield from ending.audit.repairs.unmended()
    for pk, run in ending.items("run"):
        if json.loads(run["card"])["problem"] == "internal":
            yield f"a step of {pk} broke"


def _events(ending: Ending) -> Iterator[str]:
    """Each fact of each change has arrived, under an id of its own."""
    told: list[dict[str, Any]] = []
    publish_batch(ending.told_of, bus="bus", put=told.extend)
    expected: Counter[str] = Counter(json.loads(entry["Detail"])["id"] for entry in told)
    returned = _carts_that_came_back(expected)
    for event_id in expected.keys() - ending.streams.published.keys():
        yield f"{event_id} never arrived"
    for event_id in ending.streams.published.keys() - expected.keys():
        yield f"{event_id} was told and never happened"
    for event_id in {one for one, count in expected.items() if count > 1} | set(ending.streams.two_bodies):
        if event_id.split(":")[2] not in returned:
            yield f"{event_id} is told of two facts"


def _carts_that_came_back(expected: Mapping[str, int]) -> set[str]:
    """Carts that were made, deleted, and made again by the first request, which was seconds on its way.

    Nothing keeps the memory of a deleted cart. It holds no stock, and only its own shopper knows it: that is accepted.
    """
    return {one.split(":")[2] for one, count in expected.items() if count > 1 and ":cart.created:" in one}


def _timeline(ending: Ending) -> Iterator[str]:
    for change in ending.changes:
        row = row_of(change)
        if row and ending.memory.find((row.key.pk, row.key.sk)) is None:
            yield f"{row.key} is missing from its order's timeline"


def _figures(ending: Ending) -> Iterator[str]:
    for shop in ending.shops:
        wanted = sum((figures_of(one) for one in ending.orders if one.tenant_id == shop.tenant_id), Figures())
        parts = (item for pk, item in ending.items("sales_day") if _tenant(pk) == shop.tenant_id)
        counted = sum((Figures(part["orders"], part["revenue"], part["refunded"]) for part in parts), Figures())
        if counted != wanted:
            yield f"the day's figures are {counted}, and come to {wanted}"


def _states(ending: Ending) -> Iterator[str]:
    left: Counter[tuple[str, str]] = Counter()
    here: Counter[str] = Counter()
    for pk, level in ending.items("level"):
        left[_tenant(pk), level["sku"]] += level["available"]
        here[f"{pk.rpartition('#')[0]}#0"] += level["available"]  # what is said of a location is said of all buckets
    for pk, units in here.items():
        told = ending.memory.partitions[pk].get("STATE", {}).get("state", {}).get("S")
        if told != StockState.of(units):
            yield f"the state of {pk} is {told} at {units}"
    for (tenant, sku), units in left.items():
        told = (ending.memory.find((f"T#{tenant}#SKU#{sku}", "STOCK")) or {}).get("state", {}).get("S")
        if told != StockState.of(units):
            yield f"the state of {sku} is {told} at {units}"


def _cards(ending: Ending) -> Iterator[str]:
    wire = DirectWire(ending.memory, lambda: 0.0)
    for shop in ending.shops:
        table = Table(wire, TABLE, tenant_id=shop.tenant_id, trace=FOUNDED)
        for pk, stored in ending.items("card"):
            if _tenant(pk) != shop.tenant_id:
                continue
            card, _ = _derive(table, shop.store_id, _product(pk))
            if stored.get("card") != (card.to_text() if card else None):
                yield f"{pk} is not what the facts say: {stored.get('card')}"


def _goods(ending: Ending) -> Iterator[str]:
    for shop in ending.shops:
        yield from kits_left(ending.memory, shop)
        yield from broken_traces(ending.memory, shop)


def _product(pk: str) -> Any:
    return pk.rpartition("#")[2]
