"""Orders over HTTP, as merchants see them."""

from datetime import timedelta
from typing import Any

import pytest

from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table
from storekeeper.orders import Order, order_key
from storekeeper.orders.projections import project
from storekeeper.tenancy import Store
from tests.functions.conftest import Api, MakeSecret
from tests.functions.orders.conftest import Place
from tests.unit.orders.builders import EMAIL, NOW, a_pick

KEY = {"Idempotency-Key": "a-key-of-16-chars"}


def told(order: Order, table: Table) -> None:
    """What the projector does when the order is placed."""
    key = order_key(table.tenant_id, order.id)
    project(Change(key, None, table.get(key), "1", NOW), table=table)


def test_an_order_is_read_whole(client: Api, place: Place, store: Store) -> None:
    order = place(metadata={"crm": "1"})

    reply = client.get(f"/v1/orders/{order.id}")

    shown = reply.json
    assert (reply.status, reply.headers["etag"]) == (200, '"1"')
    assert (shown["number"], shown["store_id"], shown["status"]) == ("HB-1001", store.id, "processing")
    assert (shown["email"], shown["shipping_address"]["line1"], shown["note"]) == (
        EMAIL,
        "1 Long Street",
        "Ring twice.",
    )
    assert shown["totals"] == {
        "subtotal": "37.50",
        "discount": "0.00",
        "shipping": "0.00",
        "tax": "0.00",
        "total": "37.50",
    }
    assert [(line["sku"], line["quantity"], line["unit_price"], line["fulfilled"]) for line in shown["lines"]] == [
        ("MUG", 2, "12.50", 0),
        ("LAMP", 1, "12.50", 0),
    ]
    assert shown["payment"] == {
        "provider": "stripe",
        "status": "succeeded",
        "capture": "automatic",
        "intent_id": "pi_1",
        "amount": "37.50",
        "captured": "37.50",
        "refunded": "0.00",
        "card_brand": "visa",
        "card_last4": "4242",
        "failure_code": None,
    }
    assert [(one["sku"], one["quantity"]) for one in shown["allocations"]] == [("MUG", 2), ("LAMP", 1)]
    assert shown["shipments"] == []


def test_orders_are_listed_newest_first_without_a_word_on_the_shopper(client: Api, place: Place) -> None:
    orders = [place(placed_at=NOW + timedelta(minutes=n), picks=(), number=f"HB-{n}") for n in range(3)]

    first = client.get("/v1/orders", query={"limit": 2}).json
    rest = client.get("/v1/orders", query={"limit": 2, "cursor": first["next_cursor"]}).json

    assert [row["id"] for row in first["data"] + rest["data"]] == [order.id for order in reversed(orders)]
    assert rest["next_cursor"] is None
    assert (first["data"][0]["total"], first["data"][0]["units"], first["data"][0]["test"]) == ("37.50", 3, False)
    assert EMAIL not in repr(first) + repr(rest)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["HB-1", "HB-0"]),
        ({"number": "HB-0"}, ["HB-0"]),
        ({"email": EMAIL.upper()}, ["HB-1", "HB-0"]),
        ({"email": "nobody@example.com"}, []),
        ({"status": "shipped"}, []),
        ({"payment_status": "paid"}, ["HB-1", "HB-0"]),
        ({"fulfillment_status": "unfulfilled", "tag": "vip"}, ["HB-1"]),
        ({"from": "2026-11-20T12:00:30Z"}, ["HB-1"]),
        ({"to": "2026-11-20T12:00:30Z"}, ["HB-0"]),
        ({"store_id": "sto_01KAGC3M5Q8V6ZB1X7Y2N4T9ZZ"}, []),
    ],
)
def test_a_list_can_be_filtered(client: Api, place: Place, query: dict[str, str], found: list[str]) -> None:
    for n in range(2):
        place(placed_at=NOW + timedelta(minutes=n), picks=(), number=f"HB-{n}", tags=("vip",) * n)

    reply = client.get("/v1/orders", query=query)

    assert (reply.status, [row["number"] for row in reply.json["data"]]) == (200, found)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"cursor": "nonsense"},
        {"cursor": "WzEsIm5vIl0"},
        {"status": "lost"},
        {"from": "yesterday"},
        {"from": "2026-11-20T12:00:00"},
        {"email": "x"},
        {"number": "x" * 65},
        {"store_id": "1"},
    ],
)
def test_a_bad_filter_is_refused(client: Api, query: dict[str, Any]) -> None:
    assert client.get("/v1/orders", query=query).status == 422


def test_a_patch_answers_the_order_and_honors_the_version(client: Api, place: Place) -> None:
    path = f"/v1/orders/{place().id}"

    changed = client.patch(path, {"tags": ["vip"], "gift_message": "For Ben", "metadata": {"a": "b"}})
    stale = client.patch(path, {"tags": []}, headers={"If-Match": '"1"'})
    cleared = client.patch(path, {"gift_message": None, "metadata": {"a": None}}, headers={"If-Match": '"2"'})

    assert (changed.status, changed.headers["etag"], changed.json["gift_message"]) == (200, '"2"', "For Ben")
    assert (stale.status, stale.code) == (412, "stale_version")
    assert (cleared.json["gift_message"], cleared.json["metadata"], cleared.json["tags"]) == (None, {}, ["vip"])


@pytest.mark.parametrize(
    "body",
    [
        {"status": "delivered"},
        {"email": "x@example.com"},
        {"tags": None},
        {"tags": [""]},
        {"tags": ["x" * 65]},
        {"tags": ["x"] * 51},
        {"gift_message": 1},
        {"gift_message": "\ud800"},
        {"gift_message": "x" * 5001},
        {"metadata": {"k": 1}},
        {"metadata": {"": "x"}},
        {"metadata": {"k" * 41: "x"}},
        {"metadata": {"k": "x" * 501}},
        {"metadata": {f"k{n}": "x" for n in range(51)}},
        [],
        None,
    ],
)
def test_a_bad_patch_is_refused(client: Api, place: Place, body: Any) -> None:
    path = f"/v1/orders/{place().id}"

    reply = client.patch(path, body)

    assert (reply.status, client.get(path).json["version"]) == (422, 1)


def test_notes_are_added_once_and_listed(client: Api, place: Place) -> None:
    path = f"/v1/orders/{place().id}/notes"

    made = client.post(path, {"text": "A new lid.", "visibility": "customer"}, headers=KEY)
    again = client.post(path, {"text": "A new lid.", "visibility": "customer"}, headers=KEY)
    internal = client.post(path, {"text": "Check the lid."})

    assert (made.status, again.status, again.headers["idempotency-replayed"]) == (201, 201, "true")
    assert made.json["author"].startswith("key:")
    assert client.get(path).json["data"] == sorted([made.json, internal.json], key=lambda note: str(note["id"]))
    assert internal.json["visibility"] == "internal"


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x", "visibility": "all"}, {"text": "x" * 5001}])
def test_a_bad_note_is_refused(client: Api, place: Place, body: Any) -> None:
    assert client.post(f"/v1/orders/{place().id}/notes", body).status == 422


def test_the_timeline_and_the_figures_follow(client: Api, place: Place, table: Table, store: Store) -> None:
    order = place()
    told(order, table)
    days = {"store_id": store.id, "from": "2026-11-01", "to": "2026-11-30"}

    timeline = client.get(f"/v1/orders/{order.id}/timeline").json["data"]
    statistics = client.get("/v1/orders/statistics", query=days).json

    assert [(entry["type"], entry["actor"]) for entry in timeline] == [
        ("order.created", "system:test"),
        ("order.paid", "system:test"),
    ]
    figures = {"currency": "USD", "orders": 1, "revenue": "37.50", "refunded": "0.00", "average": "37.50"}
    assert statistics == {
        "data": [{"period": "2026-11-20", **figures}],
        "totals": [{"period": "2026-11-01/2026-11-30", **figures}],
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-11-01", "to": "2026-11-30"}, 422),
        ({"store_id": "{store}", "from": "2026-11-30", "to": "2026-11-01"}, 422),
        ({"store_id": "{store}", "from": "2020-01-01", "to": "2026-11-01"}, 422),
        ({"store_id": "{store}", "from": "2026-11-01", "to": "2026-11-30", "period": "week"}, 422),
        ({"store_id": "sto_01KAGC3M5Q8V6ZB1X7Y2N4T9ZZ", "from": "2026-11-01", "to": "2026-11-30"}, 404),
    ],
)
def test_figures_need_a_store_and_a_bounded_time(client: Api, store: Store, query: dict[str, str], status: int) -> None:
    asked = {name: store.id if value == "{store}" else value for name, value in query.items()}

    assert client.get("/v1/orders/statistics", query=asked).status == status


ROUTES: list[Any] = [
    ("GET", "", None),
    ("PATCH", "", {"tags": []}),
    ("GET", "/notes", None),
    ("POST", "/notes", {"text": "x"}),
    ("GET", "/timeline", None),
    ("POST", "/fulfill", {}),
    ("POST", "/deliver", None),
]


@pytest.mark.parametrize(("method", "tail", "body"), ROUTES)
def test_another_tenant_s_order_and_an_unknown_one_are_not_there(
    client: Api, place: Place, make_secret: MakeSecret, other_table: Table, method: str, tail: str, body: Any
) -> None:
    order = place()
    foreign = make_secret(table=other_table)

    assert client(method, f"/v1/orders/{order.id}{tail}", body, key=foreign).status == 404
    for unknown in ("ord_01KAGC3M5Q8V6ZB1X7Y2N4T9ZZ", "1", "x" * 3000, "%23"):
        assert client(method, f"/v1/orders/{unknown}{tail}", body).status == 404
    assert client.get(f"/v1/orders/{order.id}").json["version"] == 1


def test_another_tenant_lists_nothing(client: Api, place: Place, make_secret: MakeSecret, other_table: Table) -> None:
    place()

    assert client.get("/v1/orders", key=make_secret(table=other_table)).json == {"data": [], "next_cursor": None}


@pytest.mark.parametrize(("method", "tail", "body"), ROUTES)
def test_a_key_without_the_scope_is_refused(
    client: Api, place: Place, make_secret: MakeSecret, method: str, tail: str, body: Any
) -> None:
    order, scope = place(), "orders:write" if method == "GET" else "orders:read"

    reply = client(method, f"/v1/orders/{order.id}{tail}", body, key=make_secret(scope))

    assert (reply.status, reply.code) == (403, "scope_missing")


def test_what_is_reserved_is_shown_until_it_leaves(client: Api, place: Place) -> None:
    order = place(picks=(a_pick("MUG", 2), a_pick("LAMP", 1)))

    client.post(f"/v1/orders/{order.id}/fulfill", {"lines": [{"sku": "MUG", "quantity": 2}]})

    assert [one["sku"] for one in client.get(f"/v1/orders/{order.id}").json["allocations"]] == ["LAMP"]
