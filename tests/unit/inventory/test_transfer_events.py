"""What the world is told of a transfer: one fact for each version, with where its units are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.inventory.transfers.items import put_transfer
from storekeeper.inventory.transfers.model import (
    Arrival,
    Receipt,
    Transfer,
    cancelled,
    closed,
    dispatched,
    new_lines,
    received,
    revised,
)
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.trace import SHOPPER
from tests.docs.event_page import documented

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DRAFT = Transfer(
    "trf_1", LocationId("loc_east"), LocationId("loc_west"), new_lines([("LAMP", 5)]), "", "by hand", NOON, NOON, NOON
)
SENT = dispatched(DRAFT, now=NOON)


def taken_in(units: int) -> Transfer:
    return received(SENT, Receipt("rec_1", 1, NOON, SHOPPER, (Arrival("LAMP", received=units),)), now=NOON)


def an_image(transfer: Transfer) -> dict[str, Any]:
    item = put_transfer(TenantId("ten_1"), transfer).item
    return {name: value for name, value in item.items() if value is not None}


def told(before: Transfer | None, after: Transfer) -> list[Event]:
    old = an_image(before) if before else None
    return list(events_of(Change(Key("T#ten_1#TRANSFER#trf_1", "TRANSFER"), old, an_image(after), "1", NOON)))


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (None, DRAFT, "transfer.created"),
        (DRAFT, revised(DRAFT, {"lines": new_lines([("MUG", 1)])}, now=NOON), "transfer.updated"),
        (SENT, revised(SENT, {"expected_at": None}, now=NOON), "transfer.updated"),
        (DRAFT, SENT, "transfer.dispatched"),
        (SENT, taken_in(2), "transfer.received"),
        (SENT, taken_in(5), "transfer.received"),
        (SENT, closed(SENT, reason="lost", now=NOON), "transfer.closed"),
        (SENT, cancelled(SENT, reason="", now=NOON), "transfer.cancelled"),
        (DRAFT, cancelled(DRAFT, reason="", now=NOON), "transfer.cancelled"),
    ],
)
def test_each_change_is_one_fact(before: Transfer | None, after: Transfer, name: str) -> None:
    (event,) = told(before, after)

    assert (event.type, event.entity_id, event.version) == (name, "trf_1", after.version)
    assert documented()[name].allows(set(event.data))


def test_what_changes_nothing_tells_nothing() -> None:
    assert told(SENT, SENT) == []


def test_a_fact_says_where_the_units_are_and_nothing_that_people_wrote() -> None:
    (event,) = told(SENT, taken_in(2))

    units = {"quantity": 5, "dispatched": 5, "received": 2, "damaged": 0, "missing": 0, "returned": 0, "found": 0}
    assert event.data == {
        "id": "trf_1",
        "status": "in_transit",
        "source_location_id": "loc_east",
        "target_location_id": "loc_west",
        "expected_at": "2026-11-20T12:00:00.000Z",
        "units": {**units, "outstanding": 3},
        "lines": [{"sku": "LAMP", **units, "outstanding": 3}],
    }
