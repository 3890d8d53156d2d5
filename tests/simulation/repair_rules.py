"""What must hold of reconciliation: it finds what somebody wrote by hand, mends it, and finds nothing else, ever."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from storekeeper.inventory.movements.items import movement_from, movement_key
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import item_from_wire
from tests.simulation.conservation import Units
from tests.simulation.dynamo.memory import Memory, Place, Record, Wired
from tests.simulation.order_rules import broken
from tests.simulation.world import START

OF_LEDGER = "ledger"
FIGURES = ("on_hand", "reserved", "available", "incoming")


class Repairs:
    """Knows what was written by hand, and looks at what is found and mended."""

    def __init__(self, memory: Memory, units: Units) -> None:
        self._memory, self._units = memory, units
        self._right: dict[tuple[str, int], Wired] = {}  # the level as it was, by partition and version

    def levels_of(self, tenant_id: str) -> Iterator[str]:
        """The partitions of a tenant's levels; a lease that nobody has sold from has no ledger to be compared with."""
        return (
            pk
            for pk, items in self._memory.partitions.items()
            if pk.startswith(f"T#{tenant_id}#SKU#") and "LEVEL" in items and _version(items["LEVEL"])
        )

    def tamper(self, pk: str, changes: Mapping[str, int]) -> None:
        """Write other figures into a level, past everything that would tell of it."""
        level = self._memory.partitions[pk]["LEVEL"]
        changed = {name: {"N": str(int(level[name]["N"]) + by)} for name, by in changes.items()}
        self._memory.partitions[pk]["LEVEL"] = level | changed
        self._right[pk, _version(level)] = level
        self._units.by_hand((pk.split("#")[1], level["sku"]["S"]), changes.get("on_hand", 0))

    def look(self, record: Record) -> None:
        """Look at a difference that a run tells of.

        Raises:
            Violation: there is none.
        """
        if record.new is None or record.old is not None:
            raise broken("what was found stays as it was told", drift=record.place)
        drift = json.loads(record.new["drift"]["S"])
        pk = _level_pk(record.place, drift)
        is_there = (
            self._lacks_rows(pk, drift, found_at=record.new["found_at"]["S"])
            if drift["kind"] == OF_LEDGER
            else (pk, drift["version"]) in self._right
        )
        if not is_there:
            raise broken("what is right is not found to be wrong", outcome=record.new["outcome"]["S"], drift=drift)

    def unmended(self) -> Iterator[str]:
        """What was written by hand and is so in the end, or was mended unseen."""
        for (pk, version), right in self._right.items():
            level = self._memory.partitions[pk]["LEVEL"]
            if any(level[name] != right[name] for name in FIGURES):
                yield f"{pk} was written by hand, and nobody mended it"
            row = self._memory.find(movement_key(pk, version + 1))
            if row is None or movement_from(item_from_wire(row)).type != "reconciliation":
                yield f"the ledger of {pk} does not show that it was mended"

    def _lacks_rows(self, pk: str, drift: Mapping[str, Any], *, found_at: str) -> bool:
        """Whether the ledger lacked rows when the run looked: one of them came later, or has not come yet."""
        looked = (clock.from_text(found_at) - START).total_seconds()
        first, last = drift["versions"]
        there = {record.place for record in self._memory.records if record.at < looked}
        return any(movement_key(pk, version) not in there for version in range(first, last + 1))


def _level_pk(place: Place, drift: Mapping[str, Any]) -> str:
    tenant = place[0].split("#")[1]
    return f"T#{tenant}#SKU#{drift['sku']}#{drift['location_id']}#{drift['bucket']}"


def _version(level: Wired) -> int:
    return int(level["version"]["N"])
