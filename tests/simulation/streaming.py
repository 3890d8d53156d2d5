"""The two readers of the stream, as Lambda drives them: batches, retries, smaller batches, and at last the shelf."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from storekeeper.kernel.aws.bus import NotPublished
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.streams import Answer, project_batch, publish_batch, replay
from tests.simulation.dynamo.memory import Record
from tests.simulation.environments import Machines
from tests.simulation.faults import Fault
from tests.simulation.records import SHARDS, lambda_record, shard_of
from tests.simulation.scheduler import Crashed
from tests.simulation.wire import Backplane
from tests.simulation.world import Shop

MAX_RETRIES = 8
MAX_BATCH = 20
MAX_REREAD = 40
PAGE = 10
PROJECTOR = system_actor("projector")
TIMEOUT_S = 60.0
LONG_S = 600.0


class Shelf:
    """The bucket of records that were set aside."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def names(self, prefix: str) -> Sequence[str]:
        """See `streams.replaying.Shelf`."""
        return sorted(name for name in self.objects if name.startswith(prefix))

    def read(self, name: str) -> bytes:
        """See `streams.replaying.Shelf`."""
        return self.objects[name]

    def write(self, name: str, body: bytes) -> None:
        """See `streams.replaying.Shelf`."""
        self.objects[name] = body


class Streams:
    """Both readers of each shard, the bus behind one of them, and the shelf."""

    def __init__(self, plane: Backplane, machines: Machines, shops: dict[str, Shop]) -> None:
        self._plane, self._machines, self._shops = plane, machines, shops
        self.shelf = Shelf()
        self.published: dict[str, str] = {}
        self.poison: set[tuple[str, str]] = set()
        self._shards: list[list[Record]] = [[] for _ in range(SHARDS)]
        self._readers = [
            [plane.scheduler.spawn(f"{name} {shard}", self._reader(name, shard), after=math.inf) for name in READERS]
            for shard in range(SHARDS)
        ]
        self.two_bodies: list[str] = []

    def carry(self, record: Record) -> None:
        """Something was written: its readers will hear of it."""
        shard = shard_of(record)
        self._shards[shard].append(record)
        for task in self._readers[shard]:
            self._plane.scheduler.wake(task, after=self._plane.chance.random())

    def replay_all(self) -> None:
        """What the operator does once the fault is mended."""
        feeds = {name: self._feed(name) for name in READERS}
        replay(self.shelf, feeds=feeds, has_time=lambda: True)

    def _reader(self, name: str, shard: int) -> Callable[[], None]:
        def run() -> None:
            records, at, size, failures = self._shards[shard], 0, MAX_BATCH, 0
            while True:
                if at == len(records):
                    self._plane.scheduler.sleep(math.inf)
                    continue
                self._maybe_late()
                cut = self._plane.chance.randint(1, size)
                batch = records[at : at + cut]
                done = self._deliver(name, batch)
                if done == len(batch):
                    at = self._next(at, done)
                    size, failures = MAX_BATCH, 0
                    continue
                failures = 1 if done else failures + 1
                at += done
                size = max(1, len(batch) // 2)
                if failures > MAX_RETRIES:
                    self._set_aside(name, records[at : at + 1])
                    at, size, failures = at + 1, MAX_BATCH, 0

        return run

    def _deliver(self, name: str, batch: Sequence[Record]) -> int:
        """How many records were dealt with, from the first on."""
        self._maybe_poison(name, batch)
        records = [lambda_record(record) for record in batch]
        try:
            answer = self._feed(name)(records)
        except Crashed:
            return 0
        if not answer["batchItemFailures"]:
            return len(batch)
        failed = answer["batchItemFailures"][0]["itemIdentifier"]
        done = next(n for n, record in enumerate(records) if record["dynamodb"]["SequenceNumber"] == failed)
        if done:
            self._plane.faults.count(Fault.BATCH_PARTLY_FAILED)
        return done

    def _feed(self, name: str) -> Callable[[Sequence[Any]], Answer]:
        def project(records: Sequence[Any]) -> Answer:
            return project_batch(
                self._as_read(name, records),
                table_of=lambda tenant_id, request_id: self._machines.table(
                    self._shops[tenant_id], Trace(PROJECTOR, request_id), timeout_s=TIMEOUT_S
                ),
            )

        def publish(records: Sequence[Any]) -> Answer:
            return publish_batch(self._as_read(name, records), bus="bus", put=self._put)

        return project if name == "projector" else publish

    def _as_read(self, name: str, records: Sequence[Any]) -> Sequence[Any]:
        """The records, some of which this reader cannot read until its fault is mended."""
        for record in records:
            number = str(int(record["dynamodb"]["SequenceNumber"]))
            if (name, number) in self.poison and not self._plane.faults.over:
                record["dynamodb"]["NewImage"] = {"type": {"X": "unreadable"}}
        return records

    def _put(self, entries: Sequence[dict[str, Any]]) -> None:
        """The bus: ten at a time; it may refuse some."""
        refused: list[int] = []
        for start in range(0, len(entries), PAGE):
            page = range(start, min(start + PAGE, len(entries)))
            self._plane.scheduler.step(f"put {len(page)} events")
            struck = self._plane.faults.strikes(Fault.CRASH, Fault.BUS_REFUSED)
            if struck is not None:
                self._plane.faults.count(struck)
            if struck is Fault.CRASH:
                raise Crashed
            lost = {n for n in page if struck and self._plane.chance.random() < 0.5}
            refused += sorted(lost)
            for n in page:
                if n not in lost:
                    self._arrive(entries[n]["Detail"])
        if refused:
            raise NotPublished(refused)

    def _arrive(self, detail: str) -> None:
        event_id = json.loads(detail)["id"]
        if self.published.setdefault(event_id, detail) != detail:
            self.two_bodies.append(event_id)

    def _maybe_late(self) -> None:
        if self._plane.faults.strikes(Fault.BATCH_DELAYED):
            self._plane.faults.count(Fault.BATCH_DELAYED)
            self._plane.scheduler.sleep(self._plane.chance.random() * LONG_S)

    def _maybe_poison(self, name: str, batch: Sequence[Record]) -> None:
        """One record cannot be read; or, as after a bad release, several of its batch."""
        if self._plane.faults.strikes(Fault.RECORD_POISONED):
            self._plane.faults.count(Fault.RECORD_POISONED)
            some = self._plane.chance.choices(batch, k=self._plane.chance.choice((1, 2, 5)))
            self.poison.update((name, str(record.number)) for record in some)

    def _next(self, at: int, done: int) -> int:
        """Where a reader goes on that has read `done` records from `at` on: after them, or at what it knows."""
        struck = self._plane.faults.strikes(Fault.BATCH_DUPLICATED, Fault.BATCH_RECUT, Fault.SHARD_READ_AGAIN)
        if struck is None:
            return at + done
        if struck is Fault.SHARD_READ_AGAIN:
            self._plane.faults.count(struck)
            return self._plane.chance.randint(max(0, at - MAX_REREAD), at)
        self._plane.faults.count(struck if done > 1 else Fault.BATCH_DUPLICATED)
        return at

    def _set_aside(self, name: str, records: Sequence[Record]) -> None:
        self._plane.faults.count(Fault.SET_ASIDE)
        payload = json.dumps({"Records": [lambda_record(record) for record in records]}, default=_as_text)
        kept = {"requestContext": {"functionArn": f"arn:aws:lambda:x:1:function:{name}"}, "payload": payload}
        self.shelf.write(f"aws/lambda/{len(self.shelf.objects):06d}", json.dumps(kept).encode())


READERS = ("projector", "publisher")


def _as_text(value: Any) -> str:
    raise TypeError(f"a stream record holds a {type(value).__name__}")
