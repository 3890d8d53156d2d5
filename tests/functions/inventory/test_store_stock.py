"""A store's stock over HTTP: how it stands, its settings, and the sync."""

from collections.abc import Callable
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.inventory import find_levels
from storekeeper.inventory.states.items import level_state_key
from storekeeper.inventory.status.items import counts_keys
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.search.cards.items import card_key
from storekeeper.tenancy import Store, load_settings
from tests.emulated import MakeStore
from tests.functions.conftest import Api, MakeSecret
from tests.functions.inventory.conftest import Merchant
from tests.functions.queueing import Queue, queue
from tests.streaming import Stream
from tests.table.catalog.shop import a_variant, list_in, make_product

__all__ = ["queue"]


@pytest.fixture
def listed(cloud: DataCloud, api: Callable[[str], Api], table: Table, store: Store) -> Merchant:
    """A merchant whose store shows a lamp (there), a mug (blue low, red out) and a bowl (out)."""
    made = Merchant.__new__(Merchant)
    made.api, made.table, made.stream = api("inventory"), table, Stream(cloud, table.tenant_id)
    mug = (a_variant("BLUE", options={"C": "B"}), a_variant("RED", options={"C": "R"}))
    for title, variants in [("Lamp", (a_variant("LAMP"),)), ("Mug", mug), ("Bowl", (a_variant("BOWL"),))]:
        list_in(store, make_product(table, *variants, title=title), table=table)
    made.adjust(20, sku="LAMP")
    made.adjust(7, sku="BLUE")
    made.project()
    return made


@pytest.fixture
def stock(store: Store) -> str:
    return f"/v1/stores/{store.id}/stock"


def test_a_store_says_how_its_stock_stands(listed: Merchant, stock: str, store: Store) -> None:
    reply = listed.api.get(stock)

    told = reply.json
    (mug, bowl) = told.pop("attention")["data"]
    assert told == {
        "store_id": store.id,
        "at_zero": "show_out_of_stock",
        "version": 1,
        "health": {
            "score": 47,
            "explanation": [
                {"state": "out", "skus": 2, "weight": 100, "points": 50, "message": "2 of 4 SKUs are out: 50 points."},
                {"state": "low", "skus": 1, "weight": 10, "points": 3, "message": "1 of 4 SKUs is low: 3 points."},
            ],
        },
        "counts": {
            "products": 3,
            "products_out": 1,
            "products_hidden": 0,
            "skus": 4,
            "ok": 1,
            "low": 1,
            "critical": 0,
            "out": 2,
        },
    }
    assert (reply.headers["etag"], bowl["title"], bowl["worst"]) == (
        '"1"',
        "Bowl",
        [{"sku": "BOWL", "state": "out", "available": 0}],
    )
    assert (mug.pop("product_id")[:4], mug) == (
        "prd_",
        {
            "title": "Mug",
            "state": "out",
            "skus": 2,
            "skus_short": 2,
            "is_hidden": False,
            "worst": [
                {"sku": "RED", "state": "out", "available": 0},
                {"sku": "BLUE", "state": "low", "available": 7},
            ],
        },
    )


def test_what_needs_attention_comes_in_pages(listed: Merchant, stock: str) -> None:
    first = listed.api.get(stock, query={"limit": 1}).json["attention"]
    second = listed.api.get(stock, query={"limit": 1, "cursor": first["next_cursor"]}).json["attention"]

    assert [one["title"] for one in first["data"] + second["data"]] == ["Mug", "Bowl"]
    assert second["next_cursor"] is None
    assert listed.api.get(stock, query={"state": "critical"}).json["attention"]["data"] == []


def test_what_is_hidden_is_counted(listed: Merchant, stock: str) -> None:
    changed = listed.api.patch(stock, {"at_zero": "hide"}, headers={"If-Match": '"1"'})

    told = listed.api.get(stock).json
    assert (changed.status, changed.json["version"], changed.headers["etag"]) == (200, 2, '"2"')
    assert (told["at_zero"], told["counts"]["products_hidden"]) == ("hide", 1)
    assert [(one["title"], one["is_hidden"]) for one in told["attention"]["data"]] == [("Mug", False), ("Bowl", True)]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ({"at_zero": "sell_anyway"}, {}, 422, "malformed"),
        ({}, {}, 422, "malformed"),
        ({"at_zero": "hide", "color": "red"}, {}, 422, "malformed"),
        ({"at_zero": "hide"}, {"If-Match": '"9"'}, 412, "stale_version"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    listed: Merchant, stock: str, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    reply = listed.api.patch(stock, body, headers=headers)

    assert (reply.status, reply.code) == (status, code)
    assert listed.api.get(stock).json["at_zero"] == "show_out_of_stock"


def test_a_sync_finds_nothing_where_all_is_right(listed: Merchant, stock: str, queue: Queue) -> None:
    asked = listed.api.post(f"{stock}/sync")
    queue.work()

    run = listed.api.get(f"{stock}/sync/{asked.json['id']}").json
    assert (asked.status, run["status"], run["counts"]) == (202, "done", {"products": 3, "repaired": 0})
    assert listed.data(f"{stock}/sync/{run['id']}/differences") == []
    assert [one["id"] for one in listed.data(f"{stock}/sync")] == [run["id"]]


def test_a_sync_mends_what_is_wrong_and_tells_it(listed: Merchant, stock: str, store: Store, queue: Queue) -> None:
    table = listed.table
    bowl = next(one for one in listed.api.get(stock).json["attention"]["data"] if one["title"] == "Bowl")["product_id"]
    locations = tuple(load_settings(table).locations)
    (level,) = find_levels(table, ["BLUE"], locations=locations)["BLUE"]
    card = card_key(table.tenant_id, store.id, bowl, None)
    counts = next(key for key in counts_keys(table.tenant_id, store.id) if table.get(key))
    spoil(table, level_state_key(table.tenant_id, level), "state", "ok")
    spoil(table, card, "card", str((table.get(card) or {})["card"]).replace('"in_stock":false', '"in_stock":true'))
    table.write(Update(counts, "SET tally.ok = :many", only_if=PRESENT, values={":many": 9}))

    run = listed.api.post(f"{stock}/sync").json["id"]
    queue.work()

    found = {one["kind"]: (one["found"], one["expected"]) for one in listed.data(f"{stock}/sync/{run}/differences")}
    assert listed.api.get(f"{stock}/sync/{run}").json["counts"]["repaired"] == 3
    assert found["card"] == ({"in_stock": True}, {"in_stock": False})
    assert found["level_state"] == ({"state": "ok"}, {"state": "low"})
    assert (found["counts"][0], set(found)) == ({"ok": 9}, {"card", "level_state", "counts"})
    again = listed.api.post(f"{stock}/sync").json["id"]
    queue.work()
    assert listed.api.get(f"{stock}/sync/{again}").json["counts"]["repaired"] == 0


def spoil(table: Table, key: Any, name: str, value: str) -> None:
    table.write(Update(key, f"SET #{name} = :value", only_if=PRESENT, values={":value": value}))


@pytest.mark.usefixtures("queue")
def test_a_sync_is_its_store_s_and_its_tenant_s(
    listed: Merchant, stock: str, make_store: MakeStore, other_table: Table, make_secret: MakeSecret
) -> None:
    run = listed.api.post(f"{stock}/sync").json["id"]
    second, theirs = f"/v1/stores/{make_store(name='Second').id}/stock", make_secret(table=other_table)

    assert listed.api.get(f"{second}/sync/{run}").status == 404
    assert listed.data(f"{second}/sync") == []
    for path in (stock, f"{stock}/sync", f"{stock}/sync/{run}", f"{stock}/sync/{run}/differences"):
        assert listed.api.get(path, key=theirs).status == 404
    assert listed.api.post(f"{stock}/sync", key=theirs).status == 404
    assert listed.api.post(f"{stock}/sync/{run}/resume").code == "wrong_state"


@pytest.mark.usefixtures("queue")
def test_a_sync_that_is_asked_for_again_under_its_key_is_one(listed: Merchant, stock: str) -> None:
    key = {"Idempotency-Key": "sync-of-this-morning"}

    first, again = (listed.api.post(f"{stock}/sync", headers=key) for _ in range(2))

    assert first.json == again.json
    assert len(listed.data(f"{stock}/sync")) == 1


def test_reading_needs_its_scope(listed: Merchant, stock: str, make_secret: MakeSecret) -> None:
    reader = make_secret("inventory:read")

    assert listed.api.get(stock, key=reader).status == 200
    assert listed.api.patch(stock, {"at_zero": "hide"}, key=reader).code == "scope_missing"
    assert listed.api.post(f"{stock}/sync", key=reader).code == "scope_missing"
    assert listed.api.get(f"{stock}/realtime", key=make_secret("orders:read")).code == "scope_missing"
