"""Two hundred buyers in several processes over HTTP: stock is right to the unit, and nobody gets an unknown answer."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stack.buyers import Crowd, Reply, Request
from tests.stack.ledger import allocated_units, check_ledger
from tests.stack.shop import Merchant, Shop

pytestmark = pytest.mark.stack

BUYERS = 200
CARTS_AT_ONCE = 8
SOLD_OUT, CONTENDED = "insufficient_stock", "stock_contended"
Record = Callable[[str, object], None]


def ready_carts(shop: Shop, sku: str, count: int) -> list[str]:
    """Carts of different shoppers, ready for checkout."""
    with ThreadPoolExecutor(CARTS_AT_ONCE) as pool:
        return list(pool.map(lambda place: shop.ready_cart(sku, email=f"buyer-{place}@shop.example"), range(count)))


def check_out_all(crowd: Crowd, shop: Shop, cart_ids: Sequence[str], method: str) -> list[Reply]:
    """Everybody checks out at one moment; who is told that others are in the way comes again, as that answer asks."""
    waiting = {
        cart_id: Request("POST", f"{shop.path}/carts/{cart_id}/checkout", {"payment_method": method})
        for cart_id in cart_ids
    }
    final: list[Reply] = []
    while waiting:
        replies = dict(zip(waiting, crowd.at_once(list(waiting.values())), strict=True))
        assert {(reply.status, reply.code) for reply in replies.values()} <= {
            (201, ""),
            (409, SOLD_OUT),
            (409, CONTENDED),
        }, Counter((reply.status, reply.code) for reply in replies.values())
        contended = [cart_id for cart_id, reply in replies.items() if reply.code == CONTENDED]
        assert all(replies[cart_id].headers["retry-after"] == "1" for cart_id in contended)
        assert len(contended) < len(replies), "of several buyers, one always gets through"
        final += [reply for cart_id, reply in replies.items() if cart_id not in contended]
        waiting = {cart_id: waiting[cart_id] for cart_id in contended}
    return final


def measured(replies: Sequence[Reply], record: Record, what: str) -> None:
    """Keep the figures for the summary."""
    seconds = sorted(reply.seconds for reply in replies)
    orders = sum(reply.status == 201 for reply in replies)
    record(
        what,
        f"{orders} orders and {len(replies) - orders} refusals in {seconds[-1]:.2f} s "
        f"({len(replies) / seconds[-1]:.0f} checkouts a second), "
        f"median wait {statistics.median(seconds):.2f} s",
    )


def orders_of(merchant: Merchant, replies: Sequence[Reply]) -> list[dict[str, object]]:
    """The orders that were made, as the merchant sees them."""
    return [merchant.order(reply.body["order"]["id"]) for reply in replies if reply.status == 201]


@pytest.mark.parametrize(
    ("units", "method"),
    [
        pytest.param((50,), "manual", id="in_one_location_paid_later"),
        pytest.param((50,), "stripe", id="in_one_location_paid_by_card"),
        pytest.param((30, 20), "stripe", id="in_two_locations_paid_by_card"),
    ],
)
def test_fifty_units_and_two_hundred_buyers_give_exactly_fifty_orders(
    shop: Shop, crowd: Crowd, merchant: Merchant, units: tuple[int, ...], method: str, record_property: Record
) -> None:
    sku = shop.put_on_sale(*units)
    cart_ids = ready_carts(shop, sku, BUYERS)

    replies = check_out_all(crowd, shop, cart_ids, method)

    measured(replies, record_property, f"{BUYERS} buyers for {units} units, {method}")
    orders = orders_of(merchant, replies)
    assert (len(orders), len({order["number"] for order in orders})) == (50, 50)
    assert (merchant.units(sku), merchant.units(sku, "reserved")) == (0, 50)
    assert allocated_units(orders, sku) == 50
    assert len([row for row in check_ledger(merchant, sku) if row["type"] == "hold"]) == 50
    for reply in replies:
        if reply.status == 409:
            assert reply.body["errors"][0].items() >= {"sku": sku, "requested": 1, "available": 0}.items()


def test_twenty_buyers_of_the_last_unit_are_one_order(shop: Shop, crowd: Crowd, merchant: Merchant) -> None:
    sku = shop.put_on_sale(1)
    cart_ids = ready_carts(shop, sku, 20)

    replies = check_out_all(crowd, shop, cart_ids, "stripe")

    assert Counter(reply.status for reply in replies) == {201: 1, 409: 19}
    assert (merchant.units(sku), merchant.units(sku, "reserved")) == (0, 1)
    check_ledger(merchant, sku)


@pytest.mark.parametrize("method", ["manual", "stripe"])
def test_one_cart_checked_out_twenty_times_at_once_is_one_order(
    shop: Shop, crowd: Crowd, merchant: Merchant, method: str
) -> None:
    sku = shop.put_on_sale(40)
    cart_id = shop.ready_cart(sku, 2)
    request = Request("POST", f"{shop.path}/carts/{cart_id}/checkout", {"payment_method": method})

    replies = crowd.at_once([request] * 20)

    assert Counter(reply.status for reply in replies) == {201: 1, 200: 19}
    assert len({(reply.body["order"]["id"], reply.body["order"]["number"]) for reply in replies}) == 1
    assert len({reply.body["payment"].get("intent_id") for reply in replies}) == 1
    assert (merchant.units(sku), merchant.units(sku, "reserved")) == (38, 2)
    check_ledger(merchant, sku)


def test_buyers_of_the_same_things_in_another_order_all_get_theirs(
    shop: Shop, crowd: Crowd, merchant: Merchant
) -> None:
    skus = [shop.put_on_sale(20, 20) for _ in range(3)]
    orders = [skus[place % 3 :] + skus[: place % 3] for place in range(30)]
    bodies = [shop.cart_body(skus[0]) | {"items": [{"sku": sku, "quantity": 1} for sku in wanted]} for wanted in orders]
    carts = [shop.http.post(f"{shop.path}/carts", json=body).json()["id"] for body in bodies]

    replies = check_out_all(crowd, shop, carts, "manual")

    assert [reply.status for reply in replies] == [201] * 30
    for sku in skus:
        assert (merchant.units(sku), merchant.units(sku, "reserved")) == (10, 30)
        check_ledger(merchant, sku)


def test_a_cart_that_is_changed_while_it_is_checked_out_is_charged_for_what_it_holds(
    shop: Shop, crowd: Crowd, merchant: Merchant
) -> None:
    sku = shop.put_on_sale(500)
    cart_id = shop.ready_cart(sku, 1)
    add = Request("POST", f"{shop.path}/carts/{cart_id}/items", {"sku": sku, "quantity": 1})
    check_out = Request("POST", f"{shop.path}/carts/{cart_id}/checkout", {"payment_method": "manual"})

    replies = crowd.at_once([add, add, check_out, add, check_out, add, add, add])

    added = sum(reply.status == 201 and "items" in reply.body for reply in replies)
    refused = {reply.code for reply in replies if reply.status >= 400}
    assert refused <= {"cart_converted"}
    order = merchant.order(next(reply.body["order"]["id"] for reply in replies if "order" in reply.body))
    assert order["lines"][0]["quantity"] == 1 + added
    assert merchant.units(sku, "reserved") == 1 + added
