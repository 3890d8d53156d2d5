"""What the world is told of a difference that a reconciliation has found: once, and whether it was mended."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.inventory.reconciliation.items import put_drift
from storekeeper.inventory.reconciliation.model import Drift, DriftCause, DriftKind, Figures
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.records import replace
from tests.docs.event_page import documented

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DRIFT = Drift(
    DriftKind.INCOMING,
    DriftCause.DELIVERY_GONE,
    "LAMP",
    LocationId("loc_1"),
    0,
    7,
    expected=Figures(10, 2, 8, 0),
    found=Figures(10, 2, 8, 5),
    since=NOON,
)


def a_change(drift: Drift = DRIFT, *, run_id: str = "run_1", outcome: str = "mended") -> Change:
    put = put_drift(TenantId("ten_1"), run_id, drift, outcome=outcome, now=NOON)
    return Change(put.key, None, put.item, "1", NOON)


def test_a_difference_is_told_with_its_figures_its_cause_and_what_became_of_it() -> None:
    (event,) = events_of(a_change())

    assert (event.type, event.entity_id, event.version) == (
        "inventory.drift_found",
        "run_1#LAMP#loc_1#0#incoming",
        7,
    )
    assert {name: event.data[name] for name in ("sku", "location_id", "kind", "cause", "outcome")} == {
        "sku": "LAMP",
        "location_id": "loc_1",
        "kind": "incoming",
        "cause": "delivery_gone",
        "outcome": "mended",
    }
    assert (event.data["expected"]["incoming"], event.data["found"]["incoming"]) == (0, 5)
    assert documented()[event.type].allows(set(event.data))


@pytest.mark.parametrize(
    "other",
    [
        a_change(run_id="run_2"),
        a_change(replace(DRIFT, kind=DriftKind.RESERVED)),
        a_change(replace(DRIFT, version=8)),
        a_change(replace(DRIFT, bucket=1)),
    ],
)
def test_no_two_differences_are_one_event(other: Change) -> None:
    (one,), (another,) = events_of(a_change()), events_of(other)

    assert one.envelope()["id"] != another.envelope()["id"]


def test_it_is_told_once() -> None:
    change: Any = a_change()

    assert list(events_of(replace(change, old=change.new))) == []
    assert list(events_of(replace(change, old=change.new, new=None))) == []
