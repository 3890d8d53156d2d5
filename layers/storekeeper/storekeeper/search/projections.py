"""Keeps cards as the catalog and stock are: of each change that the projector hands over, what it may touch is derived.

Deriving reads the card's version first, then all facts as they are now, and writes under that version. So a repeated,
late or reordered change does no harm, and of two that derive at once the one with older facts derives again.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from storekeeper.catalog import (
    CategoryTree,
    Listing,
    ListingFilter,
    Product,
    find_product,
    list_listings,
    listed_product,
    listing_from,
    listing_key,
    product_of_sku,
    read_tree,
    sold_variants,
    stores_listing,
)
from storekeeper.inventory import MAX_COMPONENT_UNITS, open_locations, products_of_kits, refresh_listed_stock
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import CategoryId, ProductId, StoreId
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.table import Table, together
from storekeeper.kernel.workers import workers
from storekeeper.search.cards import items
from storekeeper.search.cards.model import Card, make_card, places_of
from storekeeper.search.stock import keys_of, shelved_skus, units_of
from storekeeper.tenancy import SettingsCache

SIDE_BY_SIDE = 8
PAGE = 200
MAX_ATTEMPTS = 10


@cache
def _settings() -> SettingsCache:
    return SettingsCache()


def project(change: Change, *, table: Table) -> None:
    """Derive the cards that a change of the catalog or of stock may touch.

    Raises:
        Contended: others derived the same card every time; the record is to be tried again.
    """
    touched = _TOUCHED.get(change.type)
    if touched is None:
        return
    for store_id, product_ids in touched(change, table).items():
        _refresh_all(table, store_id, product_ids, now=change.at)


def rebuild(table: Table, store_id: StoreId, *, now: datetime) -> int:
    """Derive all cards of a store and how its stock stands, and take away what nothing stands behind.

    How many products were looked at.
    """
    known = {*_listed_products(table, store_id), *carded_products(table, store_id)}
    _refresh_all(table, store_id, sorted(known), now=now)
    locations = open_locations(_settings().fresh(table))
    for product_id in sorted(known):
        refresh_listed_stock(table, store_id, product_id, locations=locations, now=now)
    return len(known)


# what a change touches: product ids by store

Touched = Mapping[StoreId, Iterable[ProductId]]


def _by_product(change: Change, table: Table) -> Touched:
    versions = [image["version"] if image else None for image in (change.old, change.new)]
    if versions[0] == versions[1] or change.new is None:  # only a listing was counted; or its listings went too
        return {}
    product_id = ProductId(change.item["id"])
    return {store_id: [product_id] for store_id in stores_listing(table, product_id)}


def _by_listing(change: Change, _: Table) -> Touched:
    return {StoreId(change.item["store_id"]): [ProductId(change.item["product_id"])]}


def _by_level(change: Change, table: Table) -> Touched:
    """The SKU's own product when its level runs dry, or has some again; those of its kits whenever it is not plenty.

    A level that has more than a kit can want of a component is not what a kit lacks.
    """
    before, after = (image["available"] if image else 0 for image in (change.old, change.new))
    sku, touched = change.item["sku"], []
    if (before > 0) is not (after > 0) and (own := product_of_sku(table, sku)):
        touched.append(own)
    if before != after and min(before, after) < MAX_COMPONENT_UNITS:
        touched += products_of_kits(sku, table=table)
    by_store: dict[StoreId, list[ProductId]] = {}
    for product_id in dict.fromkeys(touched):
        for store_id in stores_listing(table, product_id):
            by_store.setdefault(store_id, []).append(product_id)
    return by_store


def _by_category(change: Change, table: Table) -> Touched:
    """A category that is new has no cards yet; one that stays where it is leaves them in their lists."""
    places = [image.get("parent_id") if image else None for image in (change.old, change.new)]
    if change.old is None or (change.new is not None and places[0] == places[1]):
        return {}
    store_id, category_id = StoreId(change.item["store_id"]), CategoryId(change.item["id"])
    return {store_id: _carded_products(table, [items.category_list_pk(table.tenant_id, store_id, category_id)])}


def _by_location(change: Change, table: Table) -> Touched:
    """Stock at a location counts while it is active."""
    before, after = (image["active"] if image else False for image in (change.old, change.new))
    if before == after or change.old is None:
        return {}
    stores = _settings().fresh(table).stores
    return {store_id: carded_products(table, store_id) for store_id in stores}


_TOUCHED: Mapping[str, Callable[[Change, Table], Touched]] = {
    "product": _by_product,
    "listing": _by_listing,
    "level": _by_level,
    "category": _by_category,
    "location": _by_location,
}

TYPES = frozenset(_TOUCHED)


def _listed_products(table: Table, store_id: StoreId) -> Iterable[ProductId]:
    after: str | None = None
    while True:
        page = list_listings(table, store_id, ListingFilter(), after=after, limit=PAGE)
        yield from (listed_product(card["id"], store_id) for card in page.entries)
        if (after := page.next_position) is None:
            return


def carded_products(table: Table, store_id: StoreId) -> list[ProductId]:
    """The products of which the store has a card."""
    return _carded_products(table, items.store_list_pks(table.tenant_id, store_id))


def _carded_products(table: Table, list_pks: Iterable[str]) -> list[ProductId]:
    found = together(*[lambda pk=pk: table.query(pk, index=GSI1) for pk in list_pks])
    return [ProductId(item["pk"].rpartition("#")[2]) for shard in found for item in shard]


# deriving


def _refresh_all(table: Table, store_id: StoreId, product_ids: Iterable[ProductId], *, now: datetime) -> None:
    wanted = list(product_ids)
    # Threads of their own: those of `together` must stay free for the reads that a refresh makes with it.
    with workers(SIDE_BY_SIDE, name="card") as pool:
        for _ in pool.map(lambda product_id: refresh(table, store_id, product_id, now=now), wanted):
            pass


def refresh(table: Table, store_id: StoreId, product_id: ProductId, *, now: datetime) -> None:
    """Make a product's cards in a store what the facts say now."""

    def attempt() -> None:
        pk = items.cards_pk(table.tenant_id, store_id, product_id)
        stored = {item["sk"]: item for item in table.query(pk, consistent=True)}
        card, places = _derive(table, store_id, product_id)
        lists = items.lists_of(table.tenant_id, store_id, product_id, places)
        table.write(*items.card_writes(pk, lists, card, stored=stored, now=now))

    until_written(attempt, attempts=MAX_ATTEMPTS)


def correct_card(
    table: Table, store_id: StoreId, product_id: ProductId, *, now: datetime
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Make a product's cards what the facts say, if they are not; what they said, and what they say now."""
    stored = table.query(items.cards_pk(table.tenant_id, store_id, product_id), consistent=True)
    found = {item["sk"]: item["card"] for item in stored if "card" in item}
    card, places = _derive(table, store_id, product_id)
    lists = items.lists_of(table.tenant_id, store_id, product_id, places)
    expected = dict.fromkeys(lists, card.to_text()) if card else {}
    if found == expected:
        return None
    refresh(table, store_id, product_id, now=now)
    return _said(found), _said(expected)


def _said(texts: Mapping[str, str]) -> Mapping[str, Any]:
    card = orjson.loads(texts[items.HEAD]) if items.HEAD in texts else {}
    return {**card, "lists": sorted(texts)}


def _derive(table: Table, store_id: StoreId, product_id: ProductId) -> tuple[Card | None, frozenset[CategoryId]]:
    listing_item = table.get(listing_key(table.tenant_id, store_id, product_id))
    product = find_product(table, product_id) if listing_item else None
    if listing_item is None or product is None:
        return None, frozenset()
    listing = listing_from(listing_item)
    card = make_card(product, listing, in_stock=_is_in_stock(table, product, listing))
    if card is None or not listing.details.category_ids:
        return card, frozenset()
    tree: CategoryTree = read_tree(table, store_id)
    return card, places_of(listing.details.category_ids, tree)


def _is_in_stock(table: Table, product: Product, listing: Listing) -> bool:
    locations = [location.id for location in _settings().fresh(table).locations_for(listing.store_id)]
    variants = [variant for variant, _ in sold_variants(product, listing)]
    read = table.get_many(keys_of(table.tenant_id, shelved_skus(variants), locations))
    return any(units_of(table, read, variants, locations).values())
