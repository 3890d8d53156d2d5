"""Reads of how a store's stock stands: its counts, which cost the same whatever it lists, and what needs attention."""

from msgspec import Struct

from storekeeper.inventory.levels.model import StockState
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.status import items
from storekeeper.inventory.status.model import ListedStock, Tally
from storekeeper.kernel.ids import LocationId, ProductId, StoreId
from storekeeper.kernel.keys import GSI3, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

MAX_SHOWN = 5  # SKUs of one product in the list: the worst
_LAST = "\U0010ffff"


class ShortSku(Struct, frozen=True):
    """A SKU of which little is left, with what can be sold of it now."""

    sku: str
    state: StockState
    available: int


class Attention(Struct, frozen=True):
    """A product that needs attention, with the worst of its SKUs."""

    stock: ListedStock
    worst_skus: tuple[ShortSku, ...]


def count_stock(table: Table, store_id: StoreId) -> Tally:
    """The store's counts: one BatchGet."""
    found = table.get_many(items.counts_keys(table.tenant_id, store_id))
    tally = Tally()
    for item in found.values():
        tally = tally.plus(items.counts_from(item)[0])
    return tally


def list_short(
    table: Table,
    store_id: StoreId,
    *,
    state: StockState | None,
    locations: tuple[LocationId, ...],
    after: str | None,
    limit: int,
) -> Page[Attention]:
    """A page of the products of which a SKU is short (the worst in `state`), worst first.

    Which they are follows within seconds; units are those of this moment.
    """
    low = f"{items.place_of(state)}#" if state else ""
    rows = read_sharded(
        table,
        [items.short_pk(table.tenant_id, store_id)],
        index=GSI3,
        low=low,
        high=low + _LAST,
        after=after,
        limit=limit,
        newest_first=False,
    )
    keys = [Key(row["pk"], row["sk"]) for row in rows.entries]
    found = table.get_many(keys)
    stocks = [items.row_from(found[key]) for key in keys if key in found]
    shown = {stock.product_id: _worst(stock) for stock in stocks}
    levels = find_levels(table, (sku for skus in shown.values() for sku in skus), locations=locations)

    def attention(stock: ListedStock) -> Attention:
        skus = shown[stock.product_id]
        return Attention(stock, tuple(ShortSku(sku, stock.short[sku], available_units(levels[sku])) for sku in skus))

    return Page(tuple(attention(stock) for stock in stocks), rows.next_position)


def _worst(stock: ListedStock) -> list[str]:
    return sorted(stock.short, key=lambda sku: (-stock.short[sku].severity, sku))[:MAX_SHOWN]


def rows_known(table: Table, store_id: StoreId, shard: int) -> list[ProductId]:
    """The products that have a row in one partition, shown or not."""
    found = table.query(items.stock_pk(table.tenant_id, store_id, shard), prefix=items.PREFIX, consistent=True)
    return [ProductId(item["product_id"]) for item in found]
