"""What tests of purchase orders do over HTTP."""

from typing import Any

from tests.functions.conftest import Reply
from tests.functions.inventory.conftest import Merchant

ORDERS = "/v1/purchase-orders"
MUG = {"sku": "MUG-BLUE", "unit_cost": "4.00", "minimum_quantity": 12, "pack_size": 12}


def a_supplier(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    reply = merchant.api.post("/v1/suppliers", {"name": "Lantern Works", "code": "LW", **fields})
    assert reply.status == 201, reply.text
    assert merchant.api.post(f"/v1/suppliers/{reply.json['id']}/skus", MUG).status == 201
    return dict(reply.json)


def drafted(merchant: Merchant, supplier: dict[str, Any], *, quantity: int = 24, **fields: Any) -> dict[str, Any]:
    lines = [{"sku": "MUG-BLUE", "quantity": quantity}]
    reply = merchant.api.post(ORDERS, {"supplier_id": supplier["id"], "lines": lines, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def act(merchant: Merchant, order: dict[str, Any], verb: str, body: Any = None, **options: Any) -> Reply:
    return merchant.api.post(f"{ORDERS}/{order['id']}/{verb}", body, **options)


def sent(merchant: Merchant, supplier: dict[str, Any], **fields: Any) -> dict[str, Any]:
    reply = act(merchant, drafted(merchant, supplier, **fields), "send")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def stock(merchant: Merchant) -> list[tuple[int, int]]:
    return [(row["on_hand"], row["incoming"]) for row in merchant.levels(sku="MUG-BLUE")]


def delivery(units: int, **fields: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "MUG-BLUE", "quantity": units}], "exchange_rate": "1.10", **fields}
