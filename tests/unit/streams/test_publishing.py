"""The publisher's batches: events in the order of the stream, at least once."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from storekeeper.kernel.aws.bus import NotPublished
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId
from storekeeper.streams import Answer, publish_batch
from storekeeper.streams.publishing import Telling
from tests.streaming import a_record


def two_events(change: Change) -> Iterable[Event]:
    """Each change of a thing is two facts."""
    if change.type == "thing":
        for name in ("thing.made", "thing.seen"):
            yield Event(name, TenantId("ten_1"), change.key.sk, change.item["version"], "2026-11-20T12:00:00.000Z", {})


class Bus:
    """Takes entries, but refuses some of them by their place."""

    def __init__(self, *, refusing: Sequence[int] = ()) -> None:
        self.refusing = refusing
        self.entries: list[dict[str, Any]] = []

    def put(self, entries: Sequence[dict[str, Any]]) -> None:
        self.entries += [entry for place, entry in enumerate(entries) if place not in self.refusing]
        if self.refusing:
            raise NotPublished(self.refusing)

    @property
    def ids(self) -> list[str]:
        return [json.loads(entry["Detail"])["id"] for entry in self.entries]


def a_batch(count: int) -> list[dict[str, Any]]:
    return [
        a_record(f"T#ten_1#{number}", f"thing_{number}", new={"type": "thing", "version": 1}, sequence=number)
        for number in range(1, count + 1)
    ]


def publish(records: Sequence[dict[str, Any]], bus: Bus) -> Answer:
    return publish_batch(records, bus="shop", put=bus.put, events={"things": Telling(frozenset({"thing"}), two_events)})


def failed_at(number: int) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": f"{number:021d}"}]}


def test_events_go_out_in_the_order_of_the_stream() -> None:
    bus = Bus()

    assert publish(a_batch(2), bus) == {"batchItemFailures": []}
    assert bus.ids == [
        "ten_1:thing.made:thing_1:1",
        "ten_1:thing.seen:thing_1:1",
        "ten_1:thing.made:thing_2:1",
        "ten_1:thing.seen:thing_2:1",
    ]


def test_an_entry_says_who_what_and_when() -> None:
    bus = Bus()
    publish(a_batch(1), bus)

    entry = bus.entries[0]

    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == ("storekeeper", "thing.made", "shop")
    assert entry["Time"] == datetime.fromtimestamp(1_795_175_000, UTC)
    assert json.loads(entry["Detail"])["version"] == 1


def test_what_the_bus_refuses_is_delivered_again_from_its_record() -> None:
    assert publish(a_batch(3), Bus(refusing=[3, 4])) == failed_at(2)


def test_an_unreadable_record_stops_the_batch_behind_what_was_published() -> None:
    bus, batch = Bus(), a_batch(3)
    batch[1]["dynamodb"]["NewImage"]["version"] = {"N": "1.5"}

    assert publish(batch, bus) == failed_at(2)
    assert bus.ids == ["ten_1:thing.made:thing_1:1", "ten_1:thing.seen:thing_1:1"]


def test_a_refused_event_before_an_unreadable_record_counts_first() -> None:
    batch = a_batch(3)
    batch[2]["dynamodb"]["NewImage"]["version"] = {"N": "1.5"}

    assert publish(batch, Bus(refusing=[1])) == failed_at(1)


def test_changes_that_are_no_facts_publish_nothing() -> None:
    bus = Bus()

    assert publish([a_record("T#ten_1#X", "X", new={"type": "mark"})], bus) == {"batchItemFailures": []}
    assert bus.entries == []


def test_the_same_fact_always_has_the_same_id() -> None:
    bus = Bus()
    publish(a_batch(1), bus)
    publish(a_batch(1), bus)

    assert bus.ids[:2] == bus.ids[2:]
