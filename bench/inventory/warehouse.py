"""A tenant's stock of any size, as a client of DynamoDB: levels, their states and ledgers are made as they are read.

So half a million levels need no memory, and what a run holds is its own. What is made is what the product writes.
All else lies in the table of the simulation; what runs write is counted, and kept only where they read it again.
"""

import zlib
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from threading import Lock
from time import thread_time
from typing import Any

from bench.units import Image, IndexShape, index_units, query_units, read_units, write_units
from storekeeper.inventory.levels.items import level_pk, put_level
from storekeeper.inventory.levels.model import Cause, Delta, Level, MovementType, SkuRef, StockState, empty_level
from storekeeper.inventory.movements.items import put_movement
from storekeeper.inventory.movements.model import movement
from storekeeper.inventory.states.items import SHARDS, all_pks, location_pks, put_level_state, state_pks
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.writes import Put, wired
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRACE = Trace(system_actor("bench"), "req_bench")
LOCATIONS = tuple(LocationId(f"loc_01KAGC3M5Q8V6ZB1X7Y2N4T9R{number}") for number in range(5))
UNIT_COST = 400
KEPT = 2_000  # levels that were made last
CHANGES = (90, 60, 30, 10)  # days ago: what came, and three sales
INDEXES = (
    IndexShape("gsi1", ("gsi1pk", "gsi1sk"), ("card",)),
    IndexShape("gsi2", ("gsi2pk", "gsi2sk"), ()),
    IndexShape("gsi3", ("gsi3pk", "gsi3sk"), ()),
    IndexShape("due", ("due_pk", "due_sk"), ()),
)


class Uncounted(RuntimeError):
    """What is measured makes a call whose units are not counted here."""


class Warehouse:
    """`kernel.aws.calls.Wire` on stock that is made as it is read."""

    def __init__(self, tenant_id: TenantId, skus: int) -> None:
        self.tenant_id, self.skus = tenant_id, skus
        self._memory = Memory()
        self._rest = DirectWire(self._memory, lambda: 0.0)
        self._of_stock = f"T#{tenant_id}#SKU#"
        self._lock = Lock()
        self._partition = lru_cache(KEPT)(self._made)
        self._shards = {
            pk: (shard, StockState(pk.split("#")[3]) if "#LEVELSTATE#" in pk else None, location)
            for location, pks in [
                (None, all_pks(tenant_id)),
                *((None, state_pks(tenant_id, state)) for state in StockState),
                *((one, location_pks(tenant_id, one)) for one in LOCATIONS),
            ]
            for shard, pk in enumerate(pks)
        }
        self.forget()

    def forget(self) -> None:
        """Count anew."""
        self.reads, self.writes, self.calls, self.seconds = 0.0, 0, 0, 0.0

    # calls

    def get_item(self, **request: Any) -> Any:
        """One item."""
        item = self._find(request["Key"]["pk"]["S"], request["Key"]["sk"]["S"])
        self._read(read_units([item], consistent=request["ConsistentRead"]))
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> Any:
        """Up to 100 items."""
        started = thread_time()
        ((table, wanted),) = request["RequestItems"].items()
        items = [self._find(key["pk"]["S"], key["sk"]["S"]) for key in wanted["Keys"]]
        self._read(read_units(items, consistent=wanted["ConsistentRead"]), since=started)
        return {"Responses": {table: [item for item in items if item]}, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> Any:
        """One page, of as many as are asked for."""
        started = thread_time()
        values = request["ExpressionAttributeValues"]
        pk, low, high = (values[name]["S"] for name in (":pk", ":low", ":high"))
        forward = request.get("ScanIndexForward", True)
        limit = request.get("Limit", 1_000_000)
        if pk in self._shards:
            answer: dict[str, Any] = {"Items": list(islice(self._listed(pk, low, high), limit))}
        elif pk.startswith(self._of_stock) and "IndexName" not in request:
            rows = [item for item in self._partition(pk) if low <= item["sk"]["S"] <= high]
            answer = {"Items": (rows if forward else rows[::-1])[:limit]}
        else:
            answer = self._rest.query(**request)
        self._read(query_units(answer["Items"], consistent=request.get("ConsistentRead", False)), since=started)
        return answer

    def put_item(self, **request: Any) -> Any:
        """What a run writes; what is beside stock or is a report's part is counted, and not kept."""
        item = request["Item"]
        pk = item["pk"]["S"]
        is_kept = not (pk.startswith(self._of_stock) or "#REPORTED#" in pk)
        old = self._find(pk, item["sk"]["S"]) if is_kept else None
        with self._lock:
            self.calls += 1
            self.writes += write_units(old, item, transaction=False)
            self.writes += sum(index_units(shape, old, item) for shape in INDEXES)
        answer = self._rest.put_item(**request) if is_kept else {}
        self._memory.records.clear()  # nobody reads this stream
        return answer

    def transact_write_items(self, **request: Any) -> Any:
        """What founds the tenant."""
        return self._rest.transact_write_items(**request)

    def update_item(self, **request: Any) -> Any:
        """No run updates an item alone.

        Raises:
            Uncounted: one did; say first what it costs.
        """
        raise Uncounted(f"update_item of {request['Key']['pk']['S']} is not counted: what was measured is too little")

    def _read(self, units: float, *, since: float | None = None) -> None:
        with self._lock:
            self.calls += 1
            self.reads += units
            self.seconds += thread_time() - since if since is not None else 0.0

    # stock

    def name(self, number: int) -> str:
        """A SKU; names are in the order of numbers."""
        return f"SKU-{number:06d}"

    def _find(self, pk: str, sk: str) -> Image | None:
        if pk.startswith(self._of_stock):
            return next((item for item in self._partition(pk) if item["sk"]["S"] == sk), None)
        answer = self._rest.get_item(Key={"pk": {"S": pk}, "sk": {"S": sk}})
        found: Image | None = answer.get("Item")
        return found

    def _made(self, pk: str) -> list[Image]:
        """A level and its ledger, in the order of keys; nothing of a bucket or a SKU that is not there."""
        parts = pk.split("#")
        if len(parts) != len(["T", "ten", "SKU", "sku", "location", "bucket"]) or parts[5] != "0":
            return []
        sku, location_id = parts[3], LocationId(parts[4])
        rows, level, cause = [], empty_level(sku, location_id), self._cause(0)
        units = units_of(int(sku[4:]), LOCATIONS.index(location_id))
        for number in range(len(CHANGES)):
            before, cause = level, self._cause(number)
            level = before.after(Delta(on_hand=-1 if number else units + len(CHANGES) - 1))
            row = movement(self.tenant_id, before, level, cause, earliest=cause.at)
            rows.append(_wired(put_movement(self.tenant_id, row)))
        return [_wired(put_level(SkuRef(self.tenant_id, sku), level, cause=cause)), *rows]

    def _cause(self, number: int) -> Cause:
        at = NOW - timedelta(days=CHANGES[number])
        if number:
            return Cause(MovementType.SALE, "order", f"ord_bench{number}", TRACE.actor, at)
        return Cause(MovementType.RESTOCK, "purchase", "pur_bench", TRACE.actor, at, unit_cost=UNIT_COST)

    def _listed(self, pk: str, low: str, high: str) -> Iterator[Image]:
        """Entries of an index, in order. They hold keys only."""
        shard, state, location = self._shards[pk]
        for number in range(bisect_left(range(self.skus), low.partition("#")[0], key=self.name), self.skus):
            for place, location_id in enumerate(LOCATIONS):
                if location not in (None, location_id):
                    continue
                position = f"{self.name(number)}#{location_id}"
                if position > high:
                    return
                if position < low or self._shard(number, location_id) != shard:
                    continue
                if state in (None, StockState.of(units_of(number, place))):
                    yield self._entry(number, place, pk)

    def _shard(self, number: int, location_id: LocationId) -> int:
        return zlib.crc32(level_pk(SkuRef(self.tenant_id, self.name(number)), location_id).encode()) % SHARDS

    def _entry(self, number: int, place: int, pk: str) -> Image:
        sku, location_id = self.name(number), LOCATIONS[place]
        level = Level(sku, location_id, 0, 0, 0, units_of(number, place), 0, 0, len(CHANGES))
        item = _wired(put_level_state(self.tenant_id, level))
        shape = next(shape for shape in INDEXES if item[shape.keys[0]]["S"] == pk)
        return {name: item[name] for name in ("pk", "sk", *shape.keys)}


def units_of(number: int, place: int) -> int:
    """How many of a SKU are left at a location: 0 to 399, so that one in 36 is low."""
    return (number * 13 + place * 29) % 400


def _wired(put: Put) -> Image:
    _, entry = wired(put, table="bench", trace=TRACE, write_id="01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
    item: Image = entry["Item"]
    return item
