"""What searching a store's cards costs, by the number of products: `python -m bench.search [products ...]`.

Milliseconds are those of the local emulator and our own work together, and those of a processor that our own process
spends (reading DynamoDB's answer, filtering, sorting). Read units are computed from the items as DynamoDB counts an
eventual read: half a unit for each 4 KiB of a page.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, cast

from local.testing import DataCloud, emulator_with_table
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import item_to_wire
from storekeeper.kernel.ids import ProductId, StoreId, TenantId, new_id
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.writes import Put
from storekeeper.search import Card, CardSearch, Search, Sort
from storekeeper.search.cards import items
from storekeeper.search.words import words_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIZES = (100, 1_000, 10_000)
ROUNDS = 5
LIMIT = 50
UNIT_BYTES = 4096
BATCH = 25
STORE = StoreId("sto_bench")
SEARCHES = {
    "first page, merchant's order": Search(),
    "in stock, merchant's order": Search(in_stock=True),
    "a word that one product has": Search(terms=("number77",)),
    "a word, by price": Search(terms=("mug",), sort=Sort.PRICE_ASC),
}


class MeteredWire:
    """The table's client, and what went through it."""

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self.reset()

    def reset(self) -> None:
        """Count anew."""
        self.queries, self.size, self.half_units = 0, 0, 0

    def query(self, **request: Any) -> Any:
        """One page."""
        answer = self._wire.query(**request)
        size = sum(len(name) + len(value.get("S", "")) for item in answer["Items"] for name, value in item.items())
        self.queries, self.size = self.queries + 1, self.size + size
        self.half_units += max(1, -(-size // UNIT_BYTES))
        return answer


def main(sizes: Sequence[int]) -> None:
    """Measure each size in an emulator of its own, and print a table."""
    print("| products | search | queries | KiB | read units | ms | ms, ours |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    for size in sizes:
        with emulator_with_table() as cloud:
            for line in _measured(cloud, size):
                print(line, flush=True)


def _measured(cloud: DataCloud, size: int) -> Iterator[str]:
    tenant_id = TenantId(new_id("ten", at=NOW))
    _fill(cloud, tenant_id, size)
    wire = MeteredWire(cloud.client("dynamodb"))
    table = Table(cast("Any", wire), cloud.table, tenant_id=tenant_id, trace=Trace(system_actor("bench"), "bench"))
    for name, wanted in SEARCHES.items():
        spent, ours = [], []
        for _ in range(ROUNDS):
            wire.reset()
            started, started_ours = time.perf_counter(), time.process_time()
            CardSearch(table).find(wanted, store_id=STORE, after=None, limit=LIMIT)
            spent.append((time.perf_counter() - started) * 1000)
            ours.append((time.process_time() - started_ours) * 1000)
        yield (
            f"| {size:,} | {name} | {wire.queries} | {wire.size // 1024:,} | {wire.half_units / 2:,.1f} "
            f"| {median(spent):,.0f} | {median(ours):,.0f} |"
        )


def _fill(cloud: DataCloud, tenant_id: TenantId, size: int) -> None:
    client = cloud.client("dynamodb")
    puts = [_put(tenant_id, number) for number in range(size)]
    for start in range(0, size, BATCH):
        requests = [{"PutRequest": {"Item": put}} for put in puts[start : start + BATCH]]
        client.batch_write_item(RequestItems={cloud.table: requests})


def _put(tenant_id: TenantId, number: int) -> dict[str, Any]:
    """A card as products have them: three tags, four variants."""
    product_id = ProductId(new_id("prd", at=NOW))
    title, tags = f"Stoneware mug Number{number}", ("kitchen", "stoneware", "gift")
    skus = [f"MUG-{number:05d}-{color}" for color in ("BLUE", "RED", "GREEN", "WHITE")]
    card = Card(
        product_id=product_id,
        slug=f"stoneware-mug-{number}",
        title=title,
        currency="USD",
        prices_minor=(1250 + number % 500, 1750 + number % 500),
        compare_at_minor=None,
        image_key=f"T/{tenant_id}/{product_id}/{new_id('img', at=NOW)}.png",
        image_alt="A mug on a table",
        in_stock=number % 3 > 0,
        featured=False,
        promoted=False,
        sort_order=number % 7,
        tags=tags,
        words=words_of((title, *tags, *skus)),
        published_at=clock.to_text(NOW + timedelta(minutes=number)),
    )
    pk = items.cards_pk(tenant_id, STORE, product_id)
    lists = items.lists_of(tenant_id, STORE, product_id, frozenset())
    (write,) = items.card_writes(pk, lists, card, stored={}, now=NOW)
    if not isinstance(write, Put):
        raise TypeError("a card without categories is one item")
    return item_to_wire({**write.item, "pk": write.key.pk, "sk": write.key.sk})


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or SIZES)
