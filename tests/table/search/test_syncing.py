"""What a sync finds is told once in a run, whatever is done twice; strays go too."""

from typing import Any

import pytest

from storekeeper.inventory import refresh_listed_stock
from storekeeper.inventory.status.store import count_stock
from storekeeper.inventory.status.use_cases import start_sync
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import PRESENT, Delete
from storekeeper.runs import Advance, Run, get_run
from storekeeper.search import list_differences, sync_part
from storekeeper.search.syncing import items
from storekeeper.search.syncing.model import DifferenceKind, difference
from storekeeper.tenancy import Store
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, list_in, make_product
from tests.table.search.conftest import Shown


def sync(table: Table, store: Store) -> tuple[Run, int]:
    """A whole sync, each step done twice as after a crash; how much was mended."""
    run = start_sync(table, store.id, run_id="run_1", now=NOW)
    mended = 0
    while True:
        step: Advance = sync_part(run, table, NOW)
        sync_part(run, table, NOW)
        mended += step.figures["repaired"]
        if step.position is None:
            return run, mended
        run = run.claimed(NOW).advanced(step, now=NOW)


def test_a_sync_makes_everything_from_nothing(table: Table, store: Store, shown: Shown) -> None:
    list_in(store, make_product(table), table=table)
    restock(table, "MUG", 5)

    run, mended = sync(table, store)

    kinds = [one.kind.value for one, _ in list_differences(table, run.id, after=None, limit=50).entries]
    assert (kinds, mended) == (["card", "level_state", "sku_state", "status"], 4)
    assert (shown(), count_stock(table, store.id).low) == (["Mug"], 1)


def test_a_sync_takes_away_what_nothing_stands_behind(table: Table, store: Store, shown: Shown) -> None:
    product = make_product(table)
    listing = list_in(store, product, table=table)
    sync(table, store)
    table.write(Delete(listing_item_key(table, store, product.id), only_if=PRESENT))
    assert (listing.product_id, shown()) == (product.id, ["Mug"])

    step = sync_part(run_at_strays(table, store), table, NOW)

    assert (step.figures, shown(), count_stock(table, store.id).products) == ({"repaired": 2}, [], 0)
    assert refresh_listed_stock(table, store.id, product.id, locations=(), now=NOW) is None


def listing_item_key(table: Table, store: Store, product_id: str) -> Key:
    return Key(f"T#{table.tenant_id}#P#{product_id}", f"LISTING#{store.id}")


def run_at_strays(table: Table, store: Store) -> Run:
    run = start_sync(table, store.id, run_id="run_2", now=NOW)
    return get_run(table, run.id).claimed(NOW).advanced(Advance('["strays", null]'), now=NOW)


@pytest.mark.guards("storekeeper.search.syncing.items.put_difference")
def test_a_difference_is_told_once(table: Table) -> None:
    def tell(found: dict[str, Any]) -> None:
        one = difference(DifferenceKind.CARD, found, {"in_stock": True})
        table.write(items.put_difference(table.tenant_id, "run_1", one, place="prd_1", now=NOW))

    tell({"in_stock": False})
    with pytest.raises(WriteRefused):
        tell({})

    ((told, _),) = list_differences(table, "run_1", after=None, limit=10).entries
    assert (told.found, told.expected) == ({"in_stock": False}, {"in_stock": True})
