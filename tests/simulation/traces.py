"""What must hold in the end of units that are told apart: from a serial to its order and back, and from a batch to who
got it and back, everything leads to the same; and nothing stays put aside for an order that does not own it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from storekeeper.inventory.tracking.batches.items import BatchSale, batch_from
from storekeeper.inventory.tracking.batches.store import list_batches_of_order, list_sales
from storekeeper.inventory.tracking.serials.items import serial_from
from storekeeper.inventory.tracking.serials.model import Serial, SerialStatus
from storekeeper.inventory.tracking.serials.store import SerialFilter, list_serials
from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.table import Table
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory
from tests.simulation.goods import MILK, PHONE
from tests.simulation.world import FOUNDED, TABLE, Shop

ALL = 100


def broken_traces(memory: Memory, shop: Shop) -> Iterator[str]:
    """What does not lead there and back again."""
    prefix = f"T#{shop.tenant_id}#"
    if (f"{prefix}SKU#{PHONE}") not in memory.partitions:
        return
    table = Table(DirectWire(memory, lambda: 0.0), TABLE, tenant_id=shop.tenant_id, trace=FOUNDED)
    serials = [serial_from(item) for item in _items(memory, f"{prefix}SERIAL#", "SERIAL")]
    sales = [
        sale
        for item in _items(memory, f"{prefix}BATCH#", "BATCH")
        for sale in list_sales(table, batch_from(item), after=None, limit=ALL).entries
    ]
    for order in _items(memory, f"{prefix}ORDER#", "ORDER"):
        sent = _sent(memory.partitions[f"{prefix}ORDER#{order['id']}"])
        yield from _serials_of(table, order, serials, sent)
        yield from _batches_of(table, order, sales, sent)


def _serials_of(table: Table, order: Item, serials: Sequence[Serial], sent: Mapping[str, int]) -> Iterator[str]:
    own = {serial.number: serial for serial in serials if serial.order_id == order["id"]}
    rows = list_serials(table, SerialFilter(order_id=order["id"]), after=None, limit=ALL).entries
    if {row["number"]: row["status"] for row in rows} != {number: one.status.value for number, one in own.items()}:
        yield f"{order['id']} is listed with {rows}, and has {own}"
    steps = [step for serial in serials for step in serial.history if step.reference_id == order["id"]]
    sold = sum(step.status is SerialStatus.SOLD for step in steps)
    if sold != sent.get(PHONE, 0):
        yield f"{sold} serials say that they left with {order['id']}, and {sent.get(PHONE, 0)} units did"
    owned = sum(pick["units"] for pick in order.get("picks", ()) if pick["sku"] == PHONE)
    if (aside := sum(one.status is SerialStatus.RESERVED for one in own.values())) > owned:
        yield f"{aside} serials are put aside for ever for {order['id']}, which owns {owned} units"


def _batches_of(table: Table, order: Item, sales: Sequence[BatchSale], sent: Mapping[str, int]) -> Iterator[str]:
    got = {(sale.batch_id, sale.shipment_id): sale.units for sale in sales if sale.order_id == order["id"]}
    listed = list_batches_of_order(table, order["id"], after=None, limit=ALL).entries
    if {(sale.batch_id, sale.shipment_id): sale.units for sale in listed} != got:
        yield f"{order['id']} is listed with {listed}, and got {got}"
    if sum(got.values()) != sent.get(MILK, 0):
        yield f"{sum(got.values())} units of batches went to {order['id']}, and {sent.get(MILK, 0)} left"


def _sent(partition: Mapping[str, Item]) -> Counter[str]:
    sent = Counter[str]()
    for sk, item in partition.items():
        if sk.startswith("SHIPMENT#"):
            for pick in item_from_wire(item)["picks"]:
                sent[pick["sku"]] += pick["units"]
    return sent


def _items(memory: Memory, prefix: str, sk: str) -> Iterator[Item]:
    for pk, items in memory.partitions.items():
        if pk.startswith(prefix) and sk in items:
            yield item_from_wire(items[sk])
