"""Fulfillment over HTTP."""

from typing import Any

import pytest

from storekeeper.kernel.table import Table
from storekeeper.orders import OrderStatus
from tests.functions.conftest import Api
from tests.functions.orders.conftest import Place
from tests.table.orders.shelf import SPARE, level_of
from tests.unit.orders.builders import WEST, a_pick

KEY = {"Idempotency-Key": "a-key-of-16-chars"}
UPS = {"carrier": "UPS", "tracking_number": "1Z999AA10123456784", "tracking_url": "https://ups.example/1Z"}


def test_an_order_leaves_whole(client: Api, place: Place, table: Table) -> None:
    order = place()

    reply = client.post(f"/v1/orders/{order.id}/fulfill", UPS)

    shown = reply.json
    assert (reply.status, reply.headers["etag"]) == (201, '"2"')
    assert (shown["status"], shown["fulfillment_status"], shown["allocations"]) == ("shipped", "fulfilled", [])
    (shipment,) = shown["shipments"]
    assert {name: shipment[name] for name in UPS} == UPS
    assert [(line["sku"], line["quantity"]) for line in shipment["lines"]] == [("MUG", 2), ("LAMP", 1)]
    assert (level_of(table, a_pick("MUG", 2)).on_hand, level_of(table, a_pick("MUG", 2)).reserved) == (SPARE, 0)
    assert client.get(f"/v1/orders/{order.id}").json == shown


def test_an_order_leaves_without_a_body(client: Api, place: Place) -> None:
    assert client.post(f"/v1/orders/{place().id}/fulfill").json["fulfillment_status"] == "fulfilled"


def test_an_order_leaves_line_by_line(client: Api, place: Place) -> None:
    path = f"/v1/orders/{place().id}/fulfill"

    part = client.post(path, {"lines": [{"sku": "MUG", "quantity": 1}, {"line_id": "itm_2", "quantity": 1}]}).json
    whole = client.post(path, {"lines": [{"line_id": "itm_1", "quantity": 1}]}).json

    assert (part["status"], part["fulfillment_status"]) == ("processing", "partially_fulfilled")
    assert [line["fulfilled"] for line in part["lines"]] == [1, 1]
    assert (whole["status"], whole["fulfillment_status"], len(whole["shipments"])) == ("shipped", "fulfilled", 2)


def test_a_repeat_with_its_key_ships_nothing_more(client: Api, place: Place, table: Table) -> None:
    path = f"/v1/orders/{place().id}/fulfill"
    one = {"lines": [{"sku": "MUG", "quantity": 1}]}

    first = client.post(path, one, headers=KEY)
    again = client.post(path, one, headers=KEY)
    other = client.post(path, {}, headers=KEY)

    assert (again.status, again.text, again.headers["idempotency-replayed"]) == (201, first.text, "true")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert level_of(table, a_pick("MUG", 2)).reserved == 1


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"lines": [{"sku": "MUG", "quantity": 3}]}, 409, "over_fulfilled", "lines.0.quantity"),
        ({"lines": [{"sku": "BOWL", "quantity": 1}]}, 422, "line_unknown", "lines.0"),
        ({"location_id": WEST}, 409, "stock_not_reserved", "location_id"),
        ({"lines": []}, 422, "malformed", "lines"),
        ({"lines": [{"quantity": 1}]}, 422, "malformed", "lines.0"),
        ({"lines": [{"sku": "MUG", "line_id": "itm_1", "quantity": 1}]}, 422, "malformed", "lines.0"),
        ({"lines": [{"sku": "MUG", "quantity": 0}]}, 422, "malformed", "lines.0.quantity"),
        ({"lines": [{"sku": "MUG", "quantity": "1"}]}, 422, "malformed", "lines.0.quantity"),
        ({"tracking_url": "javascript:alert(1)"}, 422, "malformed", "tracking_url"),
        ({"shipped": True}, 422, "malformed", "shipped"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    client: Api, place: Place, table: Table, body: Any, status: int, code: str, field: str
) -> None:
    order = place()

    reply = client.post(f"/v1/orders/{order.id}/fulfill", body)

    assert (reply.status, reply.code, reply.json["errors"][0]["field"]) == (status, code, field)
    assert (client.get(f"/v1/orders/{order.id}").json["version"], level_of(table, a_pick("MUG", 2)).version) == (1, 1)


def test_over_fulfilling_names_the_line(client: Api, place: Place) -> None:
    reply = client.post(f"/v1/orders/{place().id}/fulfill", {"lines": [{"sku": "MUG", "quantity": 3}]})

    (error,) = reply.json["errors"]
    assert (error["line_id"], error["sku"], error["requested"], error["unfulfilled"]) == ("itm_1", "MUG", 3, 2)


@pytest.mark.parametrize("status", [OrderStatus.PENDING, OrderStatus.CANCELLED])
def test_an_order_that_is_not_processing_stays(client: Api, place: Place, status: OrderStatus) -> None:
    reply = client.post(f"/v1/orders/{place(status=status).id}/fulfill", {})

    assert (reply.status, reply.code) == (409, "order_not_fulfillable")


def test_an_order_arrives_after_it_has_left(client: Api, place: Place) -> None:
    path = f"/v1/orders/{place().id}"

    early = client.post(f"{path}/deliver")
    client.post(f"{path}/fulfill", {})
    arrived = client.post(f"{path}/deliver", headers=KEY)
    again = client.post(f"{path}/deliver", headers=KEY)

    assert (early.status, early.code) == (409, "wrong_state")
    assert (arrived.status, arrived.json["status"]) == (200, "delivered")
    assert arrived.json["delivered_at"] is not None
    assert (again.status, again.text) == (200, arrived.text)


def test_a_stale_version_ships_nothing(client: Api, place: Place) -> None:
    path = f"/v1/orders/{place().id}"

    reply = client.post(f"{path}/fulfill", {}, headers={"If-Match": '"7"'})

    assert (reply.status, client.get(path).json["shipments"]) == (412, [])
