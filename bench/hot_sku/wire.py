"""The table in memory as buyers meet it: calls take time, partitions have limits, transactions cancel each other.

A transaction takes its items for OVERLAP_S. Whoever comes to one of them meanwhile is cancelled; if conflicts are
`mutual`, so is whoever was there first. Either way what was cancelled has cost its units.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.hot_sku.clock import Clock
from bench.hot_sku.limits import Limits, Partition
from bench.units import Image, IndexShape, index_units, query_units, read_units, write_units
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import INDEXES, Memory, Place
from tests.simulation.dynamo.refusals import cancelled, refusal

OVERLAP_S = 0.010
READ_S = 0.004
CONFLICT, THROTTLED = "TransactionConflict", "ThrottlingError"
SHAPES = tuple(IndexShape(name, keys, ("card",) if name == "gsi1" else ()) for name, keys in INDEXES.items())


@dataclass(eq=False)
class _UnderWay:
    """A transaction in flight; `met` are its items at which it met another one."""

    places: Sequence[Place]
    met: set[Place] = field(default_factory=set)


class Contest:
    """What all clients share: the table, its limits, and who is at which item."""

    def __init__(self, memory: Memory, clock: Clock, *, overlap_s: float = OVERLAP_S, mutual: bool = True) -> None:
        self.memory, self.clock, self.limits = memory, clock, Limits()
        self.overlap_s, self.mutual = overlap_s, mutual
        self.counts: Counter[str] = Counter()
        self.direct = DirectWire(memory, lambda: clock.now)
        self._at: dict[Place, list[_UnderWay]] = defaultdict(list)

    def enter(self, one: _UnderWay) -> None:
        """A transaction begins: it meets whoever is at its items."""
        for place in one.places:
            for other in self._at[place]:
                one.met.add(place)
                if self.mutual:
                    other.met.add(place)
            self._at[place].append(one)

    def leave(self, one: _UnderWay) -> None:
        """It is over."""
        for place in one.places:
            self._at[place].remove(one)

    def is_at(self, place: Place) -> bool:
        """Whether a transaction is at an item."""
        return bool(self._at[place])

    def charge(self, change: Callable[[], Any]) -> None:
        """Make a change, and take what it costs the indexes. What one of them does not have, it owes."""
        start = len(self.memory.records)
        change()
        for record in self.memory.records[start:]:
            self.limits.take(index_costs(record.old, record.new), now=self.clock.now)

    def admit(self, writes: Sequence[tuple[str, Any]], *, alone: bool) -> set[Place]:
        """Take what writes cost the table. Those that their partition, there or in an index, has nothing left for are
        given back, and nothing is taken: what an index costs is taken when it is done.
        """
        full = set()
        together: dict[Partition, float] = defaultdict(float)
        for kind, entry in writes:
            place = place_of(kind, entry)
            costs = table_costs(self.memory.find(place), kind, entry, alone=alone)
            if self.limits.exhausted(costs, now=self.clock.now):
                full.add(place)
            for partition, units in costs.items():
                together[partition] += units if partition[0] == "table" else 0
        if not full:
            self.limits.take(together, now=self.clock.now)
        return full

    def admit_reads(self, keys: Sequence[Any], operation: str, *, consistent: bool) -> None:
        """Take what reads cost the table, unless a partition has nothing left: then they are throttled."""
        costs: dict[Partition, float] = defaultdict(float)
        for key in keys:
            place = key["pk"]["S"], key["sk"]["S"]
            costs["read", place[0]] += read_units([self.memory.find(place)], consistent=consistent)
        self.take_reads(costs, operation)

    def take_reads(self, costs: dict[Partition, float], operation: str) -> None:
        """Take them, or raise that there is nothing left."""
        if self.limits.exhausted(costs, now=self.clock.now):
            self.counts[THROTTLED] += 1
            raise refusal("ThrottlingException", operation)
        self.limits.take(costs, now=self.clock.now)


def index_costs(old: Image | None, new: Image | None) -> dict[Partition, float]:
    """Units by partition of every index that a change of an item touches."""
    costs: dict[Partition, float] = defaultdict(float)
    for shape in SHAPES:
        if units := index_units(shape, old, new):
            holder = new if new and shape.keys[0] in new else old
            costs[shape.name, (holder or {})[shape.keys[0]]["S"]] += units
    return costs


def table_costs(old: Image | None, kind: str, entry: Any, *, alone: bool) -> dict[Partition, float]:
    """Units by partition of one write. None of our updates touches an index or lets an item begin another KB."""
    pk, _ = place_of(kind, entry)
    new = entry["Item"] if kind == "Put" else None
    indexes = index_costs(old, new) if new else {}
    return {("table", pk): write_units(old, new, transaction=not alone), **indexes}


def place_of(kind: str, entry: Any) -> Place:
    """The item that a write is of."""
    key = entry["Item"] if kind == "Put" else entry["Key"]
    return key["pk"]["S"], key["sk"]["S"]


class BuyerWire:
    """`kernel.aws.calls.Wire` for one client."""

    def __init__(self, contest: Contest) -> None:
        self._contest = contest

    def get_item(self, **request: Any) -> Any:
        """One item."""
        self._contest.clock.sleep(READ_S)
        self._contest.admit_reads([request["Key"]], "GetItem", consistent=request["ConsistentRead"])
        return self._contest.direct.get_item(**request)

    def batch_get_item(self, **request: Any) -> Any:
        """Several items."""
        self._contest.clock.sleep(READ_S)
        ((_, wanted),) = request["RequestItems"].items()
        self._contest.admit_reads(wanted["Keys"], "BatchGetItem", consistent=wanted["ConsistentRead"])
        return self._contest.direct.batch_get_item(**request)

    def query(self, **request: Any) -> Any:
        """One page."""
        self._contest.clock.sleep(READ_S)
        answer = self._contest.direct.query(**request)
        pk, consistent = request["ExpressionAttributeValues"][":pk"]["S"], request.get("ConsistentRead", False)
        self._contest.take_reads({("read", pk): query_units(answer["Items"], consistent=consistent)}, "Query")
        return answer

    def put_item(self, **request: Any) -> Any:
        """One whole item."""
        return self._write_one("Put", "PutItem", request)

    def update_item(self, **request: Any) -> Any:
        """Some attributes of one item."""
        return self._write_one("Update", "UpdateItem", request)

    def transact_write_items(self, **request: Any) -> Any:
        """All or nothing."""
        contest, writes = self._contest, [next(iter(one.items())) for one in request["TransactItems"]]
        places = [place_of(*write) for write in writes]
        if full := contest.admit(writes, alone=False):
            contest.clock.sleep(READ_S)
            contest.counts[THROTTLED] += 1
            raise cancelled([{"Code": THROTTLED if place in full else "None"} for place in places])
        contest.counts["transactions"] += 1
        one = _UnderWay(places)
        contest.enter(one)
        if one.met and not contest.mutual:
            self._over(one)
        contest.clock.sleep(contest.overlap_s)
        self._over(one)
        contest.charge(lambda: contest.direct.transact_write_items(**request))
        return {}

    def _over(self, one: _UnderWay) -> None:
        self._contest.leave(one)
        if one.met:
            self._contest.counts[CONFLICT] += 1
            raise cancelled([{"Code": CONFLICT if place in one.met else "None"} for place in one.places])

    def _write_one(self, kind: str, operation: str, request: Any) -> Any:
        contest = self._contest
        contest.clock.sleep(READ_S)
        if contest.admit([(kind, request)], alone=True):
            raise refusal("ThrottlingException", operation)
        if contest.is_at(place_of(kind, request)):
            raise refusal("TransactionConflictException", operation)
        write = contest.direct.put_item if kind == "Put" else contest.direct.update_item
        contest.charge(lambda: write(**request))
        return {}


class DerivingWire(DirectWire):
    """For the stream's reader, who follows at once: its writes take their units from buyers', and never wait."""

    def __init__(self, contest: Contest) -> None:
        super().__init__(contest.memory, lambda: contest.clock.now)
        self._contest = contest

    def put_item(self, **request: Any) -> Any:
        """One whole item."""
        pk, sk = place_of("Put", request)
        units = write_units(self._contest.memory.find((pk, sk)), request["Item"], transaction=False)
        self._contest.limits.take({("table", pk): units}, now=self._contest.clock.now)
        super_put = super().put_item
        self._contest.charge(lambda: super_put(**request))
        return {}
