"""What the world is told of a change of stock."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.keys import Key

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEVEL_KEY = Key("T#ten_1#SKU#LAMP#loc_east#0", "LEVEL")
STOCK_KEY = Key("T#ten_1#SKU#LAMP", "STOCK")


def an_image(version: int, *, on_hand: int, reserved: int = 0, kind: str = "adjustment") -> dict[str, Any]:
    return {
        "type": "level",
        "schema": 1,
        "sku": "LAMP",
        "location_id": "loc_east",
        "bucket": 0,
        "on_hand": on_hand,
        "reserved": reserved,
        "available": on_hand - reserved,
        "incoming": 0,
        "safety_stock": 0,
        "version": version,
        "cause": {
            "type": kind,
            "reference_type": "order",
            "reference_id": "ord_1",
            "actor": "shopper",
            "at": "2026-11-20T12:00:00.000Z",
            "reason": "",
        },
    }


def a_stock(version: int, state: str) -> dict[str, Any]:
    return {
        "type": "sku_stock",
        "schema": 1,
        "sku": "LAMP",
        "product_id": "prd_1",
        "state": state,
        "available": 0,
        "locations": ["loc_east"],
        "version": version,
        "changed_at": "2026-11-20T12:00:00.000Z",
    }


def events(old: dict[str, Any] | None, new: dict[str, Any] | None, key: Key = LEVEL_KEY) -> list[Event]:
    return list(events_of(Change(key, old, new, "1", NOON)))


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (None, an_image(1, on_hand=20, kind="restock"), ["inventory.adjusted", "inventory.restocked"]),
        (an_image(1, on_hand=20), an_image(2, on_hand=20, kind="restock"), []),  # on its way only
        (an_image(1, on_hand=20), an_image(2, on_hand=20, reserved=1, kind="hold"), ["inventory.reserved"]),
        (
            an_image(2, on_hand=20, reserved=1),
            an_image(3, on_hand=20, reserved=0, kind="release"),
            ["inventory.released"],
        ),
        (
            an_image(3, on_hand=20, reserved=2),
            an_image(4, on_hand=18, reserved=0, kind="sale"),
            ["inventory.adjusted"],
        ),
        (
            an_image(1, on_hand=11),
            an_image(2, on_hand=11, reserved=1, kind="hold"),
            ["inventory.reserved", "inventory.low"],
        ),
        (an_image(1, on_hand=4), an_image(2, on_hand=9), ["inventory.adjusted"]),
        (an_image(1, on_hand=4), an_image(1, on_hand=4), []),
        (an_image(1, on_hand=4), None, []),
    ],
)
def test_a_change_of_a_level_is_told_by_what_it_changed(
    before: dict[str, Any] | None, after: dict[str, Any] | None, names: list[str]
) -> None:
    assert [event.type for event in events(before, after)] == names


def test_an_event_bears_the_level_s_version_and_the_time_of_its_cause() -> None:
    (event,) = events(an_image(3, on_hand=20), an_image(4, on_hand=18, kind="sale"))

    assert event.id == "inventory.adjusted:LAMP#loc_east#0:4"
    assert event.occurred_at == "2026-11-20T12:00:00.000Z"
    assert event.data["reference"] == {"type": "order", "id": "ord_1"}
    assert (event.data["on_hand_before"], event.data["on_hand"], event.data["available"]) == (20, 18, 18)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("ok", "low", ["product.stock_low"]),
        ("low", "critical", ["product.stock_low"]),
        ("critical", "out", ["product.out_of_stock"]),
        ("out", "critical", ["product.back_in_stock"]),
        ("out", "ok", ["product.back_in_stock"]),
        ("critical", "low", []),
        ("low", "low", []),
    ],
)
def test_a_product_s_stock_is_told_when_it_crosses_a_line(before: str, after: str, names: list[str]) -> None:
    told = events(a_stock(1, before), a_stock(2, after), key=STOCK_KEY)

    assert [event.type for event in told] == names


def test_a_first_look_at_a_sku_tells_nothing() -> None:
    assert events(None, a_stock(1, "out"), key=STOCK_KEY) == []
