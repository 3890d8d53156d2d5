"""Follows stock, products and listings: which SKUs of what a store shows are short. Repeats and reordering do no harm.

A change of stock that cannot change a state reads nothing; one that could, and does not, writes nothing.
"""

from datetime import datetime
from functools import cache

from storekeeper.catalog import product_of_sku, stores_listing
from storekeeper.inventory.levels.items import TYPE as LEVEL
from storekeeper.inventory.levels.items import level_from
from storekeeper.inventory.states.model import may_change_state
from storekeeper.inventory.status import items
from storekeeper.inventory.status.deriving import refresh_listed_stock, state_at
from storekeeper.inventory.status.use_cases import start_sync
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import LocationId, ProductId, StoreId, derived_id
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Settings, SettingsCache

LISTING, PRODUCT, LOCATION = "listing", "product", "location"
TYPES = frozenset({LEVEL, LISTING, PRODUCT, LOCATION})


@cache
def _settings() -> SettingsCache:
    return SettingsCache()


def open_locations(settings: Settings) -> tuple[LocationId, ...]:
    """Where stock can be sold from: by every store."""
    return tuple(location.id for location in settings.locations.values() if location.active)


def project_status(change: Change, *, table: Table) -> None:
    """Follow one change. Idempotent.

    Raises:
        Contended: others kept changing the same row; the record is to be tried again.
    """
    if change.type == LEVEL:
        _follow_level(change, table)
    elif change.type == LISTING:
        _refresh(table, StoreId(change.item["store_id"]), ProductId(change.item["product_id"]), now=change.at)
    elif change.type == PRODUCT:
        _follow_product(change, table)
    elif change.type == LOCATION:
        _follow_location(change, table)


def _follow_level(change: Change, table: Table) -> None:
    if change.new is None:
        return
    before, after = level_from(change.old) if change.old else None, level_from(change.new)
    if (before and before.available == after.available) or not may_change_state(before, after):
        return
    product_id = product_of_sku(table, after.sku)
    stores = stores_listing(table, product_id) if product_id else ()
    if product_id is None or not stores:
        return
    state = state_at(table, after.sku, open_locations(_settings().fresh(table)))
    keys = {store_id: items.row_key(table.tenant_id, store_id, product_id) for store_id in stores}
    rows = table.get_many(keys.values())
    for store_id, key in keys.items():
        if key not in rows or items.row_from(rows[key]).state_of(after.sku) is not state:
            _refresh(table, store_id, product_id, now=change.at)


def _follow_product(change: Change, table: Table) -> None:
    versions = [image["version"] if image else None for image in (change.old, change.new)]
    if versions[0] == versions[1] or change.new is None:  # only a listing was counted; or its listings went too
        return
    product_id = ProductId(change.item["id"])
    for store_id in stores_listing(table, product_id):
        _refresh(table, store_id, product_id, now=change.at)


def _follow_location(change: Change, table: Table) -> None:
    """Stock at a location counts while it is open. That may be all stock there is: a run of each store sees to it."""
    before, after = (image["active"] if image else False for image in (change.old, change.new))
    if before == after or change.old is None:
        return
    for store_id in _settings().fresh(table).stores:
        run_id = derived_id("run", store_id, change.key.sk, change.sequence, at=change.at)
        try:
            start_sync(table, store_id, run_id=run_id, now=change.at)
        except WriteRefused:
            continue  # the same change has come before


def _refresh(table: Table, store_id: StoreId, product_id: ProductId, *, now: datetime) -> None:
    locations = open_locations(_settings().fresh(table))
    refresh_listed_stock(table, store_id, product_id, locations=locations, now=now)
