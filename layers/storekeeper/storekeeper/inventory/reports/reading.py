"""Reads for reports: SKUs in pages, a level at an instant, its ledger of a period and of all time, prices and costs.

Memory holds what one page needs: rows of the ledger pass by in chunks.
"""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.catalog import (
    Listing,
    Product,
    Variant,
    find_product,
    listing_from,
    listing_key,
    listing_text_key,
    price_in,
    sku_key,
)
from storekeeper.inventory.levels.items import cause_from, further_level_keys, level_from
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.levels.store import find_levels_with
from storekeeper.inventory.movements.items import PREFIX, movement_from, movement_key, position
from storekeeper.inventory.movements.ledger import read_ledger
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.store import find_levels_at
from storekeeper.inventory.states.items import all_pks, listed_level_key
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, ProductId, StoreId
from storekeeper.kernel.keys import GSI1, Key
from storekeeper.kernel.money import Money
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, together

CHUNK = 200
MAX_LOCATIONS = 1_000  # of one SKU, in one page
CLOCKS_DISAGREE = timedelta(minutes=10)  # a row is dated no further than this from what its cause says
_LAST = "\U0010ffff"


class SkuLevels(Struct, frozen=True):
    """A SKU with all its levels, as items: in every location, in every bucket there has ever been."""

    sku: str
    items: tuple[Item, ...]


def read_skus(table: Table, *, after: str | None, limit: int) -> Page[SkuLevels]:
    """The next SKUs, whole: of `limit` levels, more if one SKU alone has more. A last page may be empty."""
    page = _whole_skus(table, after=after, limit=limit)
    found = _with_further(table, table.get_many([listed_level_key(row) for row in page.entries]))
    by_sku: dict[str, list[Item]] = {}
    for item in found.values():
        by_sku.setdefault(item["sku"], []).append(item)
    skus = (SkuLevels(sku, tuple(items)) for sku, items in sorted(by_sku.items()))
    return Page(tuple(skus), page.next_position)


def levels_of(table: Table, sku: str, locations: Sequence[LocationId]) -> SkuLevels:
    """One SKU with all its levels."""
    _, items = find_levels_with(table, [sku], locations=locations, keys=(), ever=True)
    return SkuLevels(sku, tuple(items.values()))


def _whole_skus(table: Table, *, after: str | None, limit: int) -> Page[Item]:
    """A page that ends with the last level of a SKU."""
    pks = all_pks(table.tenant_id)
    page = read_sharded(table, pks, index=GSI1, after=after, limit=limit, newest_first=False)
    if page.next_position is None:
        return page
    last = _name(page.entries[-1])
    rows = tuple(row for row in page.entries if _name(row) != last)
    if not rows:
        rows = read_sharded(
            table,
            pks,
            index=GSI1,
            after=None,
            limit=MAX_LOCATIONS,
            newest_first=False,
            low=f"{last}#",
            high=f"{last}#{_LAST}",
        ).entries
    return Page(rows, rows[-1][GSI1.sk])


def _name(row: Item) -> str:
    """The SKU of a listed row, as keys write it."""
    return str(row[GSI1.sk]).partition("#")[0]


def _with_further(table: Table, items: Mapping[Key, Item]) -> Mapping[Key, Item]:
    found = dict(items)
    further = [
        key
        for item in items.values()
        for key in further_level_keys(
            found, SkuRef(table.tenant_id, item["sku"]), [LocationId(item["location_id"])], ever=True
        )
    ]
    return found | table.get_many(further) if further else found


def level_at(table: Table, item: Item, at: datetime) -> Level | None:
    """A level as it was at an instant; None if it was not there yet. Unchanged since, it is not looked up."""
    if cause_from(item).at <= at - CLOCKS_DISAGREE:
        return replace(level_from(item), past=0)
    return next(iter(find_levels_at(table, [item], at=at)), None)


def rows_back(table: Table, item: Item, *, since: datetime, until: datetime) -> Iterator[Movement]:
    """The ledger of a level, the newest row first: after `since`, until an instant that is included."""
    changed_at = cause_from(item).at
    if changed_at <= since - CLOCKS_DISAGREE:
        return
    before = None if changed_at <= until - CLOCKS_DISAGREE else f"{clock.to_text(until)}#{_LAST}"
    rows = read_ledger(table, item, before=before, limit=CHUNK)
    while rows:
        for row in map(movement_from, rows):
            if row.occurred_at <= since:
                return
            yield row
        high = movement_key(item["pk"], movement_from(rows[-1]).first_version - 1).sk
        rows = table.query(item["pk"], low=PREFIX, high=high, newest_first=True, limit=CHUNK)


def rows_forward(table: Table, items: Collection[Item], *, until: datetime) -> Iterator[Movement]:
    """The whole ledger of a SKU, the oldest row first, until an instant that is included: all its levels, merged."""
    return heapq.merge(*[_forward(table, item, until) for item in items], key=position)


def _forward(table: Table, item: Item, until: datetime) -> Iterator[Movement]:
    low = PREFIX
    while rows := table.query(item["pk"], low=low, high=PREFIX + _LAST, limit=CHUNK):
        for row in map(movement_from, rows):
            if row.occurred_at > until:
                return
            yield row
        if len(rows) < CHUNK:
            return
        low = movement_key(item["pk"], movement_from(rows[-1]).version + 1).sk


class Priced(Struct, frozen=True):
    """What the merchant says that a unit of a SKU costs, and for what it is sold; None where nobody says."""

    cost: Money | None = None
    price: Money | None = None


def prices_of(table: Table, skus: Collection[str], *, store_id: StoreId | None) -> Mapping[str, Priced]:
    """Costs and prices of SKUs as they are now: those of a store, or the products' own."""
    keys = {sku: sku_key(table.tenant_id, sku) for sku in skus}
    found = table.get_many(keys.values(), consistent=False)
    ids = {sku: ProductId(found[key]["product_id"]) for sku, key in keys.items() if key in found}
    products = _products(table, sorted(set(ids.values())))
    listings = _listings(table, store_id, products) if store_id else {}
    priced: dict[str, Priced] = {}
    for sku in skus:
        product = products.get(ids[sku]) if sku in ids else None
        variant = next((one for one in product.variants if one.sku == sku), None) if product else None
        if product and variant:
            cost = variant.cost if variant.cost is not None else product.details.cost
            price = _price(product, variant, store_id, listings.get(product.id))
            priced[sku] = Priced(cost, price)
        else:
            priced[sku] = Priced()
    return priced


def _price(product: Product, variant: Variant, store_id: StoreId | None, listing: Listing | None) -> Money | None:
    if store_id is None:
        return product.price_of(variant)
    price = price_in(listing, product, variant) if listing else None
    return price.amount if price else None


def _products(table: Table, ids: Sequence[ProductId]) -> Mapping[ProductId, Product]:
    found = together(*[lambda one=one: find_product(table, one, consistent=False) for one in ids])
    return {product.id: product for product in found if product}


def _listings(table: Table, store_id: StoreId, ids: Collection[ProductId]) -> Mapping[ProductId, Listing]:
    keys = {one: listing_key(table.tenant_id, store_id, one) for one in ids}
    texts = {one: listing_text_key(table.tenant_id, store_id, one) for one in ids}
    found = table.get_many([*keys.values(), *texts.values()], consistent=False)
    return {one: listing_from(found[key], found.get(texts[one])) for one, key in keys.items() if key in found}
