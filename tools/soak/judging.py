"""Hold what is there against what people were told, and each part against the others. Every finding is a sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from local.testing import RunningStack
from tests.stack.ledger import check_ledger
from tests.stack.provider import Provider
from tests.stack.shop import Json, Merchant, Shop, eventually
from tools.soak.books import Books, Sale
from tools.soak.memory import FLAT, MOST_GROWTH, Sample, growth
from tools.soak.settling import dead_letters, held_units

LEDGER_S = 60.0
COUNTED_S = 30.0
BY_MERCHANT = ("Mistake.", "refunded")  # who cancels, or sends back all units before they leave, may keep the rest
CENTS = 100

JOBS_KILLED = "killed jobs"
UNCOUNTED = frozenset({"pending", "cancelled"})


def judge(
    stack: RunningStack,
    shop: Shop,
    provider: Provider,
    books: Books,
    *,
    skus: Sequence[str],
    trouble: Mapping[str, int],
) -> list[str]:
    """What is wrong; nothing if all is well."""
    merchant = shop.merchant
    orders = {order["id"]: order for order in map(merchant.order, listed(merchant))}
    return [
        *books.contradictions,
        *lost_orders(books, orders),
        *wrong_money(books, orders, provider),
        *drifted_stock(stack, merchant, books, orders.values(), skus),
        *broken_ledgers(merchant, skus),
        *wrong_figures(shop, sum(order["status"] not in UNCOUNTED for order in orders.values())),
        *unexplained_letters(dead_letters(stack), trouble),
    ]


def listed(merchant: Merchant) -> list[str]:
    """The ids of all orders, from the list."""
    return [row["id"] for row in merchant.rows("/v1/orders")]


def lost_orders(books: Books, orders: Mapping[str, Json]) -> Iterator[str]:
    """Every order that a shopper was told of is there as it was told; no number and no cart has two."""
    for sale in books.sales.values():
        order = orders.get(sale.order_id)
        if order is None:
            yield f"order {sale.number} is lost"
        elif _told(order) != (sale.number, sale.units):
            yield f"order {sale.number} is not as it was answered: {_told(order)} for {sale.units}"
    for number, count in Counter(order["number"] for order in orders.values()).items():
        if count > 1:
            yield f"{count} orders have the number {number}"


def _told(order: Json) -> tuple[str, tuple[tuple[str, int], ...]]:
    return order["number"], tuple((line["sku"], line["quantity"]) for line in order["lines"])


def wrong_money(books: Books, orders: Mapping[str, Json], provider: Provider) -> Iterator[str]:
    """What an order says was captured and refunded is what the provider took and sent back."""
    for sale in books.sales.values():
        order = orders.get(sale.order_id)
        if order and order["payment"] and order["payment"]["intent_id"]:
            yield from _against_provider(sale, order, provider)
        if order and order["status"] == "pending" and sale.intent_id:
            yield f"order {sale.number} never came to rest"


def _against_provider(sale: Sale, order: Json, provider: Provider) -> Iterator[str]:
    intent = provider.intent(sale.purchase)
    captured, refunded = (_cents(order["payment"][name]) for name in ("captured", "refunded"))
    back = sum(one["amount"] for one in provider.refunds(sale.purchase) if one["status"] in ("succeeded", "pending"))
    if captured != intent["amount_received"]:
        yield f"order {sale.number} says {captured} captured, the provider {intent['amount_received']}"
    if refunded != back:
        yield f"order {sale.number} says {refunded} refunded, the provider {back}"
    if not 0 <= refunded <= captured <= _cents(order["totals"]["total"]):
        yield f"order {sale.number}: refunded {refunded}, captured {captured}, total {order['totals']['total']}"
    if order["status"] == "cancelled" and captured > refunded and order["cancel_reason"] not in BY_MERCHANT:
        yield f"order {sale.number} was given up with {captured - refunded} kept"


def _cents(amount: str) -> int:
    return int(Decimal(amount) * CENTS)


def drifted_stock(
    stack: RunningStack, merchant: Merchant, books: Books, orders: Iterable[Json], skus: Sequence[str]
) -> Iterator[str]:
    """On hand is what was put there less what left; reserved is what holds and orders own; available follows."""
    owned, left = _units(orders)
    for sku, units in held_units(stack, merchant.tenant_id):
        owned[sku] += units
    for sku in skus:
        figures = {name: merchant.units(sku, name) for name in ("on_hand", "reserved", "available")}
        if figures["reserved"] != owned[sku]:
            yield f"{sku}: {figures['reserved']} reserved, {owned[sku]} owned by holds and orders"
        if figures["available"] != figures["on_hand"] - figures["reserved"] or figures["available"] < 0:
            yield f"{sku}: {figures}"
        expected = books.adjusted[sku] - left[sku]
        if figures["on_hand"] != expected and not books.adjusted_perhaps[sku]:
            yield f"{sku}: {figures['on_hand']} on hand, {expected} by what was put there and what left"


def _units(orders: Iterable[Json]) -> tuple[Counter[str], Counter[str]]:
    """By SKU: units that orders have reserved, and units that have left and not come back."""
    owned: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for order in orders:
        for one in order["allocations"]:
            owned[one["sku"]] += one["quantity"]
        for line in order["lines"]:
            left[line["sku"]] += line["fulfilled"] - line["returned"]
    return owned, left


def broken_ledgers(merchant: Merchant, skus: Sequence[str]) -> Iterator[str]:
    """Each ledger is complete and comes to its level."""
    for sku in skus:
        try:
            check_ledger(merchant, sku, within_s=LEDGER_S)
        except AssertionError as broken:
            yield f"{sku}: its ledger is broken: {str(broken)[:300]}"


def wrong_figures(shop: Shop, orders: int) -> Iterator[str]:
    """The figures of the day count each accepted order once, however often the stream was read."""
    today = datetime.now(UTC).date().isoformat()
    query = {"store_id": shop.store_id, "from": today, "to": today}

    def counted() -> int:
        totals = shop.merchant.get("/v1/orders/statistics", **query)["totals"]
        return sum(one["orders"] for one in totals)

    try:
        eventually(counted, until=lambda count: count == orders, within_s=COUNTED_S)
    except AssertionError:
        yield f"the day's figures count {counted()} orders of {orders}"


def unexplained_letters(found: Mapping[str, int], trouble: Mapping[str, int]) -> Iterator[str]:
    """A sweep that was killed leaves one letter; nothing else may."""
    for queue, count in found.items():
        explained = trouble.get(JOBS_KILLED, 0) if "Jobs" in queue else 0
        if count > explained:
            yield f"{count} messages in {queue}, {explained} explained"


def leaking(samples: Sequence[Sample]) -> Iterator[str]:
    """What holds more and more."""
    for kind in FLAT:
        if (grown := growth(samples, kind)) > MOST_GROWTH:
            yield f"{kind} holds {grown:.0%} more in the last third than in the middle one"
