"""What a warehouse does, on the running stack: buying, kits, units that are told apart, and stock that is put right."""

from collections.abc import Mapping
from functools import partial

import httpx
import pytest

from local.testing import RunningStack
from tests.stack.bus import Listener
from tests.stack.ledger import check_ledger
from tests.stack.shop import Json, Merchant, Shop, eventually, found, open_shop, unique

pytestmark = pytest.mark.stack

OVER = {"done", "failed", "cancelled"}


@pytest.fixture(scope="module")
def shop(stack: RunningStack, http: httpx.Client) -> Shop:
    """A merchant's who has little stock, so that looking through all of it is soon done."""
    return open_shop(found(stack, http, "warehouse"))


@pytest.fixture
def listener(stack: RunningStack) -> Listener:
    """Hears the bus from now on."""
    return Listener(stack)


def level_of(shop: Shop, sku: str) -> tuple[int, int, int]:
    """on_hand, reserved and incoming of the SKU's one level."""
    (level,) = shop.merchant.levels(sku)
    return level["on_hand"], level["reserved"], level["incoming"]


def work_off(merchant: Merchant, path: str, asked: Json) -> Json:
    """A run that is asked for, when it is over."""
    path = f"{path}/{merchant.post(path, asked)['id']}"
    return dict(eventually(partial(merchant.get, path), until=lambda run: run["status"] in OVER, within_s=20))


def hears(listener: Listener, wanted: Mapping[str, int], *, of: str) -> None:
    """The bus tells so many facts of each of these types, each with an id of its own."""

    def told() -> dict[str, int]:
        types = [copies[0]["type"] for copies in listener.by_id(of=of).values()]
        return {name: types.count(name) for name in wanted}

    eventually(told, until=lambda counts: counts == wanted, within_s=15)


def test_what_is_bought_comes_in_parts_with_its_cost(shop: Shop, listener: Listener) -> None:
    merchant, sku = shop.merchant, shop.put_on_sale()
    supplier = merchant.post("/v1/suppliers", {"name": "Lantern Works", "code": unique("works")})
    lines = [{"sku": sku, "quantity": 10, "unit_cost": "4.00"}]
    order = merchant.post("/v1/purchase-orders", {"supplier_id": supplier["id"], "lines": lines})
    path = f"/v1/purchase-orders/{order['id']}"

    merchant.post(f"{path}/send")
    on_its_way = level_of(shop, sku)
    first = merchant.post(f"{path}/receive", {"lines": [{"sku": sku, "quantity": 4}]})
    in_part = level_of(shop, sku)
    rest = {"sku": sku, "quantity": 5, "unit_cost": "4.60", "rejected": 1, "reason": "broken"}
    last = merchant.post(f"{path}/receive", {"lines": [rest]})

    assert (first["status"], last["status"]) == ("partially_received", "received")
    assert (on_its_way, in_part, level_of(shop, sku)) == ((0, 0, 10), (4, 0, 6), (9, 0, 0))
    assert [row["type"] for row in check_ledger(merchant, sku)] == ["restock"] * 4
    report = work_off(merchant, "/v1/inventory/reports/valuation", {"method": "fifo"})
    (row,) = merchant.rows(f"/v1/inventory/reports/valuation/{report['id']}/rows", sku=sku)
    assert (report["status"], row["on_hand"], row["value"], row["uncosted"]) == ("done", 9, "39.00", 0)
    hears(
        listener,
        {"purchase_order.created": 1, "purchase_order.sent": 1, "purchase_order.received": 2, "inventory.restocked": 2},
        of=sku,
    )


def test_a_kit_takes_its_components_from_the_shelf_and_gives_them_back(shop: Shop, listener: Listener) -> None:
    merchant = shop.merchant
    cup, saucer, kit = shop.put_on_sale(9), shop.put_on_sale(10), shop.put_on_sale()
    parts = [{"sku": cup, "quantity": 2}, {"sku": saucer, "quantity": 1}]
    made = merchant.post("/v1/inventory/kits", {"sku": kit, "components": parts})

    bought = shop.bought(kit, 3, method="manual")
    reserved = (level_of(shop, cup), level_of(shop, saucer))
    left = merchant.get(f"/v1/inventory/kits/{made['id']}/availability")["available"]
    too_many = shop.check_out(shop.ready_cart(kit, 2), "manual")
    merchant.post(f"/v1/orders/{bought.order_id}/cancel", {"reason": "changed their mind"})

    assert (reserved, left) == (((9, 6, 0), (10, 3, 0)), 1)
    assert (too_many.status_code, too_many.json()["code"]) == (409, "insufficient_stock")
    assert (level_of(shop, cup), level_of(shop, saucer), merchant.levels(kit)) == ((9, 0, 0), (10, 0, 0), [])
    hears(listener, {"inventory.reserved": 1, "inventory.released": 1}, of=cup)


def test_a_unit_with_a_serial_number_is_sold_traced_and_taken_back(shop: Shop, listener: Listener) -> None:
    merchant, sku, number = shop.merchant, shop.put_on_sale(), unique("SN")
    merchant.call("PUT", f"/v1/inventory/tracking/{sku}", {"tracking": "serial"}).raise_for_status()
    merchant.post("/v1/inventory/adjustments", {"sku": sku, "type": "restock", "quantity": 1, "serials": [number]})
    bought = shop.bought(sku, method="manual")
    path = f"/v1/orders/{bought.order_id}"
    merchant.post(f"{path}/mark-paid")
    unnamed = merchant.call("POST", f"{path}/fulfill", {"lines": [{"sku": sku, "quantity": 1}]})
    merchant.post(f"{path}/fulfill", {"lines": [{"sku": sku, "quantity": 1, "serials": [number]}]})
    gone = level_of(shop, sku)

    (of_order,) = merchant.rows("/v1/serials", order_id=bought.order_id)
    merchant.post(f"/v1/serials/{of_order['id']}/return")
    merchant.post("/v1/inventory/adjustments", {"sku": sku, "type": "return", "quantity": 1, "serials": [number]})

    serial = merchant.get(f"/v1/serials/{of_order['id']}")
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "names_missing")
    assert (of_order["number"], of_order["status"], gone, level_of(shop, sku)) == (number, "sold", (0, 0, 0), (1, 0, 0))
    assert [step["status"] for step in serial["history"]] == ["in_stock", "sold", "returned", "in_stock"]
    assert serial["history"][1]["reference_id"] == bought.order_id
    hears(listener, {"serial.moved": 4}, of=number)


def test_figures_that_were_changed_by_hand_are_found_and_put_right(
    stack: RunningStack, shop: Shop, listener: Listener
) -> None:
    merchant, sku = shop.merchant, shop.put_on_sale(10)
    check_ledger(merchant, sku)
    write_by_hand(stack, merchant, sku, on_hand=15)
    path = "/v1/inventory/reconciliations"

    told = work_off(merchant, path, {})
    after_telling = level_of(shop, sku)
    mended = work_off(merchant, path, {"repair": ["figures"]})

    (found_then,), (mended_then,) = (list(merchant.rows(f"{path}/{run['id']}/drifts")) for run in (told, mended))
    assert (found_then["outcome"], found_then["cause"], after_telling) == ("found", "written_outside", (15, 0, 0))
    assert (found_then["expected"]["on_hand"], found_then["found"]["on_hand"]) == (10, 15)
    assert (mended_then["outcome"], level_of(shop, sku)) == ("mended", (10, 0, 0))
    *_, repair = check_ledger(merchant, sku)
    assert (repair["type"], repair["reference"], repair["quantity"]) == (
        "reconciliation",
        {"type": "reconciliation", "id": mended["id"]},
        0,
    )
    hears(listener, {"inventory.drift_found": 2}, of=sku)


def write_by_hand(stack: RunningStack, merchant: Merchant, sku: str, *, on_hand: int) -> None:
    """As somebody would with the console of the database."""
    partition = f"T#{merchant.tenant_id}#SKU#{sku}#{merchant.locations[0]}#0"
    stack.client("dynamodb").update_item(
        TableName=stack.description["table"],
        Key={"pk": {"S": partition}, "sk": {"S": "LEVEL"}},
        UpdateExpression="SET on_hand = :on_hand",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":on_hand": {"N": str(on_hand)}},
    )
