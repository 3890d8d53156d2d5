"""Thousands of adjustments over HTTP: asked for, followed, stopped; what became of each row, from JSON and from CSV."""

import json
from collections.abc import Callable

import pytest

from storekeeper.kernel.table import Table
from tests.functions.conftest import Api, MakeSecret
from tests.functions.inventory.conftest import ADJUSTMENTS, Merchant
from tests.functions.queueing import Queue, queue

__all__ = ["queue"]

BULK = f"{ADJUSTMENTS}/bulk"
CSV = {"content-type": "text/csv"}
KEY = {"Idempotency-Key": "4f5c2a0e-8a3b-4f0e-9d55-1c6f7b1a2e3d"}
ROWS = [
    {"sku": "MUG-BLUE", "quantity": 20, "type": "restock"},
    {"sku": "MUG-GONE", "quantity": 1},
    {"sku": "MUG-RED", "quantity": 3, "reason": "count"},
]


def test_a_bulk_adjustment_is_followed_to_its_end(merchant: Merchant, queue: Queue) -> None:
    asked = merchant.api.post(BULK, {"adjustments": ROWS})
    run = f"{BULK}/{asked.json['id']}"
    waiting = merchant.api.get(run)
    queue.work()
    done = merchant.api.get(run)

    assert (asked.status, asked.json, waiting.json["status"]) == (202, waiting.json, "waiting")
    assert (done.json["status"], done.json["total"], done.json["counts"]) == ("done", 3, {"applied": 2, "refused": 1})
    assert done.headers["etag"] == f'"{done.json["version"]}"'
    rows = merchant.data(f"{run}/results")
    assert [(row["row"], row["outcome"]) for row in rows] == [(0, "applied"), (1, "refused"), (2, "applied")]
    assert rows[0]["level"]["on_hand"] == 20
    assert rows[1]["error"]["code"] == "sku_unknown"
    assert [row["row"] for row in merchant.data(f"{run}/results", outcome="refused")] == [1]
    assert [listed["id"] for listed in merchant.data(BULK)] == [asked.json["id"]]


def test_results_are_paged(merchant: Merchant, queue: Queue) -> None:
    asked = merchant.api.post(BULK, {"adjustments": ROWS})
    queue.work()
    results = f"{BULK}/{asked.json['id']}/results"

    first = merchant.api.get(results, query={"limit": "2"})
    second = merchant.api.get(results, query={"limit": "2", "cursor": first.json["next_cursor"]})

    assert [row["row"] for row in (*first.json["data"], *second.json["data"])] == [0, 1, 2]
    assert second.json["next_cursor"] is None


def test_a_repeat_with_the_same_key_is_the_same_run(merchant: Merchant, queue: Queue) -> None:
    first = merchant.api.post(BULK, {"adjustments": ROWS}, headers=KEY)
    again = merchant.api.post(BULK, {"adjustments": ROWS}, headers=KEY)
    queue.work()

    assert (again.status, again.json["id"]) == (202, first.json["id"])
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE")] == [20]


def test_what_was_stopped_is_not_done(merchant: Merchant, queue: Queue) -> None:
    run = f"{BULK}/{merchant.api.post(BULK, {'adjustments': ROWS}).json['id']}"

    stopped = merchant.api.post(f"{run}/cancel")
    queue.work()

    assert (stopped.status, stopped.json["status"]) == (200, "cancelled")
    assert merchant.api.post(f"{run}/cancel").code == "wrong_state"
    assert merchant.api.post(f"{run}/resume").code == "wrong_state"
    assert merchant.levels(sku="MUG-BLUE") == []


def test_a_file_of_a_spreadsheet_does_the_same(merchant: Merchant, queue: Queue) -> None:
    file = '\ufeffSKU,Quantity,reason\r\nMUG-BLUE,+20,"counted, twice"\r\n\r\nMUG-RED,three,\r\n'
    asked = merchant.api.post(f"{BULK}.csv", raw=file, headers=CSV)
    queue.work()

    rows = merchant.data(f"{BULK}/{asked.json['id']}/results")
    assert [(row["sku"], row["outcome"]) for row in rows] == [("MUG-BLUE", "applied"), ("MUG-RED", "refused")]
    assert rows[1]["error"] == {"code": "quantity_malformed", "detail": "Send a whole number.", "field": "quantity"}
    assert merchant.levels(sku="MUG-BLUE")[0]["on_hand"] == 20


@pytest.mark.parametrize(
    ("file", "code"),
    [
        pytest.param("", "column_missing", id="nothing"),
        pytest.param("sku,count\nA,1\n", "column_missing", id="column_missing"),
        pytest.param("sku,quantity,price\nA,1,2\n", "column_unknown", id="column_unknown"),
        pytest.param("sku,quantity,sku\nA,1,B\n", "column_unknown", id="column_twice"),
        pytest.param("sku,quantity\n", "rows_missing", id="no_rows"),
        pytest.param('sku,quantity\n"A,1\n', "csv_unreadable", id="open_quote"),
        pytest.param("sku,quantity\n" + "A,1\n" * 10_001, "too_many_rows", id="too_many"),
    ],
)
@pytest.mark.usefixtures("queue")
def test_a_file_that_cannot_be_meant_is_refused_whole(merchant: Merchant, file: str, code: str) -> None:
    reply = merchant.api.post(f"{BULK}.csv", raw=file, headers=CSV)

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, code)
    assert merchant.data(BULK) == []


@pytest.mark.usefixtures("queue")
def test_ten_thousand_rows_are_taken_and_no_more(merchant: Merchant) -> None:
    rows = [{"sku": "MUG-BLUE", "quantity": 1}] * 10_001

    assert merchant.api.post(BULK, {"adjustments": rows}).status == 422
    assert merchant.api.post(BULK, {"adjustments": rows[1:]}).json["total"] == 10_000


def test_the_longest_rows_are_done_and_told(merchant: Merchant, queue: Queue) -> None:
    long = {"quantity": 1, "reason": "\U0001f4e6" * 500}
    rows = [{**long, "sku": "MUG-BLUE"}, {"x" * 4_000: 1}, *({**long, "sku": "\U0001f4e6" * 64} for _ in range(248))]

    asked = merchant.api.post(BULK, raw=json.dumps({"adjustments": rows}, ensure_ascii=False))
    queue.work()

    run = f"{BULK}/{asked.json['id']}"
    assert merchant.api.get(run).json["counts"] == {"applied": 1, "refused": 249}
    told = merchant.api.get(f"{run}/results", query={"limit": "2"}).json["data"]
    assert [told[0]["level"]["on_hand"], told[1]["error"]["field"]] == [1, "x" * 64]


@pytest.mark.usefixtures("queue")
def test_rows_that_cannot_be_kept_are_refused_before_any_is_done(merchant: Merchant) -> None:
    rows = [*ROWS, {"sku": "MUG-BLUE", "quantity": 1, "reason": "x" * 5_000}, {"sku": "\ud800", "quantity": 1}]

    reply = merchant.api.post(BULK, {"adjustments": rows})

    assert reply.status == 422
    faults = [(error["field"], error["code"]) for error in reply.json["errors"]]
    assert faults == [("adjustments.3", "row_too_long"), ("adjustments.4", "row_unreadable")]
    assert merchant.data(BULK) == []


@pytest.mark.usefixtures("queue")
def test_another_tenant_sees_none_of_it(
    merchant: Merchant, other_table: Table, api: Callable[[str], Api], make_secret: MakeSecret
) -> None:
    run = f"{BULK}/{merchant.api.post(BULK, {'adjustments': ROWS}).json['id']}"
    theirs = make_secret(table=other_table)

    assert merchant.api.get(run, key=theirs).status == 404
    assert merchant.api.get(f"{run}/results", key=theirs).status == 404
    assert merchant.api.post(f"{run}/cancel", key=theirs).status == 404
    assert merchant.api.get(BULK, key=theirs).json["data"] == []


@pytest.mark.parametrize("cursor", ["x", "WzEsIC0xXQ", "W10"])
@pytest.mark.usefixtures("queue")
def test_a_cursor_that_nobody_gave_is_refused(merchant: Merchant, cursor: str) -> None:
    run = f"{BULK}/{merchant.api.post(BULK, {'adjustments': ROWS}).json['id']}"

    assert merchant.api.get(f"{run}/results", query={"cursor": cursor}).status == 422
