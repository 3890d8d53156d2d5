"""Alerts on the running stack: the last units are sold, and the merchant hears of it within seconds, once."""

import pytest

from local.testing import RunningStack
from tests.stack.bus import Listener
from tests.stack.shop import Merchant, eventually, open_shop

pytestmark = pytest.mark.stack


def test_who_sells_the_last_units_is_told_and_sees_what_to_order(stack: RunningStack, merchant: Merchant) -> None:
    shop, listener = open_shop(merchant), Listener(stack)
    sku = shop.put_on_sale(12)
    rule = {"scope": "variant", "sku": sku, "reorder_point": 10, "reorder_quantity": 24, "channels": ["task"]}
    made = merchant.post("/v1/inventory/alert-rules", rule)

    for units in (4, 8):
        shop.bought(sku, units, method="manual")

    def alerts(status: str) -> dict[str, dict[str, object]]:
        path = f"/v1/stores/{shop.store_id}/stock/alerts"
        return {one["kind"]: one for one in merchant.get(path, sku=sku, status=status)["data"]}

    found = eventually(lambda: alerts("open"), until=lambda seen: "out" in seen, within_s=10)
    assert (set(found), found["out"]["rule_id"], found["out"]["available"]) == ({"out"}, made["id"], 0)
    assert found["out"]["reorder"] == {"quantity": 24, "reorder_point": 10, "reorder_quantity": 24}

    def told() -> list[str]:
        heard = [one for one in listener.listen() if one["type"] == "stock.alert_raised" and one["data"]["sku"] == sku]
        return sorted({one["id"]: one["data"]["kind"] for one in heard}.values())

    assert eventually(told, until=lambda kinds: "out" in kinds, within_s=15).count("out") == 1
