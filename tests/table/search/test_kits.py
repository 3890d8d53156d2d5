"""Kits on the storefront: lists and pages follow the stock of their components."""

from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.catalog import Component, TreeCache
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.kits.model import Kit
from storekeeper.inventory.kits.use_cases import change_kit, create_kit, delete_kit
from storekeeper.kernel.table import Table
from storekeeper.search import CardSearch, PageReader, Search
from storekeeper.tenancy import SettingsCache, Store, load_settings
from tests.counting import CountingWire
from tests.table.carts.shop import NOW, put_on_sale
from tests.table.search.conftest import Follow


@pytest.fixture
def kit(table: Table, store: Store, follow: Follow) -> Kit:
    """A box of twenty mugs, of which there are fifty, and one tea, of which there are five."""
    for sku, units in {"MUG": 50, "TEA": 5, "BOX": 0}.items():
        put_on_sale(table, store, sku, units=units)
    return create_kit("BOX", (Component("MUG", 20), Component("TEA", 1)), table=table, now=NOW)


def adjust(table: Table, sku: str, quantity: int) -> None:
    adjustment = Adjustment(sku, MovementType.ADJUSTMENT, quantity)
    adjust_stock(table, adjustment, settings=load_settings(table), now=NOW)


def in_stock(table: Table, store: Store) -> bool:
    """Whether the store's list says that the box can be had."""
    found = CardSearch(table).find(Search(), store_id=store.id, after=None, limit=200)
    (card,) = [card for card in found.entries if card.slug == "box"]
    return card.in_stock


def available(pages: PageReader, table: Table, store: Store) -> int:
    """What its page says."""
    return pages.read(table, store.id, "box").variants[0].available


@pytest.mark.usefixtures("kit")
def test_a_list_follows_a_component_though_it_never_runs_out(table: Table, store: Store, follow: Follow) -> None:
    seen = []
    for sku, change in [("MUG", 0), ("MUG", -31), ("MUG", 1), ("TEA", -5), ("TEA", 1)]:
        if change:
            adjust(table, sku, change)
        follow()
        seen.append(in_stock(table, store))

    assert seen == [True, False, True, False, True]


def test_a_list_follows_the_kit(table: Table, store: Store, follow: Follow, kit: Kit) -> None:
    seen = []
    for act in (
        lambda: change_kit(kit.id, (Component("TEA", 6),), table=table, now=NOW),
        lambda: change_kit(kit.id, (Component("TEA", 5),), table=table, now=NOW),
        lambda: delete_kit(kit.id, table=table, now=NOW),
    ):
        act()
        follow()
        seen.append(in_stock(table, store))

    assert seen == [False, True, False]


@pytest.mark.usefixtures("kit")
def test_a_page_shows_the_kits_that_the_scarcest_component_does_for(table: Table, store: Store) -> None:
    pages = PageReader(SettingsCache(), TreeCache())
    seen = [available(pages, table, store)]
    for sku, change in [("MUG", 50), ("TEA", -2), ("TEA", -3)]:
        adjust(table, sku, change)
        seen.append(available(pages, table, store))

    assert seen == [2, 5, 3, 0]


def test_a_page_that_was_seen_reads_the_components_in_the_same_round(
    table: Table, store: Store, cloud: DataCloud, wire: Any, kit: Kit
) -> None:
    counting = CountingWire(wire)
    counted = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)
    pages = PageReader(SettingsCache(), TreeCache())
    available(pages, counted, store)
    counting.calls.clear()

    assert available(pages, counted, store) == 2
    assert sorted(counting.calls) == ["batch_get_item", "query"]
    change_kit(kit.id, (Component("TEA", 1),), table=table, now=NOW)
    assert available(pages, counted, store) == 5
