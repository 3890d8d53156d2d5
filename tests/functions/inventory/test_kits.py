"""Kits over HTTP."""

from typing import Any

import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant
from tests.table.carts.shop import put_on_sale

KITS = "/v1/inventory/kits"
COMPONENTS = [{"sku": "CUP", "quantity": 2}, {"sku": "TEA", "quantity": 1}]
BOX = {"sku": "BOX", "components": COMPONENTS}


@pytest.fixture
def seller(merchant: Merchant, store: Store) -> Merchant:
    """A merchant of seven cups, five teas, and two variants without stock."""
    for sku, units in {"CUP": 7, "TEA": 5, "BOX": 0, "SET": 0}.items():
        put_on_sale(merchant.table, store, sku, units=units)
    return merchant


def made(seller: Merchant, **fields: Any) -> dict[str, Any]:
    reply = seller.api.post(KITS, {**BOX, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def path(kit: dict[str, Any]) -> str:
    return f"{KITS}/{kit['id']}"


def test_a_kit_is_answered_as_it_was_given(seller: Merchant) -> None:
    reply = seller.api.post(KITS, BOX)

    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    assert {name: reply.json[name] for name in BOX} == BOX
    assert seller.api.get(path(reply.json)).json == reply.json


def test_a_repeated_request_makes_one_kit(seller: Merchant) -> None:
    headers = {"Idempotency-Key": "make-the-gift-box-1"}
    first, again = (seller.api.post(KITS, BOX, headers=headers) for _ in range(2))

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")


def test_kits_are_found_by_sku_and_by_component(seller: Merchant) -> None:
    box, tea = made(seller), made(seller, sku="SET", components=COMPONENTS[1:])

    assert seller.data(KITS) == [box, tea]
    assert (seller.data(KITS, component="CUP"), seller.data(KITS, sku="SET")) == ([box], [tea])
    first = seller.api.get(KITS, query={"component": "TEA", "limit": 1}).json
    rest = seller.api.get(KITS, query={"component": "TEA", "limit": 1, "cursor": first["next_cursor"]}).json
    assert (first["data"], rest["data"], rest["next_cursor"]) == ([box], [tea], None)


def test_its_components_are_changed_by_who_saw_them(seller: Merchant) -> None:
    kit = made(seller)
    body = {"components": [{"sku": "TEA", "quantity": 3}]}

    reply = seller.api.patch(path(kit), body, headers={"If-Match": '"1"'})
    stale = seller.api.patch(path(kit), {"components": COMPONENTS}, headers={"If-Match": '"1"'})
    drop = seller.api.delete(path(kit), headers={"If-Match": '"1"'})

    assert (reply.status, reply.json["components"], reply.headers["etag"]) == (200, body["components"], '"2"')
    assert [stale.status, drop.status] == [412, 412]
    assert seller.api.get(path(kit)).json == reply.json


def test_a_deleted_kit_is_gone(seller: Merchant) -> None:
    kit = made(seller)

    assert seller.api.delete(path(kit)).status == 204
    assert (seller.api.get(path(kit)).code, seller.data(KITS)) == ("kit_unknown", [])
    assert seller.api.post(KITS, BOX).status == 201


def test_its_availability_explains_itself(seller: Merchant, store: Store) -> None:
    kit = made(seller)
    (place,) = seller.data("/v1/locations")
    west = seller.api.post("/v1/locations", {"name": "West"}).json["id"]
    seller.adjust(2, sku="CUP", location_id=west)

    reply = seller.api.get(f"{path(kit)}/availability", query={"store_id": store.id})

    assert reply.json == {
        "sku": "BOX",
        "available": 4,
        "scarcest": ["CUP"],
        "components": [
            {"sku": "CUP", "quantity": 2, "available": 9, "kits": 4},
            {"sku": "TEA", "quantity": 1, "available": 5, "kits": 5},
        ],
        "locations": [{"location_id": place["id"], "available": 3}, {"location_id": west, "available": 0}],
    }
    assert seller.api.get(f"{path(kit)}/availability").json == reply.json
    assert seller.api.patch(f"/v1/locations/{west}", {"active": False}).status == 200
    assert seller.api.get(f"{path(kit)}/availability").json["available"] == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sku": "CUP"}, 409, "sku_stocked"),
        ({"sku": "GONE"}, 404, "sku_unknown"),
        ({"components": [{"sku": "GONE", "quantity": 1}]}, 422, "sku_unknown"),
        ({"components": [{"sku": "BOX", "quantity": 1}]}, 422, "component_is_kit"),
        ({"components": [*COMPONENTS, COMPONENTS[0]]}, 422, "component_repeated"),
        ({"components": []}, 422, None),
        ({"components": [{"sku": "TEA", "quantity": 0}]}, 422, None),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(
    seller: Merchant, body: dict[str, Any], status: int, code: str | None
) -> None:
    reply = seller.api.post(KITS, {**BOX, **body})

    assert reply.status == status
    assert code in (None, reply.code, *[fault["code"] for fault in reply.json.get("errors", ())])
    assert seller.data(KITS) == []


def test_a_kit_s_stock_cannot_be_adjusted_transferred_or_ordered(seller: Merchant) -> None:
    made(seller)
    (place,) = seller.data("/v1/locations")
    west = seller.api.post("/v1/locations", {"name": "West"}).json["id"]
    supplier = seller.api.post("/v1/suppliers", {"name": "Lantern Works", "code": "LW"}).json["id"]
    ends = {"source_location_id": place["id"], "target_location_id": west}
    line = {"sku": "BOX", "quantity": 1}

    replies = [
        seller.api.post("/v1/inventory/adjustments", {**line, "type": "restock"}),
        seller.api.post("/v1/transfers", {**ends, "lines": [line]}),
        seller.api.post("/v1/purchase-orders", {"supplier_id": supplier, "lines": [{**line, "unit_cost": "1.00"}]}),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [(409, "sku_is_kit")] * 3
    assert seller.levels(sku="BOX") == []


def test_kits_need_their_scope_and_are_the_tenant_s_own(
    seller: Merchant, make_secret: MakeSecret, other_table: Table
) -> None:
    kit = made(seller)
    reader, stranger = make_secret("inventory:read"), make_secret(table=other_table)

    assert seller.api.get(path(kit), key=reader).status == 200
    assert seller.api.delete(path(kit), key=reader).status == 403
    assert seller.api.get(path(kit), key=stranger).status == 404
