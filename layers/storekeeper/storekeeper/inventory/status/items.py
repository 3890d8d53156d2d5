"""A store's stock in the table: one row for each product that it shows, and counts of them, in a few partitions.

Counts lie in the partition of the rows that they count, and change in one transaction with each: so they are exact, and
a partition can be counted anew against them. The list of products that need attention is gsi3's, worst first.
"""

import zlib
from datetime import datetime, timedelta

from msgspec.structs import asdict

from storekeeper.inventory.levels.model import StockState
from storekeeper.inventory.status.model import ListedStock, Tally
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, padded, tenant_pk
from storekeeper.kernel.writes import Put

LISTED_STOCK = "listed_stock"
STOCK_COUNTS = "stock_counts"
SHARDS = 8  # so many products may change their state at one moment without meeting in the counts
SK_COUNTS = "COUNTS"
PREFIX = "PRODUCT#"
TOMB_KEPT = timedelta(days=7)  # longer than any change can be under way: a version must not start again meanwhile

ENTITIES = (
    Entity(
        name=LISTED_STOCK,
        pk="T#<tenant>#S#<store>#STOCK#<n>",
        sk="PRODUCT#<product>",
        holds="Which SKUs of a product that a store shows are low, critical or out.",
        found_by="Store and product; those that need attention, worst first.",
        written_by="projector (inventory.projections); the worker (search.syncing)",
        indexes={"gsi3": ("T#<tenant>#S#<store>#SHORT", "<place>#<short>#<product>")},
    ),
    Entity(
        name=STOCK_COUNTS,
        pk="T#<tenant>#S#<store>#STOCK#<n>",
        sk=SK_COUNTS,
        holds="How many products and SKUs of the partition are in which state.",
        found_by="The store: one BatchGet.",
        written_by="with each row that it counts; the worker (search.syncing)",
    ),
)


def stock_pk(tenant_id: TenantId, store_id: StoreId, shard: int) -> str:
    """One of the partitions of a store's stock."""
    return tenant_pk(tenant_id, "S", store_id, "STOCK", str(shard))


def row_key(tenant_id: TenantId, store_id: StoreId, product_id: str) -> Key:
    """Key of a product's row."""
    shard = zlib.crc32(product_id.encode()) % SHARDS
    return Key(stock_pk(tenant_id, store_id, shard), joined("PRODUCT", product_id))


def counts_key(pk: str) -> Key:
    """Key of the counts of a partition."""
    return Key(pk, SK_COUNTS)


def counts_keys(tenant_id: TenantId, store_id: StoreId) -> tuple[Key, ...]:
    """All counts of a store."""
    return tuple(counts_key(stock_pk(tenant_id, store_id, shard)) for shard in range(SHARDS))


def short_pk(tenant_id: TenantId, store_id: StoreId) -> str:
    """The partition of gsi3 that lists the products of which something is short."""
    return tenant_pk(tenant_id, "S", store_id, "SHORT")


def place_of(state: StockState) -> str:
    """Where products whose worst SKU is in this state stand in that list: what is out comes first."""
    return str(StockState.OUT.severity - state.severity)


def row_from(item: Item) -> ListedStock:
    """The stock that a row tells of."""
    short = {sku: StockState(state) for sku, state in item["short"].items()}
    return ListedStock(ProductId(item["product_id"]), item["title"], item["skus"], short)


def put_row(tenant_id: TenantId, store_id: StoreId, stock: ListedStock, *, version: int, now: datetime) -> Put:
    """The row in place of the version before it; version 1 is the first. What is not shown any more stays a while."""
    listed, worst = bool(stock.short), stock.worst
    many = padded(len(stock.short))
    most_first = "".join(str(9 - int(digit)) for digit in many)
    return Put(
        row_key(tenant_id, store_id, stock.product_id),
        {
            "type": LISTED_STOCK,
            "schema": 1,
            "version": version,
            "product_id": stock.product_id,
            "title": stock.title,
            "skus": stock.skus,
            "short": {sku: state.value for sku, state in stock.short.items()},
            "gsi3pk": short_pk(tenant_id, store_id) if listed else None,
            "gsi3sk": joined(place_of(worst), most_first, stock.product_id) if listed else None,
            "ttl": None if stock.skus else clock.to_epoch_s(now + TOMB_KEPT),
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": version - 1},
    )


def counts_from(item: Item | None) -> tuple[Tally, int]:
    """The counts that an item holds, and their version."""
    return (Tally(**item["tally"]), item["version"]) if item else (Tally(), 0)


def put_counts(pk: str, tally: Tally, *, version: int) -> Put:
    """The counts in place of the version before them; version 1 is the first."""
    return Put(
        counts_key(pk),
        {"type": STOCK_COUNTS, "schema": 1, "version": version, "tally": asdict(tally)},
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": version - 1},
    )
