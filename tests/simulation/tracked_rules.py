"""What must hold of units that are told apart, after every transaction: each serial is in one state and place, is sold
once at a time, and has a history without a gap; a level counts the names that lie there; what left is what was named.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import SkuRef
from storekeeper.inventory.tracking.batches.items import batch_from, sale_from
from storekeeper.inventory.tracking.serials.items import serial_from
from storekeeper.inventory.tracking.serials.model import SERIAL_TRANSITIONS, Serial, SerialStatus
from storekeeper.kernel.aws.codec import from_wire, item_from_wire
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.orders.statuses import OrderStatus
from tests.simulation.dynamo.memory import Memory, Place, Record, Wired
from tests.simulation.goods import TRACKED
from tests.simulation.order_rules import broken

Left: TypeAlias = tuple[str, str]  # an order's partition, SKU

OF_AN_ORDER = frozenset({SerialStatus.RESERVED, SerialStatus.SOLD, SerialStatus.RETURNED})
ON_SHELF = frozenset({SerialStatus.IN_STOCK, SerialStatus.RESERVED})
OPEN = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.SHIPPED})


@dataclass(slots=True)
class _Touched:
    levels: set[Place] = field(default_factory=set)
    left: set[Left] = field(default_factory=set)
    put_aside: set[Left] = field(default_factory=set)
    batches: set[str] = field(default_factory=set)


class ToldApart:
    """Follows every serial and batch. `shipped`: units that left; `named`: those of them whose names are known."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lying: Counter[Place] = Counter()
        self.shipped: Counter[Left] = Counter()
        self.named: Counter[Left] = Counter()
        self.aside: Counter[Left] = Counter()
        self._sales: Counter[str] = Counter()
        self._touched = _Touched()
        self._looks: Mapping[str, Callable[[Record], None]] = {
            "serial": self._look_at_serial,
            "batch": self._look_at_batch,
            "batch_sale": self._look_at_sale,
            "shipment": self._look_at_shipment,
            "level": self._look_at_level,
        }
        for pk, items in memory.partitions.items():
            for sk, item in items.items():
                if item.get("type", {}).get("S") == "serial":
                    self._look_at_serial(Record(0, 0.0, (pk, sk), None, item))
        self._touched = _Touched()

    def look(self, record: Record, kind: str | None) -> None:
        """One write of a transaction.

        Raises:
            Violation: a serial or a batch became what it must not.
        """
        if look := self._looks.get(kind or ""):
            look(record)

    def check(self) -> None:
        """After the last write of a transaction.

        Raises:
            Violation: names and units do not agree.
        """
        touched, self._touched = self._touched, _Touched()
        for place in touched.levels:
            self._check_level(place)
        for left in touched.left:
            if self.shipped[left] != self.named[left]:
                units = {"shipped": self.shipped[left], "named": self.named[left]}
                raise broken("what leaves of what is told apart is named", order=left, **units)
        for one in touched.put_aside:
            self._check_put_aside(one)
        for pk in touched.batches:
            if (sold := int(self._memory.partitions[pk]["BATCH"]["sold"]["N"])) != self._sales[pk]:
                raise broken("what was sold of a batch is its sales", batch=pk, told=sold, sales=self._sales[pk])

    # one write

    def _look_at_serial(self, record: Record) -> None:
        if record.new is None:
            raise broken("a serial is never deleted", serial=record.place)
        tenant = record.place[0].split("#")[1]
        before, after = (serial_from(item_from_wire(image)) if image else None for image in (record.old, record.new))
        if after is not None:
            _check_serial(before, after)
        for serial, sign in ((before, -1), (after, 1)):
            if serial is not None and serial.is_on_shelf and serial.location_id:
                self._lie(tenant, serial.sku, serial.location_id, sign)
            if serial is not None and serial.status is SerialStatus.RESERVED:
                self.aside[_left(tenant, serial)] += sign
        if after and after.status is SerialStatus.SOLD:
            self.named[_left(tenant, after)] += 1
            self._touched.left.add(_left(tenant, after))
        if after and after.status is SerialStatus.RESERVED:
            self._touched.put_aside.add(_left(tenant, after))

    def _look_at_batch(self, record: Record) -> None:
        if record.new is None:
            raise broken("a batch is never deleted", batch=record.place)
        tenant = record.place[0].split("#")[1]
        for image, sign in ((record.old, -1), (record.new, 1)):
            batch = batch_from(item_from_wire(image)) if image else None
            for location_id, units in batch.units.items() if batch else ():
                self._lie(tenant, batch.sku if batch else "", location_id, sign * units)
                if units < 0:
                    raise broken("a batch has no less than nothing", batch=record.place)
        self._touched.batches.add(record.place[0])

    def _look_at_sale(self, record: Record) -> None:
        if record.old is not None or record.new is None:
            raise broken("a batch's sales never change", sale=record.place)
        sale = sale_from(item_from_wire(record.new))
        batch = batch_from(item_from_wire(self._memory.partitions[record.place[0]]["BATCH"]))
        if batch.is_past(sale.sold_at):
            raise broken("nothing of a batch leaves past its date", sale=sale)
        tenant = record.place[0].split("#")[1]
        left = (f"T#{tenant}#ORDER#{sale.order_id}", sale.sku)
        self.named[left] += sale.units
        self._sales[record.place[0]] += sale.units
        self._touched.left.add(left)
        self._touched.batches.add(record.place[0])

    def _look_at_shipment(self, record: Record) -> None:
        for pick in from_wire((record.new or {})["picks"]):
            if pick["sku"] in TRACKED:
                left = (record.place[0], pick["sku"])
                self.shipped[left] += pick["units"]
                self._touched.left.add(left)

    def _look_at_level(self, record: Record) -> None:
        if record.new and record.new["sku"]["S"] in TRACKED:
            self._touched.levels.add(record.place)

    def _lie(self, tenant: str, sku: str, location_id: LocationId, units: int) -> None:
        key = level_key(SkuRef(TenantId(tenant), sku), location_id)
        self._lying[key.pk, key.sk] += units
        self._touched.levels.add((key.pk, key.sk))

    # together

    def _check_level(self, place: Place) -> None:
        level: Wired = self._memory.find(place) or {}
        if "tracked" not in level:
            raise broken("each level of what is told apart knows it", level=place[0])
        named, on_hand = int(level["named"]["N"]), int(level["on_hand"]["N"])
        if named != self._lying[place] or named > on_hand:
            units = {"told": named, "lying": self._lying[place], "on_hand": on_hand}
            raise broken("a level's named units are the names that lie there", level=place[0], **units)

    def _check_put_aside(self, one: Left) -> None:
        """At the moment when it is put aside; an order that is cancelled later has it for a while yet."""
        pk, sku = one
        order = item_from_wire(self._memory.partitions[pk]["ORDER"])
        owned = sum(pick["units"] for pick in order.get("picks", ()) if pick["sku"] == sku)
        if order["status"] not in OPEN or self.aside[one] > owned:
            units = {"aside": self.aside[one], "owned": owned, "status": order["status"]}
            raise broken("no more is put aside for an order than it owns", order=pk, **units)


def _left(tenant: str, serial: Serial) -> Left:
    return f"T#{tenant}#ORDER#{serial.order_id}", serial.sku


def _check_serial(before: Serial | None, after: Serial) -> None:
    told = {"serial": after.id, "before": before.status if before else None, "after": after.status}
    if before and after.status not in SERIAL_TRANSITIONS[before.status]:
        raise broken("a serial's status follows its table", **told)
    if (after.location_id is not None) is not (after.status in ON_SHELF):
        raise broken("a serial lies somewhere while it is on a shelf", place=after.location_id, **told)
    if (after.order_id is not None) is not (after.status in OF_AN_ORDER):
        raise broken("a serial is of an order while one has it, or had it last", order=after.order_id, **told)
    kept, last = before.history if before else (), after.history[-1]
    if after.history != (*kept, last) or last.status is not after.status or len(after.history) != after.version:
        raise broken("a serial's history has no gap", history=after.history, **told)
    if kept and last.at < kept[-1].at:
        raise broken("a serial's history does not go back in time", history=after.history, **told)
