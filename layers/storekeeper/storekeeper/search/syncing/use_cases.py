"""The stock sync: page by page of what a store lists, then what should not be there any more, then the counts.

The projector keeps all of it by itself; who doubts asks for a sync. What it finds may be late rather than wrong: a
change that the projector has not come to yet.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import asdict

from storekeeper.catalog import ListingFilter, find_product, list_listings, listed_product, listing_key
from storekeeper.inventory import (
    STATUS_SHARDS,
    Correction,
    ListedStock,
    Tally,
    correct_states,
    open_locations,
    recount,
    refresh_listed_stock,
    rows_known,
)
from storekeeper.kernel.ids import ProductId, StoreId
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.workers import workers
from storekeeper.runs import Advance, Run
from storekeeper.search.projections import carded_products, correct_card
from storekeeper.search.syncing import items
from storekeeper.search.syncing.model import Difference, DifferenceKind, Said, difference
from storekeeper.tenancy import Settings, load_settings

PRODUCTS_IN_STEP = 40
SIDE_BY_SIDE = 8
LISTED, STRAYS, COUNTS = "listed", "strays", "counts"


def sync_part(run: Run, table: Table, now: datetime) -> Advance:
    """The step of a stock sync."""
    phase, after = json.loads(run.position) if run.position else (LISTED, None)
    store_id, settings = StoreId(run.asked["store_id"]), load_settings(table)
    if phase == LISTED:
        page = list_listings(table, store_id, ListingFilter(), after=after, limit=PRODUCTS_IN_STEP)
        product_ids = [listed_product(card["id"], store_id) for card in page.entries]
        found = _derive(run, table, store_id, product_ids, settings, now=now)
        following = [LISTED, page.next_position] if page.next_position else [STRAYS, None]
        return Advance(json.dumps(following), {"products": len(product_ids), "repaired": found})
    if phase == STRAYS:
        found = _derive(run, table, store_id, _strays(table, store_id), settings, now=now)
        return Advance(json.dumps([COUNTS, None]), {"repaired": found})
    counted = (_counts(table, store_id, shard) for shard in range(STATUS_SHARDS))
    return Advance(None, {"repaired": _tell(run, table, (one for one in counted if one), now=now)})


def list_differences(table: Table, run_id: str, *, after: str | None, limit: int) -> Page[tuple[Difference, str]]:
    """One page of what a sync has found, by kind: each difference, and when it was found."""
    pk = items.differences_pk(table.tenant_id, run_id)
    page = cut(table.query(pk, prefix=items.PREFIX, after=after, limit=limit + 1, consistent=True), limit=limit)
    return Page(tuple((items.difference_from(row), row["found_at"]) for row in page.entries), page.next_position)


def _strays(table: Table, store_id: StoreId) -> list[ProductId]:
    """Products that the store does not list, and of which something is there all the same."""
    known = {*carded_products(table, store_id)}
    for shard in range(STATUS_SHARDS):
        known.update(rows_known(table, store_id, shard))
    keys = {product_id: listing_key(table.tenant_id, store_id, product_id) for product_id in sorted(known)}
    listed = table.get_many(keys.values())
    return [product_id for product_id, key in keys.items() if key not in listed]


def _derive(
    run: Run, table: Table, store_id: StoreId, product_ids: Iterable[ProductId], settings: Settings, *, now: datetime
) -> int:
    def one(product_id: ProductId) -> int:
        return _tell(run, table, _differences(table, store_id, product_id, settings, now=now), now=now)

    with workers(SIDE_BY_SIDE, name="sync") as pool:
        return sum(pool.map(one, product_ids))


def _differences(
    table: Table, store_id: StoreId, product_id: ProductId, settings: Settings, *, now: datetime
) -> Iterator[Difference]:
    product = find_product(table, product_id)
    for sku in (variant.sku for variant in product.variants) if product else ():
        for state in correct_states(table, sku, locations=tuple(settings.locations), now=now):
            kind = DifferenceKind.LEVEL_STATE if state.location_id else DifferenceKind.SKU_STATE
            yield difference(
                kind,
                {"state": state.before},
                {"state": state.after},
                product_id=product_id,
                sku=sku,
                location_id=state.location_id,
            )
    if row := refresh_listed_stock(table, store_id, product_id, locations=open_locations(settings), now=now):
        yield _told(row, DifferenceKind.STATUS, product_id)
    if card := correct_card(table, store_id, product_id, now=now):
        yield difference(DifferenceKind.CARD, *card, product_id=product_id)


def _counts(table: Table, store_id: StoreId, shard: int) -> Difference | None:
    found = recount(table, store_id, shard)
    return _told(found, DifferenceKind.COUNTS, None) if found else None


def _told(correction: Correction, kind: DifferenceKind, product_id: ProductId | None) -> Difference:
    return difference(kind, _said(correction.before), _said(correction.after), product_id=product_id)


def _said(figures: ListedStock | Tally) -> Said:
    if isinstance(figures, Tally):
        return asdict(figures)
    return {"title": figures.title, "skus": figures.skus, "short": {sku: s.value for sku, s in figures.short.items()}}


def _tell(run: Run, table: Table, found: Iterable[Difference], *, now: datetime) -> int:
    """Write down what was found; how much that was. A step that is done again finds nothing more."""
    count = 0
    for one in found:
        count += 1
        place = _place(one)
        try:
            table.write(items.put_difference(table.tenant_id, run.id, one, place=place, now=now))
        except WriteRefused:
            continue  # it came again while the run went on
    return count


def _place(one: Difference) -> str:
    """What a difference is about, and what was found: the same thing may go wrong twice in a run."""
    about: Sequence[str | None] = (one.product_id, one.sku, one.location_id)
    told = json.dumps([one.found, one.expected], sort_keys=True)
    return "-".join(part for part in (*about, f"{zlib.crc32(told.encode()):08x}") if part)
