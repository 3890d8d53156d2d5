"""Serials and batches over HTTP."""

from typing import Any

import pytest

from storekeeper.inventory.tracking.batches.items import BatchSale, put_sale
from storekeeper.kernel import clock
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import ADJUSTMENTS, Merchant

TRACKING = "/v1/inventory/tracking"
KEY = {"Idempotency-Key": "4f5c2a0e-8a3b-4f0e-9d55-1c6f7b1a2e3d"}


def track(merchant: Merchant, mode: str, sku: str = "MUG-BLUE") -> dict[str, Any]:
    reply = merchant.api.put(f"{TRACKING}/{sku}", {"tracking": mode})
    assert reply.status == 200, reply.text
    return dict(reply.json)


@pytest.fixture
def place(merchant: Merchant) -> str:
    """Where stock is kept."""
    return str(merchant.data("/v1/locations")[0]["id"])


def test_units_are_received_named_and_traced(merchant: Merchant, place: str) -> None:
    merchant.adjust(1)
    assert track(merchant, "serial")["locations"] == [{"location_id": place, "on_hand": 1, "named": 0, "unnamed": 1}]
    merchant.adjust(2, kind="restock", serials=["S1", "S2"])
    body = {"sku": "MUG-BLUE", "location_id": place, "serials": ["S3"]}

    named = merchant.api.post(f"{TRACKING}/names", body, headers=KEY)
    again = merchant.api.post(f"{TRACKING}/names", body, headers=KEY)

    assert (named.status, named.json["named"], named.json["unnamed"]) == (201, 3, 0)
    assert (again.status, again.text) == (201, named.text)
    rows = merchant.data("/v1/serials", sku="MUG-BLUE")
    assert [(row["number"], row["status"], row["location_id"]) for row in rows] == [
        (number, "in_stock", place) for number in ("S1", "S2", "S3")
    ]
    shown = merchant.api.get(f"/v1/serials/{rows[0]['id']}")
    (step,) = shown.json["history"]
    assert (shown.headers["etag"], step["status"], step["reference_type"]) == ('"1"', "in_stock", "adjustment")


def test_how_a_sku_is_tracked_is_said_under_its_version(merchant: Merchant) -> None:
    path = f"{TRACKING}/MUG-BLUE"
    first = merchant.api.put(path, {"tracking": "serial"}, headers={"If-Match": '"0"'})
    stale = merchant.api.put(path, {"tracking": "none"}, headers={"If-Match": '"0"'})
    merchant.adjust(1, serials=["S1"])
    used = merchant.api.put(path, {"tracking": "batch"})

    assert (first.status, first.json["version"], stale.code) == (200, 1, "stale_version")
    assert (used.status, used.code) == (409, "tracking_in_use")
    assert merchant.api.get(path).json["tracking"] == "serial"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"quantity": 2, "serials": ["S1"]}, 422, "invalid_request"),
        ({"quantity": 1, "batches": [{"number": "L1", "quantity": 1}]}, 409, "sku_not_tracked"),
        ({"quantity": 1, "serials": ["S0"]}, 409, "serial_in_stock"),
        ({"quantity": -1}, 409, "names_missing"),
        ({"quantity": -1, "serials": ["S9"]}, 409, "serial_not_there"),
    ],
)
def test_what_does_not_fit_is_refused(merchant: Merchant, fields: dict[str, Any], status: int, code: str) -> None:
    track(merchant, "serial")
    merchant.adjust(1, serials=["S0"])

    reply = merchant.api.post(ADJUSTMENTS, {"sku": "MUG-BLUE", "type": "adjustment", **fields})

    assert reply.status == status
    assert status == 422 or reply.code == code
    assert [row["on_hand"] for row in merchant.levels(sku="MUG-BLUE")] == [1]


def test_a_serial_that_is_in_stock_is_neither_returned_nor_released(merchant: Merchant) -> None:
    track(merchant, "serial")
    merchant.adjust(1, serials=["S0"])
    path = f"/v1/serials/{merchant.data('/v1/serials', number='S0')[0]['id']}"

    for verb in ("return", "release", "write-off"):
        reply = merchant.api.post(f"{path}/{verb}", {"reason": "x"})
        assert (reply.status, reply.code) == (409, "wrong_state")


def test_batches_are_listed_picked_and_recalled(merchant: Merchant, place: str) -> None:
    track(merchant, "batch")
    for number, day in (("LATE", "2031-01-01"), ("SOON", "2030-01-01")):
        merchant.adjust(3, kind="restock", batches=[{"number": number, "quantity": 3, "expires_on": day}])

    rows = merchant.data("/v1/batches", sku="MUG-BLUE")
    picks = merchant.data("/v1/batches/picks", sku="MUG-BLUE", location_id=place, quantity=4)
    path = f"/v1/batches/{rows[0]['id']}"
    sale = BatchSale(
        rows[0]["id"], "MUG-BLUE", "SOON", "ord_1", "shp_1", 2, clock.from_text("2026-11-20T09:00:00.000Z")
    )
    merchant.table.write(put_sale(merchant.table.tenant_id, sale))
    table = merchant.api.get(f"{path}/recall.csv")

    assert [(row["number"], row["units"], row["left"]) for row in rows] == [
        ("SOON", {place: 3}, 3),
        ("LATE", {place: 3}, 3),
    ]
    assert [(pick["number"], pick["quantity"]) for pick in picks] == [("SOON", 3), ("LATE", 1)]
    assert merchant.api.get(path).json == rows[0]
    assert [(one["order_id"], one["units"]) for one in merchant.data(f"{path}/recall")] == [("ord_1", 2)]
    assert [one["number"] for one in merchant.data("/v1/batches/sales", order_id="ord_1")] == ["SOON"]
    assert table.text.splitlines() == [
        "order_id,shipment_id,units,sold_at,sku,number,batch_id",
        f"ord_1,shp_1,2,2026-11-20T09:00:00.000Z,MUG-BLUE,SOON,{rows[0]['id']}",
    ]


def test_a_transfer_takes_units_by_name(merchant: Merchant, place: str) -> None:
    track(merchant, "serial")
    merchant.adjust(2, serials=["S1", "S2"])
    west = merchant.api.post("/v1/locations", {"name": "West"}).json["id"]
    ends = {"source_location_id": place, "target_location_id": west}
    made = merchant.api.post("/v1/transfers", {**ends, "lines": [{"sku": "MUG-BLUE", "quantity": 1}]}).json
    path = f"/v1/transfers/{made['id']}"

    unsaid = merchant.api.post(f"{path}/dispatch")
    sent = merchant.api.post(f"{path}/dispatch", {"lines": [{"sku": "MUG-BLUE", "serials": ["S2"]}]})
    on_the_way = merchant.data("/v1/serials", number="S2")[0]["status"]
    other = merchant.api.post(f"{path}/receive", {"lines": [{"sku": "MUG-BLUE", "quantity": 1, "serials": ["S1"]}]})
    came = merchant.api.post(f"{path}/receive")

    assert (unsaid.status, unsaid.code, sent.status, on_the_way) == (409, "names_missing", 200, "in_transit")
    assert (sent.json["lines"][0]["serials"], came.json["lines"][0]["serials"]) == (["S2"], [])
    assert (other.status, other.code, came.json["receipts"][0]["lines"][0]["serials"]) == (
        409,
        "serial_in_stock",
        ["S2"],
    )
    assert merchant.data("/v1/serials", number="S2")[0]["location_id"] == west


def test_reading_needs_the_right_to_read(merchant: Merchant, make_secret: MakeSecret) -> None:
    key = make_secret("orders:read")

    for path in ("/v1/serials", "/v1/batches", f"{TRACKING}/MUG-BLUE"):
        assert merchant.api.get(path, key=key).status == 403
