"""Units are conserved. Of each SKU of each tenant, after every transaction:

    restocked + received + found + returned + by hand  =  on shelves + on the way + sold + written off

Each kind of item says where it has put units; a write moves what the item says after it less what it said before. What
somebody did to the table by hand counts until a repair has undone it: in the end it must be nothing.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias

from storekeeper.inventory.transfers.items import transfer_from
from storekeeper.kernel.aws.codec import from_wire, item_from_wire
from tests.simulation.dynamo.memory import Memory, Record, Wired
from tests.simulation.order_rules import broken, on_shelves

Unit: TypeAlias = tuple[str, str]  # tenant, SKU


class Fate(StrEnum):
    """What became of a unit, or where it came from."""

    RESTOCKED = "restocked"
    RECEIVED = "received"
    FOUND = "found"
    RETURNED = "returned"
    BY_HAND = "by hand"
    ON_SHELVES = "on shelves"
    ON_THE_WAY = "on the way"
    SOLD = "sold"
    WRITTEN_OFF = "written off"


Told: TypeAlias = Iterator[tuple[str, Fate, int]]  # SKU, what became of units, how many

CAME_IN = frozenset({Fate.RESTOCKED, Fate.RECEIVED, Fate.FOUND, Fate.RETURNED, Fate.BY_HAND})


def _of_level(level: Wired) -> Told:
    yield level["sku"]["S"], Fate.ON_SHELVES, int(level["on_hand"]["N"])


def _of_adjustment(adjustment: Wired) -> Told:
    units = int(adjustment["quantity"]["N"])
    yield adjustment["sku"]["S"], Fate.RESTOCKED if units > 0 else Fate.WRITTEN_OFF, abs(units)


def _of_purchase(order: Wired) -> Told:
    """What is on its way from a supplier is not ours yet, and what was rejected never was."""
    for line in from_wire(order["lines"]):
        yield line["sku"], Fate.RECEIVED, line.get("received", 0)


def _of_transfer(transfer: Wired) -> Told:
    for line in transfer_from(item_from_wire(transfer)).lines:
        yield line.sku, Fate.ON_THE_WAY, line.units.outstanding
        yield line.sku, Fate.WRITTEN_OFF, line.units.damaged + line.units.missing
        yield line.sku, Fate.FOUND, line.units.found


def _of_shipment(shipment: Wired) -> Told:
    for pick in from_wire(shipment["picks"]):
        yield pick["sku"], Fate.SOLD, pick["units"]


def _of_order(order: Wired) -> Told:
    for line in from_wire(order["lines"]):
        for sku, units in on_shelves(line, line.get("returned", 0)).items():
            yield sku, Fate.RETURNED, units


def _of_drift(drift: Wired) -> Told:
    """A repair puts on the shelf what should be there, and takes off what should not."""
    told = json.loads(drift["drift"]["S"])
    if drift["outcome"]["S"] == "mended" and told["kind"] != "ledger":  # a gap is closed: no unit moves by that
        yield told["sku"], Fate.BY_HAND, told["expected"][0] - told["found"][0]


TELLING: Mapping[str, Callable[[Wired], Told]] = {
    "level": _of_level,
    "adjustment": _of_adjustment,
    "purchase_order": _of_purchase,
    "transfer": _of_transfer,
    "shipment": _of_shipment,
    "order": _of_order,
    "drift": _of_drift,
}


class Units:
    """Follows all units of a history."""

    def __init__(self, memory: Memory) -> None:
        self.fates: dict[Unit, Counter[Fate]] = {}
        self._moved: set[Unit] = set()
        for pk, items in memory.partitions.items():
            for item in items.values():
                self._count(pk, item, 1)
        self.check()

    def look(self, record: Record) -> None:
        """One write of a transaction."""
        for image, sign in ((record.old, -1), (record.new, 1)):
            if image is not None:
                self._count(record.place[0], image, sign)

    def by_hand(self, unit: Unit, units: int) -> None:
        """Somebody wrote other figures into a level: so many more are on the shelf now."""
        for fate in (Fate.BY_HAND, Fate.ON_SHELVES):
            self.fates[unit][fate] += units

    def check(self) -> None:
        """After the last write of a transaction.

        Raises:
            Violation: units came from nowhere, or went nowhere.
        """
        for unit in self._moved:
            fates = self.fates[unit]
            if sum(units if fate in CAME_IN else -units for fate, units in fates.items()):
                raise broken("units come from somewhere and go somewhere", sku=unit, units=_shown(fates))
        self._moved.clear()

    def _count(self, pk: str, item: Wired, sign: int) -> None:
        tell = TELLING.get(item.get("type", {}).get("S", ""))
        for sku, fate, units in tell(item) if tell else ():
            if units:
                unit = (pk.split("#")[1], sku)
                self.fates.setdefault(unit, Counter())[fate] += sign * units
                self._moved.add(unit)


def _shown(fates: Counter[Fate]) -> str:
    return ", ".join(f"{fate} {units}" for fate, units in sorted(fates.items()) if units)
