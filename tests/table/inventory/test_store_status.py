"""How a store's stock stands, as the projector keeps it: rows of products, exact counts, what needs attention."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from local.testing import DataCloud
from storekeeper.catalog import Product, ProductStatus
from storekeeper.catalog.listings import use_cases as listings
from storekeeper.catalog.listings.model import listing_id
from storekeeper.catalog.products import use_cases as products
from storekeeper.inventory import (
    MovementType,
    StockState,
    Tally,
    open_locations,
    projections,
    recount,
    refresh_listed_stock,
)
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.status import deriving, items
from storekeeper.inventory.status.model import ListedStock, not_shown
from storekeeper.inventory.status.store import count_stock, list_short
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import LocationId, ProductId, StoreId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.runs import list_runs
from storekeeper.tenancy import Store, load_settings
from storekeeper.tenancy.locations.use_cases import change_location, create_location
from tests.emulated import MakeStore
from tests.streaming import Stream
from tests.table.catalog.shop import NOW, a_variant, list_in, make_product


@dataclass
class Stocked:
    """A tenant whose projector is run by hand."""

    table: Table
    store: Store
    stream: Stream

    def changes(self) -> list[Change]:
        return [Change.from_record(record) for record in self.stream.records()]

    def project(self, changes: list[Change] | None = None) -> None:
        for change in self.changes() if changes is None else changes:
            if change.type in projections.TYPES:
                projections.project(change, table=self.table)

    def sell(self, title: str, **units: int) -> Product:
        """A product with a variant for each SKU, listed, with so many units of each."""
        variants = [a_variant(sku, options={"Kind": sku}) for sku in units]
        product = make_product(self.table, *variants, title=title)
        list_in(self.store, product, table=self.table)
        for sku, many in units.items():
            if many:
                self.adjust(sku, many)
        return product

    def take(self, sku: str, units: int) -> None:
        self.adjust(sku, -units)

    def adjust(self, sku: str, units: int, *, location_id: LocationId | None = None) -> None:
        adjustment = Adjustment(sku, MovementType.ADJUSTMENT, units, "", location_id)
        adjust_stock(self.table, adjustment, settings=load_settings(self.table), now=NOW)

    def tally(self, store: Store | None = None) -> Tally:
        return count_stock(self.table, (store or self.store).id)

    def short(self, state: StockState | None = None, *, limit: int = 50) -> list[tuple[str, list[tuple[str, int]]]]:
        """Titles with their worst SKUs and units, over all pages."""
        rows, after = [], None
        locations = open_locations(load_settings(self.table))
        while True:
            page = list_short(self.table, self.store.id, state=state, locations=locations, after=after, limit=limit)
            rows += [(one.stock.title, [(sku.sku, sku.available) for sku in one.worst_skus]) for one in page.entries]
            if (after := page.next_position) is None:
                return rows


@pytest.fixture
def stocked(cloud: DataCloud, table: Table, store: Store) -> Stocked:
    return Stocked(table, store, Stream(cloud, table.tenant_id, NOW))


@pytest.fixture
def four(stocked: Stocked) -> Stocked:
    """A lamp is there; of the mug one kind is low and one out; the bowl is out; the plate critical."""
    stocked.sell("Lamp", LAMP=20)
    stocked.sell("Mug", BLUE=7, RED=0, GRAY=50)
    stocked.sell("Bowl", BOWL=0)
    stocked.sell("Plate", PLATE=3)
    stocked.project()
    return stocked


def test_a_store_is_counted_by_what_it_shows(four: Stocked) -> None:
    assert four.tally() == Tally(products=4, products_out=1, ok=2, low=1, critical=1, out=2)


def test_what_is_short_comes_worst_first(four: Stocked) -> None:
    assert four.short() == [
        ("Mug", [("RED", 0), ("BLUE", 7)]),
        ("Bowl", [("BOWL", 0)]),
        ("Plate", [("PLATE", 3)]),
    ]
    assert four.short(limit=1) == four.short()
    assert [title for title, _ in four.short(StockState.OUT)] == ["Mug", "Bowl"]
    assert four.short(StockState.CRITICAL) == [("Plate", [("PLATE", 3)])]


def test_counts_follow_stock_both_ways(four: Stocked) -> None:
    four.take("LAMP", 12)
    four.adjust("BOWL", 30)
    four.project()
    assert four.tally() == Tally(products=4, products_out=0, ok=2, low=2, critical=1, out=1)

    four.adjust("LAMP", 12)
    four.take("BOWL", 30)
    four.project()
    assert four.tally() == Tally(products=4, products_out=1, ok=2, low=1, critical=1, out=2)


def test_stock_of_all_locations_counts_together(four: Stocked) -> None:
    west = create_location(name="West", address=None, table=four.table, now=NOW)
    four.adjust("PLATE", 8, location_id=west.id)
    four.project()

    assert four.tally().critical == 0
    assert four.short(StockState.CRITICAL) == []


def test_every_store_of_the_tenant_sees_the_same_stock(four: Stocked, make_store: MakeStore) -> None:
    second = make_store(name="Second")
    list_in(second, four.sell("Tray", TRAY=2), table=four.table)
    four.project()
    before = four.tally().critical
    four.take("TRAY", 2)
    four.project()

    assert (before, four.tally().critical, four.tally().out) == (2, 1, 3)
    assert four.tally(second) == Tally(products=1, products_out=1, out=1)


@pytest.mark.parametrize("hide", ["unlisted", "hidden", "archived", "deleted"])
def test_what_is_not_shown_any_more_is_not_counted(stocked: Stocked, hide: str) -> None:
    product = stocked.sell("Bowl", BOWL=0)
    stocked.project()
    table, listing_id = stocked.table, listing_of(stocked, product)
    hides: dict[str, Callable[[], object]] = {
        "unlisted": lambda: listings.delete_listing(listing_id, shop=stocked.store, table=table),
        "hidden": lambda: listings.change_listing(
            listing_id, lambda known: replace(known, visible=False), shop=stocked.store, table=table, now=NOW
        ),
        "archived": lambda: products.change_product(
            product.id, lambda known: replace(known, status=ProductStatus.ARCHIVED), table=table, now=NOW
        ),
        "deleted": lambda: products.delete_product(product.id, table=table),
    }
    hides[hide]()
    stocked.project()

    assert (stocked.tally(), stocked.short()) == (Tally(), [])


def listing_of(stocked: Stocked, product: Product) -> str:
    return listing_id(stocked.store.id, product.id)


def test_changes_may_come_twice_late_and_in_any_order(stocked: Stocked) -> None:
    for sku in "ABCDEF":
        stocked.sell(sku, **{sku: 12})
        stocked.take(sku, random.choice([1, 5, 10, 12]))
    changes = stocked.changes()
    shuffled = changes * 2
    random.shuffle(shuffled)

    stocked.project(shuffled)

    expected = [deriving.state_at(stocked.table, sku, open_locations(load_settings(stocked.table))) for sku in "ABCDEF"]
    tally = stocked.tally()
    assert [tally.in_state(state) for state in StockState] == [expected.count(state) for state in StockState]


def test_another_tenant_has_nothing_of_it(four: Stocked, other_table: Table) -> None:
    assert count_stock(other_table, four.store.id) == Tally()


def test_closing_a_location_has_every_store_synced_once(four: Stocked, make_store: MakeStore) -> None:
    make_store(name="Second")
    west = create_location(name="West", address=None, table=four.table, now=NOW)
    four.project()
    change_location(west.id, changes={"active": False}, table=four.table, now=NOW)
    changes = four.changes()

    four.project(changes)
    four.project(changes)

    runs = list_runs(four.table, "stock_sync", after=None, limit=10).entries
    assert len({run.asked["store_id"] for run in runs}) == len(runs) == 2


def test_counts_that_were_changed_by_hand_are_counted_anew(four: Stocked) -> None:
    right = four.tally()
    for key in items.counts_keys(four.table.tenant_id, four.store.id):
        if four.table.get(key):
            four.table.write(Update(key, "SET tally.low = :many", only_if=PRESENT, values={":many": 40}))

    found = [recount(four.table, four.store.id, shard) for shard in range(items.SHARDS)]

    assert any(found)
    assert four.tally() == right
    assert not any(recount(four.table, four.store.id, shard) for shard in range(items.SHARDS))


def test_who_wrote_from_older_facts_looks_again(four: Stocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock goes and comes back; who has seen it gone writes after somebody has found the row right."""
    locations = open_locations(load_settings(four.table))
    clock = four.sell("Clock", CLOCK=20)
    four.project()
    derive, looks = deriving._derive, list[ListedStock]()

    def stale(table: Table, *args: object) -> ListedStock:
        seen = derive(table, *args)  # type: ignore[arg-type]
        looks.append(seen)
        if len(looks) == 1:
            four.adjust("CLOCK", 20)
        return seen

    four.take("CLOCK", 20)
    monkeypatch.setattr(deriving, "_derive", stale)
    refresh_listed_stock(four.table, four.store.id, clock.id, locations=locations, now=NOW)

    assert [look.short for look in looks] == [{"CLOCK": StockState.OUT}, {}, {}]
    assert four.tally().out == 2


# guards


@pytest.mark.guards("storekeeper.inventory.status.items.put_row")
def test_a_row_derived_from_older_facts_is_refused(four: Stocked) -> None:
    stale = not_shown(ProductId(new_id("prd", at=NOW)))
    four.table.write(items.put_row(four.table.tenant_id, four.store.id, stale, version=1, now=NOW))
    four.table.write(items.put_row(four.table.tenant_id, four.store.id, stale, version=2, now=NOW))

    for version in (1, 2):
        with pytest.raises(WriteRefused):
            four.table.write(items.put_row(four.table.tenant_id, four.store.id, stale, version=version, now=NOW))


@pytest.mark.guards("storekeeper.inventory.status.items.put_counts")
def test_counts_made_of_older_ones_are_refused(four: Stocked) -> None:
    pk = items.stock_pk(four.table.tenant_id, StoreId(new_id("sto", at=NOW)), 0)
    four.table.write(items.put_counts(pk, Tally(ok=1), version=1))
    four.table.write(items.put_counts(pk, Tally(ok=2), version=2))

    for version in (1, 2):
        with pytest.raises(WriteRefused):
            four.table.write(items.put_counts(pk, Tally(), version=version))
