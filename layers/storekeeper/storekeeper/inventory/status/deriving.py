"""Makes the row of a product in a store what the facts say now, and the counts with it. Repeats do no harm.

The row's version and that of the counts are read first, then all facts as they are now, and both are written under
these versions in one transaction: of two who derive at once, one derives again. Who has written looks again, until
nothing differs: meanwhile others may have found the row right, by facts that are newer than those it was made of.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.catalog import find_product, is_shown, listing_from, listing_key, sold_variants
from storekeeper.inventory.levels.model import StockState
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.status import items
from storekeeper.inventory.status.model import ListedStock, Tally, not_shown
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import LocationId, ProductId, StoreId
from storekeeper.kernel.table import Table, WriteRefused

MAX_LOOKS = 10


class Correction(Struct, frozen=True):
    """What a row, or counts, said, and what they say now."""

    before: ListedStock | Tally
    after: ListedStock | Tally


def refresh_listed_stock(
    table: Table, store_id: StoreId, product_id: ProductId, *, locations: Sequence[LocationId], now: datetime
) -> Correction | None:
    """Derive the row of a product in a store from what can be sold at these locations; None if it was right.

    Raises:
        Contended: others kept changing it, or others of its partition.
    """
    made: Correction | None = None
    for _ in range(MAX_LOOKS):
        one = until_written(lambda: _look(table, store_id, product_id, locations, now))
        if one is None:
            return made
        made = Correction(made.before if made else one.before, one.after)
    raise Contended("The product's stock keeps changing; try again.")


def _look(
    table: Table, store_id: StoreId, product_id: ProductId, locations: Sequence[LocationId], now: datetime
) -> Correction | None:
    key = items.row_key(table.tenant_id, store_id, product_id)
    found = table.get_many([key, items.counts_key(key.pk)])
    row = found.get(key)
    before = items.row_from(row) if row else not_shown(product_id)
    after = _derive(table, store_id, product_id, locations)
    if before == after:
        return None
    tally, version = items.counts_from(found.get(items.counts_key(key.pk)))
    table.write(
        items.put_row(table.tenant_id, store_id, after, version=row["version"] + 1 if row else 1, now=now),
        items.put_counts(key.pk, tally.minus(before.tally).plus(after.tally), version=version + 1),
    )
    return Correction(before, after)


def _derive(table: Table, store_id: StoreId, product_id: ProductId, locations: Sequence[LocationId]) -> ListedStock:
    listing_item = table.get(listing_key(table.tenant_id, store_id, product_id))
    product = find_product(table, product_id) if listing_item else None
    if listing_item is None or product is None:
        return not_shown(product_id)
    listing = listing_from(listing_item)
    if not is_shown(product, listing):
        return not_shown(product_id)
    skus = [
        variant.sku for variant, _ in sold_variants(product, listing) if not variant.components
    ]  # kits have no stock
    states = _states(table, skus, locations)
    short = {sku: state for sku, state in states.items() if state is not StockState.OK}
    return ListedStock(product_id, listing.details.title or product.details.title, len(skus), short)


def state_at(table: Table, sku: str, locations: Sequence[LocationId]) -> StockState:
    """The state of a SKU, by what can be sold at these locations together."""
    return _states(table, [sku], locations)[sku]


def _states(table: Table, skus: Sequence[str], locations: Sequence[LocationId]) -> dict[str, StockState]:
    levels = find_levels(table, skus, locations=locations)
    return {sku: StockState.of(available_units(found)) for sku, found in levels.items()}


def recount(table: Table, store_id: StoreId, shard: int) -> Correction | None:
    """Count the rows of one partition anew; None if its counts were right, or it changed while it was looked at.

    Counts change with every row, under their version: as long as that is the same before and after, all rows were
    read as they were at one moment.
    """
    pk = items.stock_pk(table.tenant_id, store_id, shard)
    tally, version = items.counts_from(table.get(items.counts_key(pk)))
    for _ in range(MAX_LOOKS):
        counted = Tally()
        for item in table.query(pk, prefix=items.PREFIX, consistent=True):
            counted = counted.plus(items.row_from(item).tally)
        again, version_again = items.counts_from(table.get(items.counts_key(pk)))
        if version_again == version:
            return _corrected(table, pk, tally, counted, version=version)
        tally, version = again, version_again
    return None


def _corrected(table: Table, pk: str, tally: Tally, counted: Tally, *, version: int) -> Correction | None:
    if tally == counted:
        return None
    try:
        table.write(items.put_counts(pk, counted, version=version + 1))
    except WriteRefused:
        return None  # a row of it changes right now
    return Correction(tally, counted)
