"""The publisher: what each context tells of each change goes on the bus, in the order of the stream.

At least once: receivers de-duplicate by the event's id and order by the version of its entity.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger

from storekeeper.carts import events as carts
from storekeeper.catalog import events as catalog
from storekeeper.inventory import events as inventory
from storekeeper.kernel.aws.bus import NotPublished, put_events
from storekeeper.kernel.changes import SOURCE, Change, Event
from storekeeper.orders import events as orders
from storekeeper.streams.batches import Answer, Record, answer

EventsOf: TypeAlias = Callable[[Change], Iterable[Event]]

EVENTS: Mapping[str, EventsOf] = {
    "carts": carts.events_of,
    "catalog": catalog.events_of,
    "inventory": inventory.events_of,
    "orders": orders.events_of,
}

logger = Logger(serialize_stacktrace=False)


def publish_batch(
    records: Sequence[Record],
    *,
    bus: str,
    put: Callable[[Sequence[dict[str, Any]]], None] = put_events,
    events: Mapping[str, EventsOf] = EVENTS,
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


def _entries(change: Change, *, bus: str, events: Mapping[str, EventsOf]) -> list[dict[str, Any]]:
    return [_entry(event, change, bus=bus) for events_of in events.values() for event in events_of(change)]


def _entry(event: Event, change: Change, *, bus: str) -> dict[str, Any]:
    return {
        "Source": SOURCE,
        "DetailType": event.type,
        "Detail": json.dumps(event.envelope(), ensure_ascii=False, separators=(",", ":")),
        "EventBusName": bus,
        "Time": change.at,
    }
