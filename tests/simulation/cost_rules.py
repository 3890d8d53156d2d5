"""What must hold of costs in the end: what a ledger's replay values is what lies there, at what receipts say."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from storekeeper.inventory.costs.model import CostMethod, cost_of
from storekeeper.inventory.movements.items import movement_from
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.purchasing.items import purchase_from
from storekeeper.inventory.purchasing.model import PurchaseOrder
from storekeeper.kernel.aws.codec import item_from_wire
from storekeeper.kernel.ids import LocationId
from tests.simulation.dynamo.memory import Memory

Unit: TypeAlias = tuple[str, str]  # tenant, SKU


def wrong_costs(memory: Memory) -> Iterator[str]:
    """Of each SKU that was ever bought from a supplier."""
    bought = list(_purchases(memory))
    skus = {(tenant, line.sku) for tenant, order in bought for line in order.lines}
    ledgers = {unit: list(_ledger(memory, unit)) for unit in sorted(skus)}
    for unit, rows in ledgers.items():
        for method in CostMethod:
            yield from _wrong_values(unit, rows, method)
    for tenant, order in bought:
        yield from _wrong_receipts(order, {sku: rows for (of, sku), rows in ledgers.items() if of == tenant})


def _purchases(memory: Memory) -> Iterator[tuple[str, PurchaseOrder]]:
    for pk, items in memory.partitions.items():
        if "#PURCHASE#" in pk:
            yield pk.split("#")[1], purchase_from(item_from_wire(items["ORDER"]))


def _ledger(memory: Memory, unit: Unit) -> Iterator[Movement]:
    """The rows of all levels of a SKU, by time."""
    prefix = "T#{}#SKU#{}#".format(*unit)
    partitions = (items for pk, items in memory.partitions.items() if pk.startswith(prefix) and "LEVEL" in items)
    rows = [movement_from(item_from_wire(one[sk])) for one in partitions for sk in one if sk.startswith("MOVE#")]
    yield from sorted(rows, key=lambda row: (row.occurred_at, row.location_id, row.bucket, row.version))


def _wrong_values(unit: Unit, rows: Iterable[Movement], method: CostMethod) -> Iterator[str]:
    last: dict[tuple[LocationId, int], int] = {(row.location_id, row.bucket): row.on_hand_after for row in rows}
    lies = Counter[LocationId]()
    for (location, _), units in last.items():
        lies[location] += units
    for location, valued in cost_of(rows, method=method).locations.items():
        stock, told = valued.stock, sum(valued.came.values()) - sum(valued.went.values())
        if stock.units != lies[location]:
            yield f"of {unit} at {location}, {method} values {stock.units} units, and {lies[location]} are there"
        if stock.value != told or (stock.value and not stock.units) or stock.value < 0:
            yield f"{unit} at {location} is worth {stock.value} by {method}, of what came less what went: {told}"


def _wrong_receipts(order: PurchaseOrder, ledgers: dict[str, list[Movement]]) -> Iterator[str]:
    """Each line brought what it says to its level, at what it says."""
    for line in order.lines:
        brought = [
            row
            for row in ledgers[line.sku]
            if row.reference_id == order.id and row.location_id == line.location_id and row.quantity
        ]
        told = sum(row.quantity for row in brought), sum(row.quantity * (row.unit_cost or 0) for row in brought)
        if told != (line.received, line.received_cost.minor):
            yield f"{order.number} brought {line.received} {line.sku} for {line.received_cost}, its ledger says {told}"
