"""The sweep: what is due is looked after, each thing through its tenant's gateway. Where nothing is due, time is
skipped.
"""

import math
from collections.abc import Mapping
from datetime import timedelta

from jobs.kinds import KINDS
from storekeeper.kernel import clock
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.keys import due_pk
from storekeeper.kernel.trace import system_actor
from storekeeper.kernel.untenanted import DUE_SHARDS, DueThing, find_due
from storekeeper.runs import DUE_KIND as RUN_DUE_KIND
from storekeeper.tenancy.daily import DUE_KIND as DAILY_DUE_KIND
from tests.simulation.dynamo.memory import Memory, Record
from tests.simulation.environments import Call, Machines
from tests.simulation.faults import Fault
from tests.simulation.scheduler import Crashed
from tests.simulation.wire import Backplane, TaskWire
from tests.simulation.world import START, TABLE, Shop

JOBS = system_actor("jobs")
EVERY_S = 60.0
LATEST = clock.to_text(START + timedelta(days=30))  # what is due later, such as a fold that waits for an order, waits
SWEPT = tuple(kind for kind in KINDS if kind not in {DAILY_DUE_KIND, RUN_DUE_KIND})  # a day's work never ends
AT_ONCE, AT_ONCE_S = 0.4, 0.3  # how often the minute begins just when something falls due: then it meets others
TIMEOUT_S = 50.0


class Sweeper:
    """Comes every minute. One thing that fails does not stop the rest; it is due still, and met again."""

    def __init__(self, plane: Backplane, machines: Machines, shops: Mapping[str, Shop]) -> None:
        self._plane, self._machines, self._shops = plane, machines, shops
        self._task = plane.scheduler.spawn("sweep", self._forever, after=math.inf)

    def look_at(self, record: Record) -> None:
        """Something was written that may be due some day."""
        if record.new and "due_sk" in record.new:
            self._plane.scheduler.wake(self._task, after=self._until(record.new["due_sk"]["S"]))

    def _until(self, due_sk: str) -> float:
        due = (clock.from_text(due_sk.partition("#")[0]) - START).total_seconds()
        chance = self._plane.chance
        after = AT_ONCE_S if chance.random() < AT_ONCE else EVERY_S
        return max(0.0, due - self._plane.scheduler.now) + chance.random() * after

    def _forever(self) -> None:
        while True:
            if self._plane.faults.strikes(Fault.SWEPT_TWICE):
                self._plane.faults.count(Fault.SWEPT_TWICE)
                self._plane.scheduler.spawn("second sweep", self._sweep, after=self._plane.chance.random())
            self._sweep()
            next_at = first_due(self._plane.memory)
            self._plane.scheduler.sleep(math.inf if next_at is None else self._until(next_at))

    def _sweep(self) -> None:
        try:
            self._sweep_all()
        except Crashed:
            return  # the next minute's sweep finds the rest

    def _sweep_all(self) -> None:
        now = START + timedelta(seconds=self._plane.scheduler.now)
        wire = TaskWire(self._plane, tenant_id=None, deadline=self._plane.scheduler.now + TIMEOUT_S)
        for kind, shard in due_partitions(self._plane.memory, clock.to_text(now)):
            try:
                things = find_due(wire.query, table=TABLE, kind=kind, shard=shard, until=now)
            except Exception:  # noqa: BLE001 (throttled: the next sweep asks again)
                continue
            for thing in things:
                self._do(kind, thing)

    def _do(self, kind: str, thing: DueThing) -> None:
        def act(call: Call) -> None:
            KINDS[kind].handle(thing.key, call.till, call.now)

        try:
            self._machines.run(self._shops[thing.tenant_id], JOBS, act, timeout_s=TIMEOUT_S)
        except StorekeeperError as refused:
            self._plane.scheduler.note(f"  stays due: {refused!r}")


def due_partitions(memory: Memory, until: str) -> list[tuple[str, int]]:
    """Where something is due: a sweep finds nothing in the others, and they are passed over."""
    index = memory.indexes["due"]
    return [
        (kind, shard)
        for kind in SWEPT
        for shard in range(DUE_SHARDS)
        if any(place[0] <= until + "~" for place in index.get(due_pk(kind, shard), ()))
    ]


def first_due(memory: Memory) -> str | None:
    """The sort key of what is due first."""
    index = memory.indexes["due"]
    pks = (due_pk(kind, shard) for kind in SWEPT for shard in range(DUE_SHARDS))
    return min((place[0] for pk in pks for place in index.get(pk, ()) if place[0] < LATEST), default=None)
