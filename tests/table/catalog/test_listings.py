"""Listings in the table: made, changed and deleted, and what refuses that."""

import pytest

from storekeeper.catalog import ListingDetails, ListingFilter, offer_from, offer_keys
from storekeeper.catalog.listings import items
from storekeeper.catalog.listings.model import ListingExists, PriceMissing, listed_product, revised
from storekeeper.catalog.listings.store import find_listing, list_listings, read_listing, stores_listing
from storekeeper.catalog.listings.use_cases import change_listing, create_listing, delete_listing
from storekeeper.catalog.products.store import read_product
from storekeeper.catalog.products.use_cases import delete_product
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.shop import EUR, NOW, a_variant, list_in, make_category, make_product, usd


def test_a_listing_is_read_as_it_was_made(table: Table, store: Store) -> None:
    product = make_product(table)
    category = make_category(store, "Kitchen", table=table)

    made = list_in(
        store, product, table=table, title="Our mug", description="Fine.", category_ids=(category.id,), sort_order=3
    )

    assert read_listing(table, store.id, made.id) == made
    assert listed_product(made.id, store.id) == product.id
    assert stores_listing(table, product.id) == (store.id,)
    assert read_product(table, product.id).listings_made == 1


@pytest.mark.guards("storekeeper.catalog.listings.items.create_listing_item")
def test_a_store_lists_a_product_once(table: Table, store: Store) -> None:
    product = make_product(table)
    made = list_in(store, product, table=table)

    with pytest.raises(ListingExists):
        table.write(items.create_listing_item(table.tenant_id, replace(made, version=9)))
    with pytest.raises(ListingExists):
        list_in(store, product, table=table)

    assert read_listing(table, store.id, made.id) == made
    assert read_product(table, product.id).listings_made == 1


@pytest.mark.guards("storekeeper.catalog.listings.items.put_listing")
def test_a_change_of_a_stale_listing_writes_nothing(table: Table, store: Store) -> None:
    stale = list_in(store, make_product(table), table=table)
    changed = change_listing(stale.id, lambda known: replace(known, sort_order=5), shop=store, table=table, now=NOW)

    hidden = revised(stale, replace(stale.details, visible=False), now=NOW)
    with pytest.raises(WriteRefused):
        table.write(items.put_listing(table.tenant_id, hidden))

    assert read_listing(table, store.id, stale.id) == changed


@pytest.mark.guards("storekeeper.catalog.listings.items.delete_listing_item")
def test_a_stale_listing_is_not_deleted(table: Table, store: Store) -> None:
    stale = list_in(store, make_product(table), table=table)
    changed = change_listing(stale.id, lambda known: replace(known, promoted=True), shop=store, table=table, now=NOW)

    with pytest.raises(WriteRefused):
        table.write(items.delete_listing_item(table.tenant_id, stale))

    assert read_listing(table, store.id, stale.id) == changed


def test_a_deleted_listing_can_be_made_again(table: Table, store: Store) -> None:
    product = make_product(table)
    made = list_in(store, product, table=table, description="Old.")

    delete_listing(made.id, shop=store, table=table)
    again = list_in(store, product, table=table)

    assert again.id == made.id
    assert read_listing(table, store.id, made.id).details.description is None


def test_a_product_that_is_gone_cannot_be_listed(table: Table, store: Store) -> None:
    product = make_product(table)
    delete_product(product.id, table=table)

    with pytest.raises(Invalid) as refused:
        list_in(store, product, table=table)

    assert refused.value.faults[0].code == "product_unknown"
    assert find_listing(table, store.id, product.id) is None


def test_a_listing_belongs_to_its_store_and_tenant(
    table: Table, other_table: Table, store: Store, make_store: MakeStore
) -> None:
    other_store = make_store(name="Quay")
    product = make_product(table)
    made = list_in(store, product, table=table)
    beside = list_in(other_store, product, table=table)

    assert made.id != beside.id
    for gateway, shop in ((table, other_store), (other_table, store)):
        with pytest.raises(NotFound):
            read_listing(gateway, shop.id, made.id)
        with pytest.raises(NotFound):
            delete_listing(made.id, shop=shop, table=gateway)
    assert read_listing(table, store.id, made.id) == made


@pytest.mark.parametrize("listing_id", ["lst_ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "lst_1", "mug", "lst_#", ""])
def test_what_is_no_listing_id_is_not_found(table: Table, store: Store, listing_id: str) -> None:
    with pytest.raises(NotFound):
        read_listing(table, store.id, listing_id)


def test_a_store_of_another_currency_needs_its_own_price(table: Table, make_store: MakeStore) -> None:
    euro = make_store(name="Hafen", currency="EUR")
    product = make_product(table)

    with pytest.raises(PriceMissing) as refused:
        list_in(euro, product, table=table)
    made = list_in(euro, product, table=table, price=Money(1100, EUR))

    assert (refused.value.code, refused.value.kind) == ("price_missing", "invalid")
    assert made.currency == EUR
    with pytest.raises(PriceMissing):
        change_listing(made.id, lambda known: replace(known, price=None), shop=euro, table=table, now=NOW)


def test_a_listing_names_only_categories_of_its_store(table: Table, store: Store, make_store: MakeStore) -> None:
    foreign = make_category(make_store(name="Quay"), "Kitchen", table=table)
    product = make_product(table)

    with pytest.raises(Invalid) as refused:
        list_in(store, product, table=table, category_ids=(foreign.id,))

    assert refused.value.faults[0].code == "category_unknown"
    assert find_listing(table, store.id, product.id) is None


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_pages_of_listings_neither_skip_nor_repeat(table: Table, store: Store, limit: int) -> None:
    made = [list_in(store, make_product(table, a_variant(f"S-{n}")), table=table).id for n in range(5)]

    shown, after = [], None
    while True:
        page = list_listings(table, store.id, ListingFilter(), after=after, limit=limit)
        shown += [card["id"] for card in page.entries]
        if (after := page.next_position) is None:
            break

    assert shown == sorted(made, reverse=True)


def test_the_list_of_listings_is_filtered(table: Table, store: Store) -> None:
    category = make_category(store, "Kitchen", table=table)
    hidden = list_in(store, make_product(table, a_variant("A")), table=table, visible=False).id
    sorted_in = list_in(store, make_product(table, a_variant("B")), table=table, category_ids=(category.id,)).id

    def found(wanted: ListingFilter) -> list[str]:
        return [card["id"] for card in list_listings(table, store.id, wanted, after=None, limit=50).entries]

    assert found(ListingFilter(visible=False)) == [hidden]
    assert found(ListingFilter(category_id=category.id)) == [sorted_in]
    assert found(ListingFilter(promoted=True)) == []


def test_an_offer_is_made_of_what_three_keys_find(table: Table, store: Store) -> None:
    product = make_product(table, a_variant("MUG", options={"Color": "Blue"}, weight_g=350), tax_category="reduced")
    list_in(store, product, table=table, title="Our mug", markup_bp=1_000)

    found = table.get_many(offer_keys(table.tenant_id, store.id, product.id, "MUG"))
    offer = offer_from(found, tenant_id=table.tenant_id, store=store, product_id=product.id, sku="MUG")

    assert offer is not None
    assert (offer.title, offer.variant_title, offer.unit_price) == ("Our mug", "Blue", usd("13.75"))
    assert (offer.weight_g, offer.requires_shipping, offer.tax_category, offer.sellable) == (350, True, "reduced", True)


def test_a_listing_of_an_unknown_product_id_is_refused(table: Table, store: Store) -> None:
    for product_id in ("prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "mug"):
        with pytest.raises(Invalid):
            create_listing(product_id, ListingDetails(), shop=store, table=table, now=NOW)
