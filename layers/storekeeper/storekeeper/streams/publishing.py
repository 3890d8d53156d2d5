"""The publisher: what each context tells of each change goes on the bus, in the order of the stream.

At least once: receivers de-duplicate by the event's id and order by the version of its entity.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger
from msgspec import Struct

from storekeeper.carts import events as carts
from storekeeper.catalog import events as catalog
from storekeeper.inventory import events as inventory
from storekeeper.kernel.aws.bus import NotPublished, put_events
from storekeeper.kernel.changes import SOURCE, Change, Event
from storekeeper.orders import events as orders
from storekeeper.streams.batches import Answer, Record, answer

EventsOf: TypeAlias = Callable[[Change], Iterable[Event]]


class Telling(Struct, frozen=True):
    """What a context tells, and of which types of item. No others get this far: see the filters in the template."""

    types: frozenset[str]
    events_of: EventsOf


EVENTS: Mapping[str, Telling] = {
    "carts": Telling(carts.TYPES, carts.events_of),  # of carts, only those that are `published` come
    "catalog": Telling(catalog.TYPES, catalog.events_of),
    "inventory": Telling(inventory.TYPES, inventory.events_of),
    "orders": Telling(orders.TYPES, orders.events_of),
}

logger = Logger(serialize_stacktrace=False)


def publish_batch(
    records: Sequence[Record],
    *,
    bus: str,
    put: Callable[[Sequence[dict[str, Any]]], None] = put_events,
    events: Mapping[str, Telling] = EVENTS,
) -> Answer:
    """Publish every record's events; the answer names the first record of which one was not taken or not readable.

    What the bus refused several times is left to the next delivery; what follows it may then be published twice.
    """
    entries: list[dict[str, Any]] = []
    origins: list[int] = []  # which record each entry is of
    failed = None
    for place, record in enumerate(records):
        try:
            made = _entries(Change.from_record(record), bus=bus, events=events)
        except Exception:
            logger.exception("change.not_published", extra={"sequence": record["dynamodb"]["SequenceNumber"]})
            failed = place
            break
        entries += made
        origins += [place] * len(made)
    try:
        put(entries)
    except NotPublished as refused:
        failed = origins[min(refused.indexes)]
    logger.info("changes.published", extra={"count": len(records), "events": len(entries), "failed_at": failed})
    return answer(records, failed=failed)


def _entries(change: Change, *, bus: str, events: Mapping[str, Telling]) -> list[dict[str, Any]]:
    told = (telling.events_of(change) for telling in events.values() if change.type in telling.types)
    return [_entry(event, change, bus=bus) for events in told for event in events]


def _entry(event: Event, change: Change, *, bus: str) -> dict[str, Any]:
    return {
        "Source": SOURCE,
        "DetailType": event.type,
        "Detail": json.dumps(event.envelope(), ensure_ascii=False, separators=(",", ":")),
        "EventBusName": bus,
        "Time": change.at,
    }
