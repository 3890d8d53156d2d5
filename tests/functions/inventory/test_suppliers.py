"""Suppliers and what they sell, over HTTP."""

from typing import Any

from storekeeper.kernel.table import Table
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant

SUPPLIERS = "/v1/suppliers"
ADDRESS = {"line1": "Pier 1", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
LANTERN = {
    "name": "Lantern Works",
    "code": "LANTERN",
    "currency": "EUR",
    "lead_time_days": 14,
    "minimum_order": "250.00",
    "contact_name": "Ada",
    "email": "ada@example.com",
    "phone": "+49 40 1",
    "address": ADDRESS,
    "notes": "Calls back.",
}
MUG = {"sku": "MUG-BLUE", "supplier_sku": "LW-1", "unit_cost": "4.00", "minimum_quantity": 24, "pack_size": 12}


def made(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    reply = merchant.api.post(SUPPLIERS, {**LANTERN, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def path(supplier: dict[str, Any]) -> str:
    return f"{SUPPLIERS}/{supplier['id']}"


def test_a_supplier_is_answered_as_it_was_given(merchant: Merchant) -> None:
    reply = merchant.api.post(SUPPLIERS, LANTERN)

    nobody = dict.fromkeys(["first_name", "last_name", "company", "line2", "region", "phone"])
    assert reply.status == 201
    assert {name: reply.json[name] for name in LANTERN} == {**LANTERN, "address": {**nobody, **ADDRESS}}
    assert (reply.json["active"], reply.json["used"], reply.headers["etag"]) == (True, False, '"1"')
    assert merchant.api.get(path(reply.json)).json == reply.json


def test_a_supplier_s_currency_is_the_tenant_s_unless_it_is_said(merchant: Merchant) -> None:
    reply = merchant.api.post(SUPPLIERS, {"name": "Lantern Works", "code": "LW"})

    assert (reply.json["currency"], reply.json["minimum_order"], reply.json["email"]) == ("USD", None, None)


def test_a_code_is_given_once(merchant: Merchant) -> None:
    made(merchant)

    reply = merchant.api.post(SUPPLIERS, {**LANTERN, "code": "lantern"})

    assert (reply.status, reply.code) == (409, "code_taken")


def test_a_repeated_request_makes_one_supplier(merchant: Merchant) -> None:
    headers = {"Idempotency-Key": "make-the-lantern-works"}
    first, again = (merchant.api.post(SUPPLIERS, LANTERN, headers=headers) for _ in range(2))

    assert (again.status, again.json, again.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert [row["id"] for row in merchant.data(SUPPLIERS)] == [first.json["id"]]


def test_a_supplier_is_changed_in_part(merchant: Merchant) -> None:
    supplier = made(merchant)

    reply = merchant.api.patch(path(supplier), {"email": None, "lead_time_days": 7, "active": False})

    changed = {"email": None, "lead_time_days": 7, "active": False, "version": 2}
    assert {**reply.json, "updated_at": ""} == {**supplier, **changed, "updated_at": ""}


def test_a_new_currency_leaves_no_amount_of_the_old_one(merchant: Merchant) -> None:
    supplier = made(merchant)

    reply = merchant.api.patch(path(supplier), {"currency": "JPY"})
    wrong = merchant.api.patch(path(supplier), {"minimum_order": "250.00"})

    assert (reply.json["currency"], reply.json["minimum_order"]) == ("JPY", None)
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (422, "minimum_order")


def test_a_change_of_the_outdated_is_refused(merchant: Merchant) -> None:
    supplier = made(merchant)
    merchant.api.patch(path(supplier), {"name": "Lantern"})

    reply = merchant.api.patch(path(supplier), {"name": "Works"}, headers={"If-Match": '"1"'})

    assert (reply.status, reply.code) == (412, "stale_version")


def test_suppliers_are_filtered(merchant: Merchant) -> None:
    made(merchant)
    archived = made(merchant, name="Old Oil", code="OIL", active=False)

    assert [row["name"] for row in merchant.data(SUPPLIERS)] == ["Lantern Works", "Old Oil"]
    assert [row["id"] for row in merchant.data(SUPPLIERS, active="false")] == [archived["id"]]
    assert [row["name"] for row in merchant.data(SUPPLIERS, q="works")] == ["Lantern Works"]
    assert "email" not in merchant.data(SUPPLIERS)[0]


def test_a_supplier_that_is_used_can_only_be_archived(merchant: Merchant) -> None:
    used, unused = made(merchant), made(merchant, code="OTHER")
    merchant.api.post(f"{path(used)}/skus", MUG)

    refused, gone = merchant.api.delete(path(used)), merchant.api.delete(path(unused))

    assert (refused.status, refused.code) == (409, "supplier_in_use")
    assert (gone.status, merchant.api.get(path(unused)).status) == (204, 404)


def test_what_a_supplier_sells_is_answered_in_its_currency(merchant: Merchant) -> None:
    supplier = made(merchant)

    reply = merchant.api.post(f"{path(supplier)}/skus", MUG)

    assert reply.status == 201
    assert {name: reply.json[name] for name in MUG} == MUG
    assert (reply.json["currency"], reply.json["preferred"], reply.json["lead_time_days"]) == ("EUR", False, None)
    assert merchant.api.get(f"{path(supplier)}/skus/{reply.json['id']}").json == reply.json
    assert merchant.data(f"{path(supplier)}/skus") == [reply.json]
    assert merchant.data(f"{path(supplier)}/skus", sku="MUG-BLUE") == [reply.json]
    assert merchant.data(f"{path(supplier)}/skus", sku="MUG-RED") == []


def test_who_sells_a_sku_is_listed_with_the_preferred_one(merchant: Merchant) -> None:
    one, other = made(merchant), made(merchant, code="OTHER")
    first = merchant.api.post(f"{path(one)}/skus", {**MUG, "preferred": True}).json
    second = merchant.api.post(f"{path(other)}/skus", MUG).json

    merchant.api.patch(f"{path(other)}/skus/{second['id']}", {"preferred": True, "unit_cost": "3.50"})

    listed = {
        row["id"]: (row["preferred"], row["unit_cost"]) for row in merchant.data(f"{SUPPLIERS}/skus", sku="MUG-BLUE")
    }
    assert listed == {first["id"]: (False, "4.00"), second["id"]: (True, "3.50")}


def test_a_supplier_sku_is_removed(merchant: Merchant) -> None:
    supplier = made(merchant)
    known = merchant.api.post(f"{path(supplier)}/skus", MUG).json

    assert merchant.api.delete(f"{path(supplier)}/skus/{known['id']}").status == 204
    assert merchant.api.get(f"{path(supplier)}/skus/{known['id']}").status == 404
    assert merchant.api.post(f"{path(supplier)}/skus", MUG).status == 201


def test_what_cannot_be_is_refused(merchant: Merchant) -> None:
    supplier = made(merchant)
    merchant.api.post(f"{path(supplier)}/skus", MUG)

    replies = [
        merchant.api.post(f"{path(supplier)}/skus", MUG),
        merchant.api.post(f"{path(supplier)}/skus", {**MUG, "sku": "GHOST"}),
        merchant.api.post(f"{path(supplier)}/skus", {**MUG, "sku": "MUG-RED", "unit_cost": "4.001"}),
        merchant.api.post(f"{path(supplier)}/skus", {**MUG, "sku": "MUG-RED", "pack_size": 0}),
        merchant.api.post(f"{SUPPLIERS}/sup_unknown/skus", MUG),
        merchant.api.get(f"{SUPPLIERS}/skus"),
    ]

    assert [(reply.status, reply.code) for reply in replies] == [
        (409, "supplier_sku_taken"),
        (404, "sku_unknown"),
        (422, "invalid"),
        (422, "malformed"),
        (404, "supplier_unknown"),
        (422, "malformed"),
    ]


def test_a_key_that_may_only_read_changes_nothing(merchant: Merchant, make_secret: MakeSecret, table: Table) -> None:
    reply = merchant.api.post(SUPPLIERS, LANTERN, key=make_secret("inventory:read"))

    assert (reply.status, reply.code) == (403, "scope_missing")
    assert merchant.data(SUPPLIERS) == []
