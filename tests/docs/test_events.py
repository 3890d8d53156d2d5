"""docs/events.md names every event that the code can publish, with its fields, and no other."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.catalog import events as catalog
from storekeeper.inventory import events as inventory
from storekeeper.kernel.changes import Change
from storekeeper.kernel.keys import Key
from storekeeper.orders.statuses import OrderStatus
from storekeeper.streams.publishing import EVENTS
from tests.architecture.source import DOMAIN
from tests.docs.event_page import documented

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
WRITTEN_IN = ("events.py", "facts.py")
VERBS = ("created", "updated", "deleted")


def test_the_page_names_every_event_and_no_other() -> None:
    written = {name for context in EVENTS for file in WRITTEN_IN for name in _names(context, file)}
    made = {f"{kind}.{verb}" for kind in catalog._SHOWN for verb in VERBS} | {"product.archived"}
    moved = {f"order.{status}" for status in OrderStatus if status is not OrderStatus.PENDING}  # nothing returns to it

    assert set(documented()) == written | made | moved


@pytest.mark.parametrize("kind", ["product", "listing", "category", "collection"])
def test_the_page_says_what_events_of_the_catalog_hold(kind: str) -> None:
    made = _image(kind, version=1)
    archived = {**_image(kind, version=2), "status": "archived"}

    told = [
        event
        for old, new in ((None, made), (made, archived), (archived, None))
        for event in catalog.events_of(Change(Key("T#ten_1#P#prd_1", "X"), old, new, "1", NOON))
    ]

    assert {event.type.split(".")[1] for event in told} >= set(VERBS)
    assert [event.type for event in told if not documented()[event.type].allows(set(event.data))] == []


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("ok", "low", "product.stock_low"),
        ("low", "out", "product.out_of_stock"),
        ("out", "ok", "product.back_in_stock"),
    ],
)
def test_the_page_says_what_events_of_a_sku_hold(before: str, after: str, name: str) -> None:
    change = Change(Key("T#ten_1#SKU#MUG", "STOCK"), _stock(1, before), _stock(2, after), "1", NOON)

    (event,) = inventory.events_of(change)

    assert event.type == name
    assert documented()[name].allows(set(event.data))


def _names(context: str, file: str) -> Iterator[str]:
    for path in (DOMAIN / context).rglob(file):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                yield node.value


def _image(kind: str, *, version: int) -> dict[str, Any]:
    item = {"id": f"{kind}_1", "type": kind, "version": version, "updated_at": "2026-11-20T12:00:00.000Z"}
    return {**dict.fromkeys(catalog._SHOWN[kind]), **item}


def _stock(version: int, state: str) -> dict[str, Any]:
    return {
        "type": "sku_stock",
        "schema": 1,
        "sku": "MUG",
        "product_id": "prd_1",
        "state": state,
        "available": 1,
        "locations": ["loc_1"],
        "version": version,
        "changed_at": "2026-11-20T12:00:00.000Z",
    }
