"""Reports over HTTP: asked for, followed, read as rows, as sums and as CSV; never another tenant's."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory import reports
from jobs.daily import begin_daily_work
from storekeeper.kernel import clock
from storekeeper.kernel.table import Table
from tests.emulated import MakeStore
from tests.functions.conftest import Api, MakeSecret
from tests.functions.inventory.conftest import Merchant
from tests.functions.jobs.test_sweep import Later, later
from tests.functions.queueing import Queue, queue

__all__ = ["later", "queue"]

REPORTS = "/v1/inventory/reports"
DAY_IN_MINUTES = 24 * 60


@pytest.fixture
def stocked(merchant: Merchant) -> Merchant:
    """20 blue mugs, of which 2 were damaged, and 3 red ones."""
    merchant.adjust(20)
    merchant.adjust(-2, kind="damage")
    merchant.adjust(3, sku="MUG-RED")
    merchant.project()
    return merchant


def made(merchant: Merchant, queue: Queue, name: str, body: dict[str, Any] | None = None) -> str:
    """The path of a report that is done."""
    told = merchant.api.post(f"{REPORTS}/{name}", body)
    assert (told.status, told.json["status"]) == (202, "waiting"), told.text
    queue.work()
    path = f"{REPORTS}/{name}/{told.json['id']}"
    assert merchant.api.get(path).json["status"] == "done"
    return path


def test_a_report_is_made_and_read(stocked: Merchant, queue: Queue) -> None:
    path = made(stocked, queue, "low-stock", {"threshold": 18})

    report = stocked.api.get(path).json
    assert report["totals"] == {"rows": 2, "skus": 2, "on_hand": 21, "reserved": 0, "available": 21, "incoming": 0}
    assert report["asked"]["threshold"] == 18
    assert list(report["columns"])[:3] == ["sku", "location_id", "status"]
    rows = stocked.data(f"{path}/rows", sort="-available")
    assert [(row["sku"], row["status"], row["available"]) for row in rows] == [
        ("MUG-BLUE", "low", 18),
        ("MUG-RED", "critical", 3),
    ]
    assert [row["sku"] for row in stocked.data(f"{path}/rows", status="critical")] == ["MUG-RED"]
    assert [one["id"] for one in stocked.data(f"{REPORTS}/low-stock")] == [report["id"]]


def test_rows_are_paged_and_added_up(stocked: Merchant, queue: Queue) -> None:
    path = made(stocked, queue, "movements", {"by": "location"})

    first = stocked.api.get(f"{path}/rows", query={"limit": 2})
    second = stocked.api.get(f"{path}/rows", query={"limit": 2, "cursor": first.json["next_cursor"]})
    assert [row["type"] for row in (*first.json["data"], *second.json["data"])] == [
        "adjustment",
        "damage",
        "adjustment",
    ]
    assert second.json["next_cursor"] is None
    by_type = {one["value"]: one["totals"] for one in stocked.data(f"{path}/totals", group_by="type")}
    assert (by_type["adjustment"]["units_in"], by_type["damage"]["units_out"]) == (23, 2)
    (whole,) = stocked.data(f"{path}/totals", sku="MUG-RED")
    assert (whole["value"], whole["totals"]["rows"], whole["totals"]["units_in"]) == (None, 1, 3)


def test_rows_are_written_as_csv(stocked: Merchant, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_CSV_ROWS", 1)
    path = made(stocked, queue, "velocity")

    first = stocked.api.get(f"{path}/rows.csv", query={"sort": "-on_hand"})
    link = first.headers["link"].removeprefix("<").partition(">")[0]
    cursor = link.rpartition("cursor=")[2]
    second = stocked.api.get(f"{path}/rows.csv", query={"sort": "-on_hand", "cursor": cursor})
    assert first.headers["content-disposition"] == 'attachment; filename="velocity.csv"'
    (blue,) = csv.DictReader(io.StringIO(first.text))
    (red,) = csv.DictReader(io.StringIO(second.text))
    assert (blue["sku"], blue["on_hand"], blue["sold_a_day"]) == ("MUG-BLUE", "18", "0.00")
    assert (red["sku"], "link" in second.headers) == ("MUG-RED", False)


def test_a_sku_is_valued_at_once_and_all_stock_by_the_latest_report(stocked: Merchant, queue: Queue) -> None:
    valued = stocked.api.get("/v1/inventory/valuation", query={"sku": "MUG-BLUE"}).json
    assert (valued["currency"], [row["on_hand"] for row in valued["fifo"]]) == ("USD", [18])
    only = stocked.api.get("/v1/inventory/valuation", query={"sku": "MUG-BLUE", "method": "fifo"}).json
    assert only["moving_average"] is None
    early = {"sku": "MUG-BLUE", "as_of": "2020-01-01T00:00:00Z"}
    assert stocked.api.get("/v1/inventory/valuation", query=early).json["fifo"] == []
    assert stocked.api.get("/v1/inventory/valuation", query={"sku": "MUG-BLUE", "store_id": "0"}).status == 404

    assert stocked.api.get("/v1/inventory/valuation/latest").code == "not_found"
    path = made(stocked, queue, "valuation")
    latest = stocked.api.get("/v1/inventory/valuation/latest").json
    assert (path.endswith(latest["id"]), latest["totals"]["on_hand"], latest["totals"]["value"]) == (True, 21, "0.00")


def test_costs_and_prices_are_the_merchant_s(merchant: Merchant, api: Callable[[str], Api], queue: Queue) -> None:
    product = {"title": "Lamp", "slug": "lamp", "price": "19.00", "cost": "7.50", "variants": [{"sku": "LAMP"}]}
    assert api("catalog").post("/v1/products", product).status == 201
    merchant.adjust(4, sku="LAMP")
    merchant.project()

    (row,) = merchant.data(f"{made(merchant, queue, 'valuation')}/rows")
    assert (row["value"], row["unit_cost"], row["retail_value"]) == ("30.00", "7.50", "76.00")
    assert (row["uncosted"], row["unpriced"]) == (0, 0)


def test_retail_is_by_the_prices_of_a_store(
    merchant: Merchant, api: Callable[[str], Api], make_store: MakeStore, queue: Queue
) -> None:
    store = make_store(currency="EUR")
    variants = [{"sku": "LAMP"}]
    product = api("catalog").post(
        "/v1/products", {"title": "Lamp", "slug": "lamp", "price": "19.00", "variants": variants}
    )
    listing = {"product_id": product.json["id"], "price": "21.00"}
    assert api("catalog").post(f"/v1/stores/{store.id}/listings", listing).status == 201
    merchant.adjust(4, sku="LAMP")
    merchant.adjust(1)
    merchant.project()

    report = merchant.api.get(made(merchant, queue, "valuation", {"store_id": store.id})).json
    assert (report["asked"]["currency"], report["asked"]["retail_currency"]) == ("USD", "EUR")
    assert (report["totals"]["retail_value"], report["totals"]["unpriced"]) == ("84.00", 1)


REFUSED = [
    ({"as_of": "2999-01-01T00:00:00Z"}, 422, "as_of"),
    ({"as_of": "0001-01-02T00:00:00Z"}, 422, "as_of"),
    ({"since": "2999-01-01T00:00:00Z"}, 422, "since"),
    ({"since": "2001-01-01T00:00:00Z"}, 422, "since"),
    ({"days": 0}, 422, "days"),
    ({"by": "month"}, 422, "by"),
    ({"location_id": "loc_nowhere"}, 404, ""),
    ({"store_id": "str_nowhere"}, 404, ""),
]


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(("body", "status", "field"), REFUSED)
def test_what_cannot_be_reported_is_refused(merchant: Merchant, body: dict[str, Any], status: int, field: str) -> None:
    reply = merchant.api.post(f"{REPORTS}/velocity", body)

    assert reply.status == status
    assert field in reply.text


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("rows", {"sort": "price"}),
        ("rows", {"type": "sale"}),
        ("rows", {"cursor": "nonsense"}),
        ("totals", {"group_by": "on_hand"}),
    ],
)
def test_what_a_report_does_not_have_is_refused(
    stocked: Merchant, queue: Queue, path: str, query: dict[str, str]
) -> None:
    report = made(stocked, queue, "velocity")

    assert stocked.api.get(f"{report}/{path}", query=query).status == 422


@pytest.mark.usefixtures("queue")
def test_another_tenant_sees_none_of_it(merchant: Merchant, other_table: Table, make_secret: MakeSecret) -> None:
    report = f"{REPORTS}/aging/{merchant.api.post(f'{REPORTS}/aging').json['id']}"
    theirs = make_secret(table=other_table)

    for path in (report, f"{report}/rows", f"{report}/rows.csv", f"{report}/totals"):
        assert merchant.api.get(path, key=theirs).status == 404
    assert merchant.api.post(f"{report}/cancel", key=theirs).status == 404
    assert merchant.api.get(report.replace("aging", "velocity")).status == 404


@pytest.mark.usefixtures("queue")
def test_a_report_is_asked_for_once_under_its_key_stopped_and_not_resumed(merchant: Merchant) -> None:
    key = {"idempotency-key": "report-of-november"}
    first = merchant.api.post(f"{REPORTS}/aging", {}, headers=key)
    again = merchant.api.post(f"{REPORTS}/aging", {}, headers=key)
    path = f"{REPORTS}/aging/{first.json['id']}"

    assert again.json["id"] == first.json["id"]
    assert merchant.api.post(f"{path}/cancel", headers={"if-match": '"99"'}).status == 412
    assert merchant.api.post(f"{path}/cancel").json["status"] == "cancelled"
    assert merchant.api.post(f"{path}/resume").code == "wrong_state"


def test_days_have_their_snapshots(stocked: Merchant, queue: Queue, later: Later) -> None:
    today = clock.utc_now().date()
    later(3 * DAY_IN_MINUTES)
    begin_daily_work(stocked.table, now=clock.utc_now())
    queue.work()

    days = {one["day"]: one for one in stocked.data("/v1/inventory/snapshots")}
    first, second = days[today.isoformat()], days[(today + timedelta(days=1)).isoformat()]
    assert (first["on_hand"], first["skus"], first["skus_critical"], first["in_stock_percent"]) == (21, 2, 1, "100.00")
    assert (first["units_in"], first["units_out"], second["units_in"]) == (23, 2, 0)
    assert [
        one["day"] for one in stocked.data("/v1/inventory/snapshots", **{"from": first["day"], "to": first["day"]})
    ] == [first["day"]]
    for day in ("2026-13-01", "20261101"):
        assert stocked.api.get("/v1/inventory/snapshots", query={"from": day}).status == 422
