"""Cards follow the catalog and stock: whatever order changes come in, however often, whoever else derives."""

import random
from collections.abc import Callable

import pytest

from storekeeper.catalog import ProductStatus, Variant
from storekeeper.catalog.categories import use_cases as categories
from storekeeper.catalog.listings import use_cases as listings
from storekeeper.catalog.products import use_cases as products
from storekeeper.catalog.products.items import product_key
from storekeeper.catalog.products.variants import change_variant
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.kernel.changes import Change
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.search import CardSearch, Search, project
from storekeeper.search.cards import items
from storekeeper.search.projections import refresh
from storekeeper.tenancy import Store, load_settings
from storekeeper.tenancy.locations.use_cases import change_location, create_location
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_product, usd
from tests.table.search.conftest import Follow, Shown, card_of


def test_a_listed_product_has_a_card(table: Table, store: Store, follow: Follow) -> None:
    product = make_product(
        table,
        a_variant("MUG-BLUE", options={"Color": "Blue"}, compare_at_price=usd("15.00")),
        a_variant("MUG-RED", options={"Color": "Red"}, price=usd("14.00")),
        a_variant("MUG-OLD", options={"Color": "Old"}, price=usd("1.00"), active=False),
        tags=("Kitchen",),
    )
    list_in(store, product, table=table, promoted=True, sort_order=3)

    follow()

    card = card_of(table, store)
    assert (card.title, card.slug, card.prices_minor, card.compare_at_minor) == ("Mug", "mug", (1250, 1400), 1500)
    assert (card.in_stock, card.promoted, card.sort_order) == (False, True, 3)
    assert set(card.words) == {"mug", "kitchen", "mug-blue", "blue", "mug-red", "red"}


@pytest.mark.parametrize(
    ("_case", "hide"),
    [
        ("the listing is hidden", "listing"),
        ("the listing is deleted", "unlist"),
        ("the product is a draft again", "draft"),
        ("the product is archived", "archive"),
        ("no variant is sold any more", "variant"),
        ("the product is deleted", "delete"),
    ],
)
def test_what_shoppers_may_not_know_of_has_no_card(
    table: Table, store: Store, follow: Follow, shown: Shown, _case: str, hide: str
) -> None:
    product = make_product(table)
    listing = list_in(store, product, table=table)
    follow()
    assert shown() == ["Mug"]

    hides: dict[str, Callable[[], object]] = {
        "listing": lambda: listings.change_listing(
            listing.id, lambda known: replace(known, visible=False), shop=store, table=table, now=NOW
        ),
        "unlist": lambda: listings.delete_listing(listing.id, shop=store, table=table),
        "draft": lambda: products.change_product(
            product.id, lambda known: replace(known, status=ProductStatus.DRAFT), table=table, now=NOW
        ),
        "archive": lambda: products.change_product(
            product.id, lambda known: replace(known, status=ProductStatus.ARCHIVED), table=table, now=NOW
        ),
        "variant": lambda: deactivate(product.id, product.variants[0].id, table=table),
        "delete": lambda: products.delete_product(product.id, table=table),
    }
    hides[hide]()
    follow()

    assert shown() == []


def deactivate(product_id: str, variant_id: str, *, table: Table) -> None:
    def revise(_: object, variant: Variant) -> Variant:
        return replace(variant, active=False)

    change_variant(product_id, variant_id, revise, table=table, now=NOW)


def test_in_stock_follows_levels_across_zero(table: Table, store: Store, follow: Follow) -> None:
    list_in(store, make_product(table, a_variant("MUG")), table=table)
    seen = []
    for units in (2, 3, -5, 1):
        restock(table, "MUG", units) if units > 0 else adjust(table, "MUG", units)
        follow()
        seen.append(card_of(table, store).in_stock)

    assert seen == [True, True, False, True]


def adjust(table: Table, sku: str, units: int) -> None:
    adjust_stock(table, Adjustment(sku, MovementType.ADJUSTMENT, units), settings=load_settings(table), now=NOW)


def test_stock_counts_only_where_the_location_is_active(table: Table, store: Store, follow: Follow) -> None:
    list_in(store, make_product(table, a_variant("MUG")), table=table)
    restock(table, "MUG", 2)
    follow()
    old = load_settings(table).default_location()
    create_location(name="New", address=None, is_default=True, table=table, now=NOW)
    change_location(old.id, changes={"active": False}, table=table, now=NOW)

    follow()

    assert card_of(table, store).in_stock is False


def test_a_card_stands_in_its_categories_and_all_above(
    table: Table, store: Store, follow: Follow, shown: Shown
) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    mugs = make_category(store, "Mugs", table=table, parent_id=kitchen.id)
    garden = make_category(store, "Garden", table=table)
    listing = list_in(store, make_product(table), table=table, category_ids=(mugs.id,))
    follow()
    assert [shown(one.id) for one in (kitchen, mugs, garden)] == [["Mug"], ["Mug"], []]

    categories.change_category(
        mugs.id, lambda known: replace(known, parent_id=garden.id), shop=store, table=table, now=NOW
    )
    follow()
    assert [shown(one.id) for one in (kitchen, mugs, garden)] == [[], ["Mug"], ["Mug"]]

    categories.delete_category(mugs.id, shop=store, table=table)
    follow()
    assert [shown(one.id) for one in (kitchen, mugs, garden)] == [[], [], []]
    assert shown() == ["Mug"]

    listings.change_listing(
        listing.id, lambda known: replace(known, category_ids=(kitchen.id,)), shop=store, table=table, now=NOW
    )
    follow()
    assert shown(kitchen.id) == ["Mug"]


def test_changes_that_come_again_in_any_order_leave_the_same_cards(table: Table, store: Store, unread: Follow) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    kept = make_product(table, a_variant("A"), title="Kept")
    gone = make_product(table, a_variant("B"), title="Gone")
    list_in(store, kept, table=table, category_ids=(kitchen.id,))
    listing = list_in(store, gone, table=table)
    restock(table, "A", 1)
    listings.delete_listing(listing.id, shop=store, table=table)
    changes = unread()

    for seed in range(3):
        shuffled = random.Random(seed).sample(changes * 2, k=2 * len(changes))
        for change in shuffled:
            project(change, table=table)
        page = CardSearch(table).find(Search(), store_id=store.id, after=None, limit=200)

        assert [(card.title, card.in_stock) for card in page.entries] == [("Kept", True)]


def test_a_listing_that_is_counted_touches_no_card(table: Table, store: Store, unread: Follow) -> None:
    product = make_product(table)
    unread()
    list_in(store, product, table=table)

    counted = [change for change in unread() if change.key == product_key(table.tenant_id, product.id)]

    for change in counted:
        project(change, table=table)
    assert len(counted) == 1
    assert table.query(items.cards_pk(table.tenant_id, store.id, product.id), consistent=True) == []


def test_a_tombstone_is_rubbish_after_a_week(table: Table, store: Store) -> None:
    product = make_product(table)

    refresh(table, store.id, product.id, now=NOW)

    (tomb,) = table.query(items.cards_pk(table.tenant_id, store.id, product.id), consistent=True)
    assert (tomb["version"], tomb["ttl"]) == (1, int((NOW + items.TOMB_KEPT).timestamp()))
    assert "gsi1pk" not in tomb


def test_cards_of_another_tenant_stay_its_own(table: Table, other_table: Table, store: Store, follow: Follow) -> None:
    list_in(store, make_product(table), table=table)
    changes: list[Change] = follow()

    page = CardSearch(other_table).find(Search(), store_id=store.id, after=None, limit=200)

    assert changes
    assert page.entries == ()
