"""What is derived survives its makers: a pump that is killed, and the loss of everything derived."""

import os
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from local.testing import RunningStack
from tests.stack.bus import Listener
from tests.stack.buyers import Crowd, Reply, Request
from tests.stack.ledger import check_ledger
from tests.stack.rows import Row, at_rest, rows_of
from tests.stack.shop import Merchant, Shop, eventually, found, invoke, open_shop, unique
from tests.stack.stream import batches, records_of
from tools.data_model import declared_entities

pytestmark = pytest.mark.stack

SALES = 60
KILLS = 4
STAMPS = frozenset({"write_id", "request_id", "changed_by"})  # of who derived it, and when
# How often, or upon which figures, something was looked at before it was said. What is said must be the same.
LOOKS = {
    "card": {"version"},
    "category_card": {"version"},
    "level_state": {"level_version"},
    "listed_stock": {"version"},
    "sku_stock": {"version", "available", "changed_at"},
    "sales_day": {"last"},  # which order came last: see `counts`
}


@pytest.fixture
def listener(stack: RunningStack) -> Listener:
    """Hears the bus from now on."""
    return Listener(stack)


def kill_the_pump(stack: RunningStack) -> None:
    """At once, whatever it is doing; the supervisor starts another."""
    killed = stack.child("pump")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: stack.child("pump"), until=lambda pid: pid != killed, within_s=10)


def test_a_pump_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(
    stack: RunningStack, merchant: Merchant, crowd: Crowd, listener: Listener
) -> None:
    shop = open_shop(merchant)
    sku = shop.put_on_sale(SALES)
    carts = [shop.ready_cart(sku) for _ in range(SALES)]
    requests = [Request("POST", f"{shop.path}/carts/{cart}/checkout", {"payment_method": "manual"}) for cart in carts]

    with ThreadPoolExecutor(1) as pool:
        buying: Future[list[Reply]] = pool.submit(crowd.at_once, requests)
        time.sleep(0.8)
        for _ in range(KILLS):
            kill_the_pump(stack)
        replies = buying.result()

    assert [reply.status for reply in replies] == [201] * SALES
    assert len(check_ledger(merchant, sku)) == 1 + SALES
    orders = {reply.body["order"]["id"] for reply in replies}
    check_told_once_each(listener, orders)
    for order_id in orders:
        assert [entry["type"] for entry in merchant.rows(f"/v1/orders/{order_id}/timeline")].count("order.created") == 1
    assert orders_counted(shop) == SALES


def check_told_once_each(listener: Listener, orders: set[str]) -> None:
    """Each order's making was told, perhaps several times, but always as one and the same event."""

    def told() -> set[str]:
        return {one["entity_id"] for one in listener.listen() if one["type"] == "order.created"}

    eventually(told, until=lambda heard: heard >= orders, within_s=15)
    for event_id, copies in listener.by_id().items():
        assert all(copy == copies[0] for copy in copies), event_id
    created = [event_id for event_id in listener.by_id() if ":order.created:" in event_id]
    assert len([one for one in created if any(order_id in one for order_id in orders)]) == len(orders)


def orders_counted(shop: Shop) -> int:
    """How many orders the store's figures of today have."""
    today = datetime.now(UTC).date().isoformat()
    query = {"store_id": shop.store_id, "from": today, "to": today}
    totals = shop.merchant.get("/v1/orders/statistics", **query)["totals"]
    return sum(one["orders"] for one in totals)


def a_busy_day(shop: Shop) -> None:
    """Something of all that anything is derived from."""
    merchant, stores = shop.merchant, f"/v1/stores/{shop.store_id}"
    skus = [shop.put_on_sale(5, 3) for _ in range(3)]
    category = merchant.post(f"{stores}/categories", {"name": "Things", "slug": unique("things")})
    for sku in skus[:2]:
        product = next(merchant.rows("/v1/products", sku=sku))
        listing = merchant.get(f"{stores}/listings", product_id=product["id"])["data"][0]
        merchant.patch(f"{stores}/listings/{listing['id']}", {"category_ids": [category["id"]]})
        merchant.patch(f"/v1/products/{product['id']}", {"title": f"A better {sku}"})
    first, second, _ = (shop.bought(sku, 2, method="manual") for sku in skus)
    merchant.post(f"/v1/orders/{first.order_id}/mark-paid")
    merchant.post(f"/v1/orders/{first.order_id}/notes", {"text": "Handle with care."})
    merchant.post(f"/v1/orders/{first.order_id}/fulfill", {"lines": [{"sku": skus[0], "quantity": 1}]})
    merchant.post(f"/v1/orders/{second.order_id}/cancel", {"reason": "Mistake."})


def counts(rows: dict[tuple[str, str], Row]) -> dict[str, object]:
    """What each order counts for: with its day, if it came last there, else in a row of its own."""
    kept = {pk.rpartition("#")[2]: row for (pk, _), row in rows.items() if row["type"]["S"] == "order_counted"}
    last = [row["last"]["M"] for row in rows.values() if row["type"]["S"] == "sales_day"]
    known = kept | {one["order_id"]["S"]: one for one in last}
    return {order: [one[name] for name in ("version", "orders", "revenue")] for order, one in known.items()}


def derived(rows: dict[tuple[str, str], Row]) -> dict[tuple[str, str], Row]:
    """What the projector's rows say, whatever came first; of counts see `counts`."""
    kinds = {one.name for entities in declared_entities().values() for one in entities if "projector" in one.written_by}
    return {
        key: {name: value for name, value in row.items() if name not in STAMPS | LOOKS.get(row["type"]["S"], set())}
        for key, row in rows.items()
        if row["type"]["S"] in kinds - {"order_counted"}
    }


def test_everything_derived_that_is_lost_is_derived_again(stack: RunningStack, http: httpx.Client) -> None:
    merchant = found(stack, http, "forgetful")
    a_busy_day(open_shop(merchant))
    before = at_rest(lambda: rows_of(stack, merchant.tenant_id))
    live = derived(before)
    assert {row["type"]["S"] for row in live.values()} >= {"movement", "card", "order_event", "sales_day"}
    history = records_of(stack, merchant.tenant_id)
    table = stack.client("dynamodb")
    for pk, sk in [*live, *(key for key, row in before.items() if row["type"]["S"] == "order_counted")]:
        table.delete_item(TableName=stack.description["table"], Key={"pk": {"S": pk}, "sk": {"S": sk}})
    assert derived(at_rest(lambda: rows_of(stack, merchant.tenant_id))) == {}

    for batch in batches(history):
        assert invoke(stack, "ProjectorFunction", {"Records": batch}) == {"batchItemFailures": []}
    rebuilt = invoke(stack, "OperatorFunction", {"action": "rebuild", "tenant_id": merchant.tenant_id})

    assert "error" not in rebuilt
    after = at_rest(lambda: rows_of(stack, merchant.tenant_id))
    again = derived(after)
    assert not again.keys() ^ live.keys()
    assert counts(after) == counts(before)
    differences = [difference for key in live if (difference := differing(key, live[key], again[key]))]
    assert not differences, "\n".join(map(str, differences))


def differing(key: tuple[str, str], before: Row, after: Row) -> list[object]:
    """A row's key and what differs; nothing if nothing does."""
    names = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return [key, *((name, before.get(name), after.get(name)) for name in names)] if names else []
