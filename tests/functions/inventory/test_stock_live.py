"""Changes of stock as a store's page hears them: as Server-Sent Events, and as JSON."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from storekeeper.inventory.live import items, watching
from storekeeper.inventory.live.model import KNOWN_AFTER
from storekeeper.kernel import clock
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.inventory.conftest import Merchant
from tests.functions.inventory.test_store_stock import listed

__all__ = ["listed"]

AS_JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    watching._kept.cache_clear()
    yield
    watching._kept.cache_clear()


def begun_before(table: Table) -> None:
    """As if the feed had begun before every projector last looked."""
    key = items.feed_key(table.tenant_id)
    feed = items.feed_from(table.get(key) or {})
    earlier = clock.to_text(feed.started_at - KNOWN_AFTER - timedelta(seconds=1))
    table.write(Update(key, "SET started_at = :earlier", only_if=PRESENT, values={":earlier": earlier}))
    watching._kept.cache_clear()


@pytest.fixture
def live(listed: Merchant, store: Store) -> str:
    """Where a feed is heard that has begun."""
    path = f"/v1/stores/{store.id}/stock/realtime"
    first = listed.api.get(path, headers=AS_JSON).json
    assert first == {"data": [], "cursor": None, "reset": False, "more": False}
    begun_before(listed.table)
    return path


def events(text: str) -> list[dict[str, str]]:
    """The events of a body, as a browser reads them."""
    return [
        dict(line.split(": ", 1) for line in block.split("\n") if line) for block in text.split("\n\n") if block.strip()
    ]


def test_a_browser_hears_what_changes_and_goes_on_where_it_was(listed: Merchant, live: str) -> None:
    retry, begun = events(listed.api.get(live).text)
    listed.adjust(-2, sku="BLUE")
    listed.project()

    reply = listed.api.get(live, headers={"Last-Event-ID": begun["id"]})
    _, change, end = events(reply.text)
    rest = events(listed.api.get(live, headers={"Last-Event-ID": change["id"]}).text)

    told = json.loads(change["data"])
    assert (retry, begun["event"], begun["data"]) == ({"retry": "2000"}, "reset", "{}")
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert (change["event"], told["sku"], told["quantity"], told["available"]) == ("change", "BLUE", -2, 5)
    assert set(end) == {"id"}
    assert [one for one in rest if "event" in one] == []


def test_a_program_asks_by_cursor(listed: Merchant, live: str) -> None:
    begun = listed.api.get(live, headers=AS_JSON).json
    listed.adjust(-2, sku="BLUE")
    listed.adjust(3, sku="LAMP")
    listed.project()

    told = listed.api.get(live, query={"cursor": begun["cursor"]}, headers=AS_JSON).json
    nothing = listed.api.get(live, query={"cursor": told["cursor"]}, headers=AS_JSON).json

    assert begun["reset"]
    assert sorted((one["sku"], one["available"], one["state"]) for one in told["data"]) == [
        ("BLUE", 5, "low"),
        ("LAMP", 23, "ok"),
    ]
    assert (told["reset"], told["more"]) == (False, False)
    assert nothing == {"data": [], "cursor": told["cursor"], "reset": False, "more": False}


def test_a_store_hears_of_what_it_lists_alone(listed: Merchant, live: str, make_store: MakeStore) -> None:
    second = f"/v1/stores/{make_store(name='Second').id}/stock/realtime"
    cursors = {path: listed.api.get(path, headers=AS_JSON).json["cursor"] for path in (live, second)}
    listed.adjust(-2, sku="BLUE")
    listed.project()

    heard = {
        path: len(listed.api.get(path, query={"cursor": cursor}, headers=AS_JSON).json["data"])
        for path, cursor in cursors.items()
    }

    assert heard == {live: 1, second: 0}


def test_the_cursor_of_another_store_or_of_nothing_is_refused(
    listed: Merchant, live: str, make_store: MakeStore
) -> None:
    cursor = listed.api.get(live, headers=AS_JSON).json["cursor"]
    second = f"/v1/stores/{make_store(name='Second').id}/stock/realtime"

    assert listed.api.get(second, query={"cursor": cursor}).code == "invalid"
    assert listed.api.get(live, headers={"Last-Event-ID": "12"}).code == "invalid"
    assert listed.api.get("/v1/stores/sto_none/stock/realtime").status == 404
